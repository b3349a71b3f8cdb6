import { afterEach, describe, expect, it } from '@jest/globals';
import { type FaultName, type FaultSetting, faultNames, type ProviderName } from '../../sandbox/index.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { findSecrets } from '../support/secrets.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** One vendor breaks in every way the sandbox knows: the four others answer as ever, and it answers again afterwards. */

interface Task {
  readonly id: string;
  readonly status: string | null;
  readonly stale: boolean;
  readonly fetchedAt: string | null;
  readonly problem: { readonly code: string; readonly message: string; readonly retryable: boolean } | null;
}

const query = `query ($ids: [ID!]!) {
  mediaTasks(ids: $ids) {
    id status stale fetchedAt nextPollAfterMs
    problem { code message retryable retryAfterMs vendorCode vendorRequestId }
  }
}`;

/** A task that has ended and one that runs, for each provider. */
const ended: Readonly<Record<ProviderName, readonly [id: string, status: string]>> = {
  'aliyun-vod': ['aliyun-vod:partial-success', 'PARTIALLY_SUCCEEDED'],
  visionular: ['visionular:success', 'SUCCEEDED'],
  'volcengine-webcast': ['volcengine-webcast:demo-app:demo-room:failed', 'FAILED'],
  'volcengine-whiteboard': ['volcengine-whiteboard:demo-app:done', 'SUCCEEDED'],
  zego: ['zego:huawei:canceled', 'CANCELED'],
};
const running: Readonly<Record<ProviderName, string>> = {
  'aliyun-vod': 'aliyun-vod:processing',
  visionular: 'visionular:running',
  'volcengine-webcast': 'volcengine-webcast:demo-app:demo-room:running',
  'volcengine-whiteboard': 'volcengine-whiteboard:demo-app:running',
  zego: 'zego:huawei:processing',
};

const deadlineMs = 1_500;

/** Longer than any answer of a running task is fresh, and than any vendor is left alone; shorter than stale answers are shown. */
const aWhileMs = 61_000;

let stack: Stack;
let clock: TestClock;
const texts: string[] = [];

const open = async () => {
  clock = createTestClock(Date.now());
  stack = await openStack({
    variables: { LOOKUP_DEADLINE_MS: String(deadlineMs) },
    application: { clock },
    sandbox: { now: clock.now },
  });
  clock.start();
};

afterEach(async () => {
  const found = findSecrets(stack, [...texts.splice(0), ...stack.logLines]);
  await stack.close();
  expect(found).toEqual([]);
});

const ask = async (ids: readonly string[]) => {
  const answer = await stack.ask<{ mediaTasks: Task[] }>(query, { ids });
  texts.push(answer.text);
  expect([answer.httpStatus, answer.errors]).toEqual([200, undefined]);
  return answer.data.mediaTasks;
};

const askOne = async (id: string) => {
  const [task] = await ask([id]);
  if (!task) throw new Error(`No answer about ${id}.`);
  return task;
};

type Fault = readonly [setting: FaultSetting, broken: ProviderName, code: string];

/** The vendor at whom the fault is switched on, and the problem its task must have. */
const faults: readonly Fault[] = [
  [{ fault: 'down' }, 'aliyun-vod', 'UNAVAILABLE'],
  [{ fault: 'error' }, 'visionular', 'UNAVAILABLE'],
  [{ fault: 'unavailable' }, 'volcengine-webcast', 'UNAVAILABLE'],
  [{ fault: 'unavailable', retryAfter: 7 }, 'zego', 'UNAVAILABLE'],
  [{ fault: 'slow', ms: 4_000 }, 'volcengine-whiteboard', 'TIMEOUT'],
  [{ fault: 'hang' }, 'zego', 'TIMEOUT'],
  [{ fault: 'drip', ms: 50 }, 'aliyun-vod', 'TIMEOUT'],
  [{ fault: 'throttled' }, 'aliyun-vod', 'RATE_LIMITED'],
  [{ fault: 'throttled' }, 'visionular', 'RATE_LIMITED'],
  [{ fault: 'throttled' }, 'volcengine-webcast', 'RATE_LIMITED'],
  [{ fault: 'throttled', retryAfter: 3 }, 'volcengine-whiteboard', 'RATE_LIMITED'],
  [{ fault: 'throttled', retryAfter: 'in a while' }, 'zego', 'RATE_LIMITED'],
  [{ fault: 'too-many-requests', retryAfter: '99999999999999999999' }, 'zego', 'RATE_LIMITED'],
  [{ fault: 'wrong-credentials' }, 'aliyun-vod', 'ACCESS_DENIED'],
  [{ fault: 'wrong-credentials' }, 'visionular', 'ACCESS_DENIED'],
  [{ fault: 'wrong-credentials' }, 'volcengine-webcast', 'ACCESS_DENIED'],
  [{ fault: 'wrong-credentials' }, 'zego', 'ACCESS_DENIED'],
  [{ fault: 'garbage' }, 'volcengine-webcast', 'BAD_RESPONSE'],
  [{ fault: 'html' }, 'volcengine-whiteboard', 'BAD_RESPONSE'],
  [{ fault: 'truncated' }, 'visionular', 'BAD_RESPONSE'],
  [{ fault: 'reset-mid-body' }, 'zego', 'BAD_RESPONSE'],
  [{ fault: 'huge' }, 'visionular', 'BAD_RESPONSE'],
  [{ fault: 'gzip-bomb' }, 'volcengine-whiteboard', 'BAD_RESPONSE'],
  [{ fault: 'deep' }, 'aliyun-vod', 'BAD_RESPONSE'],
  [{ fault: 'redirect' }, 'volcengine-webcast', 'BAD_RESPONSE'],
  [{ fault: 'other-task' }, 'aliyun-vod', 'BAD_RESPONSE'],
  [{ fault: 'other-task' }, 'visionular', 'BAD_RESPONSE'],
  [{ fault: 'other-task' }, 'zego', 'BAD_RESPONSE'],
];

/** Faults that need not keep the answer away: they have tests of their own, below. */
const harmless: readonly FaultName[] = ['clock', 'flap'];

it('every fault the sandbox has is tried', async () => {
  await open();
  const tried = new Set([...faults.map(([{ fault }]) => fault), ...harmless]);
  expect([...tried].sort()).toEqual([...faultNames].sort());
});

describe.each(faults)('%j at %s', (setting, broken, code) => {
  const ids = Object.values(ended).map(([id]) => id);
  const brokenId = ended[broken][0];

  it(`is told as ${code} of its own task, leaves the four others alone, and is over when it is over`, async () => {
    await open();
    await stack.switchFault(broken, setting);
    const during = await ask(ids);
    for (const task of during) {
      if (task.id === brokenId) {
        expect(task).toMatchObject({ status: null, stale: false, fetchedAt: null, problem: { code } });
        expect(task.problem?.retryable).toBe(code !== 'ACCESS_DENIED');
      } else {
        const [, status] = Object.values(ended).find(([id]) => id === task.id) ?? [];
        expect(task).toMatchObject({ status, stale: false, problem: null });
      }
    }

    await stack.endFaults();
    clock.putForward(aWhileMs);
    const after = await waitFor(
      () => askOne(brokenId),
      ({ status }) => status !== null,
    );
    expect(after).toMatchObject({ status: ended[broken][1], stale: false, problem: null });
  });
});

describe('a vendor that breaks while its task is known', () => {
  it.each<Fault>([
    [{ fault: 'down' }, 'visionular', 'UNAVAILABLE'],
    [{ fault: 'error' }, 'volcengine-webcast', 'UNAVAILABLE'],
    [{ fault: 'hang' }, 'volcengine-whiteboard', 'TIMEOUT'],
    [{ fault: 'throttled' }, 'zego', 'RATE_LIMITED'],
    [{ fault: 'garbage' }, 'aliyun-vod', 'BAD_RESPONSE'],
    [{ fault: 'huge' }, 'zego', 'BAD_RESPONSE'],
  ])(
    'keeps its task on the page, marked stale, and renews it afterwards: %j at %s',
    async (setting, broken) => {
      await open();
      const id = running[broken];
      const before = await askOne(id);
      expect(before).toMatchObject({ status: 'RUNNING', stale: false, problem: null });

      await stack.switchFault(broken, setting);
      clock.putForward(aWhileMs);
      for (let poll = 0; poll < 3; poll += 1) {
        expect(await askOne(id)).toMatchObject({
          status: 'RUNNING',
          stale: true,
          fetchedAt: before.fetchedAt,
          problem: null,
        });
        clock.putForward(3_000);
      }

      await stack.endFaults();
      clock.putForward(aWhileMs);
      const after = await waitFor(
        () => askOne(id),
        ({ stale }) => !stale,
      );
      expect(after).toMatchObject({ status: 'RUNNING', problem: null });
      expect(Date.parse(after.fetchedAt ?? '')).toBeGreaterThan(Date.parse(before.fetchedAt ?? ''));
    },
  );
});

describe('a vendor', () => {
  it('that is slow, but not too slow, is waited for', async () => {
    await open();
    await stack.switchFault('volcengine-webcast', { fault: 'slow', ms: 400 });
    expect(await askOne(running['volcengine-webcast'])).toMatchObject({ status: 'RUNNING', problem: null });
  });

  it('that flaps answers whenever it is up', async () => {
    await open();
    await stack.switchFault('zego', { fault: 'flap', ms: aWhileMs });
    expect(await askOne('zego:tencent:compose')).toMatchObject({ status: 'SUCCEEDED' });
    clock.putForward(aWhileMs);
    expect(await askOne('zego:tencent:transcode')).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    clock.putForward(aWhileMs);
    const again = await waitFor(
      () => askOne('zego:tencent:transcode'),
      ({ problem }) => problem === null,
    );
    expect(again.status).toBe('SUCCEEDED');
  });

  it.each<[ProviderName, number]>([
    ['aliyun-vod', 960_000],
    ['volcengine-webcast', -960_000],
    ['volcengine-whiteboard', 960_000],
    ['zego', -960_000],
  ])('whose clock is sixteen minutes off is understood all the same: %s, %i ms', async (provider, ms) => {
    await open();
    await stack.switchFault(provider, { fault: 'clock', ms });
    const [first, other] = await ask([ended[provider][0], ended.visionular[0]]);
    expect(first).toMatchObject({ status: ended[provider][1], problem: null });
    expect(other).toMatchObject({ status: 'SUCCEEDED', problem: null });
    await stack.resetStats();
    expect(await askOne(running[provider])).toMatchObject({ status: 'RUNNING', problem: null });
    expect((await stack.calls())[provider]).toBe(1);
  });
});
