import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';
import { createClientPool, updatesOf } from './subscription-clients.ts';

/** Subscriptions over graphql-transport-ws through the whole program. */

let stack: Stack;
const clients = createClientPool(() => stack.url);

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(100) });
});

afterAll(() => stack.close());

afterEach(() => {
  clients.closeAll();
});

describe('a subscription', () => {
  it.each(['/graphql', '/ws', '/graphql?from=gateway'])(
    'at %s gets each task as it is, then its changes, and ends when all are final',
    async (path) => {
      const place = encodeURIComponent(path);
      const ids = [
        `zego:tencent:evolving-at-${place}`,
        `volcengine-whiteboard:app:evolving-at-${place}`,
        'aliyun-vod:all-failed',
      ];
      const { updates, tasks, ended } = clients.webSocket({ path }).subscribe(updatesOf(...ids));
      expect(await ended).toBe('complete');
      const statusesOf = (id: string) => {
        const statuses = tasks()
          .filter((task) => task.id === id)
          .map(({ status }) => status);
        return statuses.filter((status, index) => status !== statuses[index - 1]);
      };
      expect(ids.map(statusesOf)).toEqual([
        ['QUEUED', 'RUNNING', 'SUCCEEDED'],
        ['QUEUED', 'RUNNING', 'SUCCEEDED'],
        ['FAILED'],
      ]);
      const last = ids.map((id) => tasks().findLast((task) => task.id === id)?.isFinal);
      expect(last).toEqual([true, true, true]);
      for (const { errors } of updates) expect(errors).toBeUndefined();
    },
  );

  it('never gets the same update twice, however the ids are spelled', async () => {
    const subscription = clients
      .webSocket()
      .subscribe(updatesOf('zego:TENCENT:evolving-twice', 'zego:tencent:%65volving-twice'));
    expect(await subscription.ended).toBe('complete');
    const contents = subscription.tasks().map((task) => JSON.stringify(task));
    expect(new Set(contents).size).toBe(contents.length);
    expect(new Set(subscription.tasks().map(({ id }) => id))).toEqual(
      new Set(['zego:tencent:evolving-twice']),
    );
  });

  it('gets a problem while the vendor fails, and the state once it has recovered', async () => {
    await stack.switchFault('visionular', 'down');
    const subscription = clients.webSocket().subscribe(updatesOf('visionular:success'));
    await subscription.atLeast(1);
    await stack.endFaults();
    expect(await subscription.ended).toBe('complete');
    expect(subscription.tasks().map(({ status, problem }) => status ?? problem?.code)).toEqual([
      'UNAVAILABLE',
      'SUCCEEDED',
    ]);
  });

  it('gets all that it selects, through fragments and under aliases', async () => {
    const query = `subscription {
      update: mediaTaskUpdates(ids: ["zego:huawei:succeeded"]) { ...task ... on ZegoMediaTask { cloud: vendor detail { __typename } } }
    }
    fragment task on MediaTask { __typename outputs { kind } }`;
    const subscription = clients.webSocket().subscribe({ query });
    expect(await subscription.ended).toBe('complete');
    expect(subscription.updates).toEqual([
      {
        data: {
          update: {
            __typename: 'ZegoMediaTask',
            cloud: 'HUAWEI',
            detail: { __typename: 'ZegoHuaweiTask' },
            outputs: expect.arrayContaining([{ kind: 'IMAGE' }]),
          },
        },
      },
    ]);
  });

  it('of no tasks ends at once', async () => {
    const subscription = clients.webSocket().subscribe(updatesOf());
    expect([await subscription.ended, subscription.updates]).toEqual(['complete', []]);
  });
});

it('20 clients that follow one task, over 4 connections, cost no more calls than one', async () => {
  await stack.resetStats();
  await clients.webSocket().subscribe(updatesOf('zego:tencent:evolving-one')).ended;
  const callsForOne = (await stack.calls()).zego;
  await stack.resetStats();

  const sockets = [
    clients.webSocket(),
    clients.webSocket(),
    clients.webSocket({ path: '/ws' }),
    clients.webSocket({ path: '/ws' }),
  ];
  const subscriptions = sockets.flatMap((socket) =>
    Array.from({ length: 5 }, () => socket.subscribe(updatesOf('zego:tencent:evolving-twenty'))),
  );
  await Promise.all(subscriptions.map(({ ended }) => ended));
  // The times of the lookups differ a little between tasks.
  expect((await stack.calls()).zego).toBeLessThanOrEqual(callsForOne + 2);
  for (const { tasks } of subscriptions) expect(tasks().at(-1)?.status).toBe('SUCCEEDED');
});
