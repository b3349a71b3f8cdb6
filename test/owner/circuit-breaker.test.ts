import { describe, expect, test } from '@jest/globals';
import type { MediaTaskProblemCode } from '../../src/generated/model.ts';
import { type CircuitBreaker, createCircuitBreaker } from '../../src/owner/vendor-state.ts';
import { failureOf } from './open-owner.ts';

const create = () => {
  const clock = { at: 0, elapsed: () => clock.at };
  return { clock, breaker: createCircuitBreaker(clock) };
};

const succeed = (breaker: CircuitBreaker): Promise<string> => breaker.run(async () => 'answer');

/** What a failing call comes to, and whether it was made at all. */
const fail = async (breaker: CircuitBreaker, thrown: Error = failureOf('UNAVAILABLE')) => {
  let isMade = false;
  const error: unknown = await breaker
    .run(async () => {
      isMade = true;
      throw thrown;
    })
    .catch((reason: unknown) => reason);
  return { isMade, error };
};

const failTimes = async (breaker: CircuitBreaker, times: number): Promise<void> => {
  for (let time = 0; time < times; time++) await fail(breaker);
};

const createOpen = async () => {
  const created = create();
  await failTimes(created.breaker, 10);
  expect(created.breaker.state).toBe('OPEN');
  return created;
};

describe('A circuit breaker', () => {
  test('opens after ten outages, not before', async () => {
    const { breaker } = create();
    await failTimes(breaker, 9);
    expect(breaker.state).toBe('CLOSED');
    await fail(breaker, failureOf('TIMEOUT'));
    expect(breaker.state).toBe('OPEN');
  });

  test('opens when half of the calls fail, and not when fewer do', async () => {
    const { breaker } = create();
    for (let round = 0; round < 30; round++) {
      await succeed(breaker);
      await succeed(breaker);
      await fail(breaker);
    }
    expect(breaker.state).toBe('CLOSED');
    await failTimes(breaker, 30);
    expect(breaker.state).toBe('OPEN');
  });

  test('forgets outages after ten seconds', async () => {
    const { clock, breaker } = create();
    await failTimes(breaker, 9);
    clock.at += 10_000;
    await fail(breaker);
    expect(breaker.state).toBe('CLOSED');
  });

  test.each<MediaTaskProblemCode>([
    'ACCESS_DENIED',
    'REJECTED',
    'RATE_LIMITED',
    'BAD_RESPONSE',
    'TASK_NOT_FOUND',
  ])('takes %s for no outage', async (code) => {
    const { breaker } = create();
    for (let call = 0; call < 50; call++) expect((await fail(breaker, failureOf(code))).isMade).toBe(true);
    expect(breaker.state).toBe('CLOSED');
  });

  test('hands on what the call throws as it is', async () => {
    const bug = new TypeError('undefined is not a function');
    expect((await fail(create().breaker, bug)).error).toBe(bug);
  });

  test('makes no call while open, and says UNAVAILABLE, why, and when it will be over', async () => {
    const { clock, breaker } = await createOpen();
    clock.at += 300;
    const { isMade, error } = await fail(breaker);
    expect(isMade).toBe(false);
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      details: { retryAfterMs: 700, reason: { kind: 'circuit-open' } },
    });
  });

  test('says since when it is open, after how many failures, and when the next call is tried', async () => {
    const { clock, breaker } = create();
    await succeed(breaker);
    await failTimes(breaker, 9);
    clock.at += 300;
    expect(breaker.refusal?.message).toBe(
      'The circuit breaker has been open for 0.3 s, after 9 failures in a row: the next call is tried in 0.7 s.',
    );
    clock.at += 1_000;
    await fail(breaker);
    clock.at += 11_000;
    await fail(breaker);
    expect(breaker.refusal?.message).toBe(
      'The circuit breaker has been open for 12 s, after 11 failures in a row: the next call is tried in 4.0 s.',
    );
  });

  test('is open for 1, 2, 4, 8, 15 and 30 s while the vendor stays down', async () => {
    const { clock, breaker } = await createOpen();
    const spans: number[] = [];
    for (let time = 0; time < 8; time++) {
      const from = clock.at;
      while (!(await fail(breaker)).isMade) clock.at += 100;
      spans.push(clock.at - from);
    }
    expect(spans).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000]);
  });

  test('then lets one call through, and refuses the others until that has ended', async () => {
    const { clock, breaker } = await createOpen();
    clock.at += 1_000;
    const answer = Promise.withResolvers<string>();
    const one = breaker.run(() => answer.promise);
    expect(breaker.state).toBe('HALF_OPEN');
    expect((await fail(breaker)).isMade).toBe(false);
    answer.resolve('answer');
    expect(await one).toBe('answer');
    expect(breaker.state).toBe('CLOSED');
  });

  test('closes for good when the vendor is back: old failures are forgotten', async () => {
    const { clock, breaker } = await createOpen();
    clock.at += 1_000;
    await succeed(breaker);
    await failTimes(breaker, 9);
    expect(breaker.state).toBe('CLOSED');
  });

  test('learns nothing from a call that never reached the vendor', async () => {
    const { clock, breaker } = await createOpen();
    clock.at += 1_000;
    const givenUp = failureOf('RATE_LIMITED', { reason: { kind: 'partitioned' } });
    expect((await fail(breaker, givenUp)).isMade).toBe(true);
    expect(breaker.state).toBe('OPEN');
    expect(breaker.refusal).toBeUndefined();
  });

  test('stays as it is when calls end that were sent before it opened', async () => {
    const { clock, breaker } = create();
    const late = Promise.withResolvers<string>();
    const success = breaker.run(() => late.promise);
    await failTimes(breaker, 10);
    clock.at += 500;
    late.resolve('answer');
    await success;
    expect(breaker.refusal).toMatchObject({ details: { retryAfterMs: 500 } });
  });

  test('is taken over as it was handed over', async () => {
    const { clock, breaker } = await createOpen();
    clock.at += 400;
    const next = create();
    next.breaker.takeOver(breaker.handOver());
    expect(next.breaker.state).toBe('OPEN');
    expect(next.breaker.refusal).toMatchObject({ details: { retryAfterMs: 600 } });
    next.clock.at += 600;
    expect((await fail(next.breaker)).isMade).toBe(true);
    expect(next.breaker.refusal).toMatchObject({ details: { retryAfterMs: 2_000 } });
  });
});
