import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** More tasks on one page than the vendors' quotas let through before the deadline. */

interface Task {
  readonly id: string;
  readonly status: string | null;
  readonly nextPollAfterMs: number | null;
  readonly problem: {
    readonly code: string;
    readonly retryable: boolean;
    readonly retryAfterMs: number | null;
  } | null;
}

const query = `query ($ids: [ID!]!) {
  mediaTasks(ids: $ids) { id status nextPollAfterMs problem { code retryable retryAfterMs } }
}`;

const idOf: readonly ((n: number) => string)[] = [
  (n) => `aliyun-vod:load-${n}`,
  (n) => `visionular:load-${n}`,
  (n) => `volcengine-webcast:an-app:a-room:load-${n}`,
  (n) => `volcengine-whiteboard:an-app:load-${n}`,
  (n) => `zego:${n % 2 === 0 ? 'tencent' : 'huawei'}:load-${n}`,
];

/** Forty of each provider, taking turns. */
const ids = Array.from({ length: 200 }, (_, n) => idOf[n % idOf.length]?.(n) ?? '');

/** Within it, a vendor of ten calls a second can be asked about thirty of its forty tasks at the very most. */
const deadlineMs = 2_000;

/** The slowest vendor's forty calls take 4.5 s at nine tenths of its quota; the rest is patience with a busy machine. */
const filledWithinMs = 15_000;

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ variables: { LOOKUP_DEADLINE_MS: String(deadlineMs) } });
});

afterAll(() => stack.close());

const poll = async (): Promise<readonly Task[]> => {
  const { httpStatus, data, errors } = await stack.ask<{ mediaTasks: Task[] }>(query, { ids });
  expect([httpStatus, errors]).toEqual([200, undefined]);
  expect(data.mediaTasks.map(({ id }) => id)).toEqual(ids);
  return data.mediaTasks;
};

/** None is over its quota in any sliding second, and none had to say no. */
const expectPoliteness = async () => {
  for (const [provider, report] of Object.entries(await stack.stats())) {
    expect([provider, report.refused]).toEqual([provider, {}]);
    expect([provider, report.mostInAnySecond <= report.quota, report.mostInAnySecond]).toEqual([
      provider,
      true,
      report.mostInAnySecond,
    ]);
  }
};

describe('200 new tasks of all vendors of the sandbox in one query', () => {
  let first: readonly Task[];

  beforeAll(async () => {
    first = await poll();
  });

  it('are answered as far as the quotas allow before the deadline', () => {
    const answered = first.filter(({ status }) => status !== null);
    expect(answered.length).toBeGreaterThan(50);
    expect(answered.length).toBeLessThan(200);
    for (const { problem } of answered) expect(problem).toBeNull();
  });

  it('are RATE_LIMITED where they did not fit, with the time to ask again', () => {
    const missing = first.filter(({ status }) => status === null);
    expect(missing.some(({ id }) => id.startsWith('visionular:'))).toBe(true);
    for (const { problem, nextPollAfterMs } of missing) {
      expect(problem).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
      expect(problem?.retryAfterMs).toBeGreaterThan(0);
      expect(nextPollAfterMs).toBeGreaterThan(0);
    }
  });

  it('do not make a vendor see more than its quota in any sliding second, or refuse anything', async () => {
    await expectPoliteness();
    const calls = await stack.calls();
    expect(calls['volcengine-webcast']).toBe(40);
    for (const provider of ['aliyun-vod', 'visionular', 'volcengine-whiteboard', 'zego'] as const) {
      expect(calls[provider]).toBeLessThanOrEqual(40);
    }
  });

  it('are all there when the same page is polled again for a while, still within every quota', async () => {
    const missing = (tasks: readonly Task[]) => tasks.filter(({ status }) => status === null);
    const left = await waitFor(
      async () => missing(await poll()),
      ({ length }) => length === 0,
      {
        withinMs: filledWithinMs,
        everyMs: 1_000,
      },
    );
    expect(left).toEqual([]);
    await expectPoliteness();
  }, 40_000);

  it('do not open a breaker: a full quota is no outage', async () => {
    const { data } = await stack.ask<{ mediaTaskProviders: { breaker: string }[] }>(
      '{ mediaTaskProviders { breaker } }',
    );
    expect(data.mediaTaskProviders.map(({ breaker }) => breaker)).toEqual(Array(5).fill('CLOSED'));
  });
});
