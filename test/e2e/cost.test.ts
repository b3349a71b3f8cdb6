import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { noCalls } from '../support/sandbox-ids.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';

/** How many calls a query makes, counted at the vendors. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(5) });
});

afterAll(() => stack.close());

beforeEach(() => stack.resetStats());

const statuses = 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id status problem { code } } }';

describe('a query for many tasks', () => {
  it('with 50 ids, duplicates and other spellings among them, costs one call for each distinct task', async () => {
    const distinct = [
      'aliyun-vod:evolving-a',
      'aliyun-vod:evolving-b',
      'aliyun-vod:evolving-c',
      'visionular:evolving-a',
      'visionular:evolving-b',
      'volcengine-webcast:app:room:evolving-a',
      'volcengine-webcast:app:other-room:evolving-a',
      'volcengine-webcast:app:room:no-such-task',
      'volcengine-whiteboard:app:evolving-a',
      'zego:tencent:evolving-a',
      'zego:huawei:evolving-a',
    ];
    const spelledOtherwise = ['aliyun-vod:%65volving-a', 'zego:TENCENT:evolving-a'];
    const ids = Array.from({ length: 50 }, (_, n) => distinct[n % distinct.length] ?? '');
    ids.splice(20, spelledOtherwise.length, ...spelledOtherwise);
    expect(ids).toHaveLength(50);

    const { data, errors } = await stack.ask<{ mediaTasks: { id: string }[] }>(statuses, { ids });
    expect(errors).toBeUndefined();
    expect(new Set(data.mediaTasks.map(({ id }) => id))).toEqual(new Set(distinct));
    expect(await stack.calls()).toEqual({
      ...noCalls,
      'aliyun-vod': 3,
      visionular: 2,
      'volcengine-webcast': 3,
      'volcengine-whiteboard': 1,
      zego: 2,
    });
  });

  it('costs one call when several root fields, aliases and _entities ask for one task', async () => {
    const { data, errors } = await stack.ask<Record<string, unknown>>(`{
      a: mediaTask(id: "visionular:evolving-one") { status }
      b: mediaTask(id: "visionular:evolving-one") { status vendorStatus progress }
      c: visionularTranscodeTask(taskId: "evolving-one") { status input }
      d: mediaTasks(ids: ["visionular:evolving-one", "visionular:evolving-one"]) { status }
      _entities(representations: [
        { __typename: "MediaTask", id: "visionular:evolving-one" }
        { __typename: "VisionularTranscodeTask", taskId: "evolving-one" }
      ]) { ... on MediaTask { status } }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ a: { status: 'QUEUED' }, d: [{ status: 'QUEUED' }, { status: 'QUEUED' }] });
    expect(await stack.calls()).toEqual({ ...noCalls, visionular: 1 });
  });
});

describe('a task that is known and fresh', () => {
  it.each([
    ['a finished task', 'aliyun-vod:all-succeeded', 'aliyun-vod'],
    ['a failed task', 'visionular:fail', 'visionular'],
    ['an unknown task', 'zego:huawei:no-such-task', 'zego'],
  ] as const)('costs no second call: %s', async (_, id, provider) => {
    const first = await stack.ask(statuses, { ids: [id] });
    const second = await stack.ask(statuses, { ids: [id] });
    expect(second.data).toEqual(first.data);
    expect(await stack.calls()).toEqual({ ...noCalls, [provider]: 1 });
  });
});

describe('concurrent requests', () => {
  it('for one cold id make one call, and all get its answer', async () => {
    await stack.switchFault('volcengine-whiteboard', { fault: 'slow', ms: 500 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        stack.ask(statuses, { ids: ['volcengine-whiteboard:app:evolving-shared'] }),
      ),
    );
    await stack.endFaults();
    for (const { data, errors } of answers) {
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        mediaTasks: [{ id: 'volcengine-whiteboard:app:evolving-shared', status: 'QUEUED', problem: null }],
      });
    }
    expect(await stack.calls()).toEqual({ ...noCalls, 'volcengine-whiteboard': 1 });
  });

  it('for one cold id of a vendor that fails share the failure, too', async () => {
    await stack.switchFault('zego', { fault: 'wrong-credentials' });
    const ids = ['zego:tencent:evolving-shared'];
    const answers = await Promise.all(Array.from({ length: 20 }, () => stack.ask(statuses, { ids })));
    await stack.endFaults();
    for (const { data } of answers) {
      expect(data).toEqual({
        mediaTasks: [{ id: ids[0], status: null, problem: { code: 'ACCESS_DENIED' } }],
      });
    }
    // A request that arrives after the failure may call once more.
    expect((await stack.calls()).zego).toBeLessThanOrEqual(3);
  });
});
