import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { MediaTaskProblemCode } from '../../src/generated/model.ts';
import { type Breaker, createBreaker } from '../../src/lookup/breaker.ts';
import { dawn } from '../support/fake-clock.ts';
import { failureOf } from './builders.ts';

/** The library under the breaker reads the time of the process. */
let now = dawn;
beforeEach(() => {
  now = dawn;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const succeed = (breaker: Breaker): Promise<string> => breaker.run(async () => 'answer');

/** What a failing call comes to, and whether it was made at all. */
const fail = async (breaker: Breaker, code: MediaTaskProblemCode = 'UNAVAILABLE') => {
  let made = false;
  const error: unknown = await breaker
    .run(async () => {
      made = true;
      throw failureOf(code);
    })
    .catch((reason: unknown) => reason);
  return { made, error };
};

const failTimes = async (breaker: Breaker, times: number): Promise<void> => {
  for (let time = 0; time < times; time++) await fail(breaker);
};

const openOne = async (): Promise<Breaker> => {
  const breaker = createBreaker();
  await failTimes(breaker, 10);
  expect(breaker.state).toBe('OPEN');
  return breaker;
};

describe('The breaker', () => {
  test('opens after ten outages, not before', async () => {
    const breaker = createBreaker();
    await failTimes(breaker, 9);
    expect(breaker.state).toBe('CLOSED');
    await fail(breaker, 'TIMEOUT');
    expect(breaker.state).toBe('OPEN');
  });

  test('stays closed while fewer than half of the calls fail', async () => {
    const breaker = createBreaker();
    for (let round = 0; round < 30; round++) {
      await succeed(breaker);
      await succeed(breaker);
      await fail(breaker);
    }
    expect(breaker.state).toBe('CLOSED');
  });

  test('forgets outages that are long past', async () => {
    const breaker = createBreaker();
    await failTimes(breaker, 9);
    now += 3_600_000;
    await fail(breaker);
    expect(breaker.state).toBe('CLOSED');
  });

  test.each<MediaTaskProblemCode>([
    'ACCESS_DENIED',
    'REJECTED',
    'RATE_LIMITED',
    'BAD_RESPONSE',
    'TASK_NOT_FOUND',
  ])('does not mind %s: that is no outage', async (code) => {
    const breaker = createBreaker();
    for (let call = 0; call < 50; call++) expect((await fail(breaker, code)).made).toBe(true);
    expect(breaker.state).toBe('CLOSED');
  });

  test('lets the error of the call through as it is', async () => {
    const bug = new TypeError('undefined is not a function');
    await expect(
      createBreaker().run(async () => {
        throw bug;
      }),
    ).rejects.toBe(bug);
  });

  test('makes no call while open, and says UNAVAILABLE and when to come back', async () => {
    const breaker = await openOne();
    const { made, error } = await fail(breaker);
    expect(made).toBe(false);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: expect.any(Number) } });
  });

  test('lets a single call try after the pause, and tells the others at once', async () => {
    const breaker = await openOne();
    now += 2_000;
    let answer = (_: string): void => {};
    const probe = breaker.run(
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    );
    expect(breaker.state).toBe('HALF_OPEN');
    const others = await Promise.all([fail(breaker), fail(breaker)]);
    expect(others.map(({ made }) => made)).toEqual([false, false]);
    answer('answer');
    expect(await probe).toBe('answer');
    expect(breaker.state).toBe('CLOSED');
  });

  test('closes for good when the vendor is back: old failures are forgotten', async () => {
    const breaker = await openOne();
    now += 2_000;
    await succeed(breaker);
    await failTimes(breaker, 5);
    expect(breaker.state).toBe('CLOSED');
  });

  /** How long an open breaker lets nobody through. The call that gets through fails, too. */
  const sitOutPause = async (breaker: Breaker): Promise<number> => {
    const from = now;
    while (!(await fail(breaker)).made) now += 50;
    return now - from;
  };

  test.each([0, 0.5, 0.999])(
    'waits about a second at first, then longer, at most 30 s (random %d)',
    async (random) => {
      jest.spyOn(Math, 'random').mockReturnValue(random);
      const breaker = await openOne();
      const pauses = [];
      for (let pause = 0; pause < 8; pause++) pauses.push(await sitOutPause(breaker));
      expect(pauses[0]).toBeGreaterThanOrEqual(500);
      expect(pauses[0]).toBeLessThanOrEqual(2_000);
      expect(pauses[7]).toBeGreaterThanOrEqual(10_000);
      for (const pause of pauses) expect(pause).toBeLessThanOrEqual(30_000);
    },
  );

  test('tells honestly how long it will be until it lets somebody through', async () => {
    const breaker = await openOne();
    for (let pause = 0; pause < 5; pause++) await sitOutPause(breaker);
    const { error } = await fail(breaker);
    const told = error instanceof LookupError ? (error.details.retryAfterMs ?? 0) : 0;
    expect(Math.abs((await sitOutPause(breaker)) - told)).toBeLessThanOrEqual(1_000);
  });
});
