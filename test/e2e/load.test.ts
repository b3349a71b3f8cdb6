import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { providerNames } from '../../sandbox/index.ts';
import { idsOf } from '../support/sandbox-ids.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';

/** One page with more tasks than the vendors' quotas allow before the deadline. */

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

/** Forty of each provider, alternating. */
const perProvider = 40;
const ids = Array.from({ length: perProvider }, (_, n) => Object.values(idsOf(`load-${n}`))).flat();

/** Within it, a vendor of ten calls a second can be asked about thirty of its forty tasks at most. */
const deadlineMs = 2_000;

/** The slowest vendor's forty calls take 4.5 s at nine tenths of its quota. */
const longestWaitMs = 10_000;

/** A call arrives within a few turns of the event loop, so within the lateness that the quota allows for. */
const stepMs = 5;

let clock: SteppedClock;
let stack: Stack;

beforeAll(async () => {
  clock = createSteppedClock(stepMs);
  stack = await openStack({
    clock,
    variables: { LOOKUP_DEADLINE_MS: String(deadlineMs), MAX_IDS_PER_QUERY: String(ids.length) },
  });
});

afterAll(() => stack.close());

const poll = async (): Promise<readonly Task[]> => {
  const { httpStatus, data, errors } = await stack.ask<{ mediaTasks: Task[] }>(query, { ids });
  expect([httpStatus, errors]).toEqual([200, undefined]);
  expect(data.mediaTasks.map(({ id }) => id)).toEqual(ids);
  return data.mediaTasks;
};

const toMissing = (tasks: readonly Task[]) => tasks.filter(({ status }) => status === null);

/** No vendor saw more than its quota in any sliding second, and none refused a call. */
const expectWithinQuota = async () => {
  for (const [provider, report] of Object.entries(await stack.stats())) {
    expect([provider, report.refused]).toEqual([provider, {}]);
    expect(report.mostInAnySecond).toBeLessThanOrEqual(report.quota);
  }
};

describe('forty new tasks of each vendor of the sandbox in one query', () => {
  let first: readonly Task[];

  beforeAll(async () => {
    first = await poll();
  });

  it('are answered as far as the quotas allow before the deadline', () => {
    const answered = first.filter(({ status }) => status !== null);
    expect(answered.length).toBeGreaterThan(50);
    expect(answered.length).toBeLessThan(ids.length);
    for (const { problem } of answered) expect(problem).toBeNull();
  });

  it('are RATE_LIMITED beyond that, with the time to ask again', () => {
    const missing = toMissing(first);
    expect(missing.some(({ id }) => id.startsWith('visionular:'))).toBe(true);
    for (const { problem, nextPollAfterMs } of missing) {
      expect(problem).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
      expect(problem?.retryAfterMs).toBeGreaterThan(0);
      expect(nextPollAfterMs).toBeGreaterThan(0);
    }
  });

  it("cause no more calls than a vendor's quota in any sliding second, and no refusal", async () => {
    await expectWithinQuota();
    const calls = await stack.calls();
    expect(calls['volcengine-webcast']).toBe(perProvider);
    for (const provider of providerNames) expect(calls[provider]).toBeLessThanOrEqual(perProvider);
  });

  it('are complete when the page is polled after nextPollAfterMs, still within every quota', async () => {
    const until = clock.now() + longestWaitMs;
    let missing = toMissing(first);
    while (missing.length > 0 && clock.now() < until) {
      await clock.sleep(Math.min(...missing.map(({ nextPollAfterMs }) => nextPollAfterMs ?? 0)));
      missing = toMissing(await poll());
    }
    expect(missing).toEqual([]);
    await expectWithinQuota();
  });

  it('open no circuit breaker: a full quota is no outage', async () => {
    const { data } = await stack.ask<{ mediaTaskProviders: { configured: boolean; breaker: string }[] }>(
      '{ mediaTaskProviders { configured breaker } }',
    );
    const configured = data.mediaTaskProviders.filter((provider) => provider.configured);
    expect(configured.length).toBeGreaterThanOrEqual(providerNames.length);
    expect(new Set(configured.map(({ breaker }) => breaker))).toEqual(new Set(['CLOSED']));
  });
});
