import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultSetting, ProviderName } from '../../sandbox/index.ts';
import { idsOf } from '../support/sandbox-ids.ts';
import { findSecrets } from '../support/secrets.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';
import { waitFor } from '../support/wait.ts';

/**
 * One vendor fails, the others answer, and it answers again afterwards: through the whole program, once for each
 * problem code. Which failure has which code is tested for each provider by its conformance suite, and for connections
 * and bodies in `test/vendor-http/`.
 */

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

/** The ids of finished tasks; a new number gives tasks that were not looked up before. */
const toIds = (n: number): Readonly<Record<ProviderName, string>> => idsOf(`done-${n}`);

/** Longer than the longest pause of a circuit breaker, and shorter than stale answers are shown. */
const aWhileMs = 61_000;

let clock: SteppedClock;
let stack: Stack;
const texts: string[] = [];

beforeAll(async () => {
  clock = createSteppedClock(5);
  stack = await openStack({ clock, variables: { LOOKUP_DEADLINE_MS: '500' } });
});

afterAll(() => stack.close());

const ask = async (ids: readonly string[]) => {
  const { data, errors, httpStatus, text } = await stack.ask<{ mediaTasks: Task[] }>(query, { ids });
  texts.push(text);
  expect([httpStatus, errors]).toEqual([200, undefined]);
  return data.mediaTasks;
};

const askOne = async (id: string) => {
  const [task] = await ask([id]);
  if (!task) throw new Error(`No answer about ${id}.`);
  return task;
};

const endFaults = async (): Promise<void> => {
  await stack.endFaults();
  clock.putForward(aWhileMs);
};

const succeeded = { status: 'SUCCEEDED', stale: false, problem: null };

describe.each<[FaultSetting, ProviderName, string, number]>([
  [{ fault: 'down' }, 'aliyun-vod', 'UNAVAILABLE', 1],
  [{ fault: 'hang' }, 'zego', 'TIMEOUT', 2],
  [{ fault: 'throttled' }, 'volcengine-webcast', 'RATE_LIMITED', 3],
  [{ fault: 'wrong-credentials' }, 'visionular', 'ACCESS_DENIED', 4],
  [{ fault: 'gzip-bomb' }, 'volcengine-whiteboard', 'BAD_RESPONSE', 5],
])('%j at %s', (setting, failing, code, n) => {
  const ids = Object.values(toIds(n));
  const failingId = toIds(n)[failing];

  it(`is ${code} of its own task, and no problem of the others; then it recovers`, async () => {
    await stack.resetStats();
    await stack.switchFault(failing, setting);
    const tasks = new Map((await ask(ids)).map((task) => [task.id, task]));
    expect((await stack.stats())[failing].faulted).toBeGreaterThan(0);
    expect(tasks.get(failingId)).toMatchObject({
      status: null,
      stale: false,
      fetchedAt: null,
      problem: { code },
    });
    expect(tasks.get(failingId)?.problem?.retryable).toBe(code !== 'ACCESS_DENIED');
    const others = ids.filter((id) => id !== failingId);
    for (const id of others) expect(tasks.get(id)).toMatchObject(succeeded);

    await endFaults();
    const recovered = await waitFor(
      () => askOne(failingId),
      ({ status }) => status !== null,
    );
    expect(recovered).toMatchObject(succeeded);
  });
});

it('a known task of a failing vendor is shown as stale, and renewed after the recovery', async () => {
  const id = 'zego:tencent:processing';
  const running = { status: 'RUNNING', problem: null };
  const before = await askOne(id);
  expect(before).toMatchObject({ ...running, stale: false });

  await stack.switchFault('zego', 'down');
  clock.putForward(aWhileMs);
  for (let poll = 0; poll < 3; poll += 1) {
    expect(await askOne(id)).toMatchObject({ ...running, stale: true, fetchedAt: before.fetchedAt });
    clock.putForward(3_000);
  }

  await endFaults();
  const after = await waitFor(
    () => askOne(id),
    ({ stale }) => !stale,
  );
  expect(after).toMatchObject(running);
  expect(Date.parse(after.fetchedAt ?? '')).toBeGreaterThan(Date.parse(before.fetchedAt ?? ''));
});

it.each<[ProviderName, number]>([
  ['aliyun-vod', 960_000],
  ['volcengine-webcast', -960_000],
  ['volcengine-whiteboard', 960_000],
  ['zego', -960_000],
])(
  'the vendor %s answers although its clock is wrong by %i ms, and costs no extra call after the first',
  async (provider, ms) => {
    await stack.switchFault(provider, { fault: 'clock', ms });
    expect(await askOne(toIds(6)[provider])).toMatchObject(succeeded);
    await stack.resetStats();
    expect(await askOne(toIds(7)[provider])).toMatchObject(succeeded);
    expect((await stack.calls())[provider]).toBe(1);
  },
);

it('no answer and no log line of the above holds a secret or a vendor URL', () => {
  expect(texts.length).toBeGreaterThan(15);
  expect(findSecrets(stack, [...texts, ...stack.logLines])).toEqual([]);
});
