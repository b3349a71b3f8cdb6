import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { LookupError } from '../../src/errors.ts';
import { createAccount, type Terms } from '../../src/lookup/account.ts';
import { createMemorySlots, createQuotaGate, toSpacingMs } from '../../src/lookup/quota.ts';
import { createVendorClock, type VendorClock } from '../../src/lookup/skew.ts';
import type { Snapshot } from '../../src/task.ts';
import { failureOf, refOf, snapshotOf } from './builders.ts';
import { createFakeClock, dawn, type FakeClock } from './fake-clock.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const quota = { calls: 50, perMs: 1_000 };
const running = snapshotOf('RUNNING');
const minutes = 60_000;

/** An account at a vendor that answers like this: an error is thrown. */
const open = (answer: (attempt: number, vendorClock: VendorClock) => Snapshot | null | LookupError) => {
  const clock = createFakeClock();
  // The library under the breaker reads the time of the process.
  jest.spyOn(Date, 'now').mockImplementation(clock.now);
  const vendorClock = createVendorClock(clock);
  const attempts: number[] = [];
  const vendor = { latencyMs: 0 };
  const gate = createQuotaGate(createMemorySlots(toSpacingMs(quota), clock), quota, clock);
  const account = createAccount({
    fetchTask: async (_, { onSent }) => {
      attempts.push(clock.now() - dawn);
      onSent?.();
      const result = answer(attempts.length, vendorClock);
      if (vendor.latencyMs > 0) await clock.sleep(vendor.latencyMs);
      if (result instanceof Error) throw result;
      return result;
    },
    gate,
    vendorClock,
    clock,
    random: () => 0.5,
  });
  /** Asks, and tells what came of it. */
  const ask = (terms: Partial<Terms> = {}): Promise<unknown> =>
    account
      .ask(refOf(), { deadline: clock.now() + 5_000, maxWaitMs: 4_000, ...terms })
      .catch((error: unknown) => error);
  return { clock, account, gate, attempts, ask, vendor };
};

/** Lets time pass until the answer is there. */
const passing = async <Result>(clock: FakeClock, pending: Promise<Result>, ms = 5_000): Promise<Result> => {
  await clock.advance(ms);
  return pending;
};

describe('An account', () => {
  test('answers what the vendor says, and tells when the question leaves', async () => {
    const { ask, attempts } = open(() => running);
    const onDeparture = jest.fn();
    expect(await ask({ onDeparture })).toBe(running);
    expect(onDeparture).toHaveBeenCalledTimes(1);
    expect(attempts).toEqual([0]);
  });

  test('gives the vendor until the deadline, and tells it by a signal', async () => {
    const clock = createFakeClock();
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const account = createAccount({
      fetchTask: async (_, { signal }) => (signal.aborted ? null : running),
      gate: createQuotaGate(createMemorySlots(20, clock), quota, clock),
      vendorClock: createVendorClock(clock),
      clock,
      random: () => 0,
    });
    await account.ask(refOf(), { deadline: clock.now() + 1_234, maxWaitMs: 100 });
    expect(timeout).toHaveBeenCalledWith(1_234);
  });

  test('makes at most 1.1 attempts a lookup while the vendor is out, and leaves it alone soon', async () => {
    const { clock, account, ask, attempts } = open(() => failureOf('UNAVAILABLE'));
    for (let lookup = 0; lookup < 100; lookup++) await passing(clock, ask(), 300);
    expect(attempts.length).toBeLessThanOrEqual(110);
    expect(attempts.length).toBeLessThan(40);
    expect(account.breakerState).not.toBe('CLOSED');
  });

  test('makes at most 1.1 attempts a lookup in an outage, also after a long time without one', async () => {
    const { clock, ask, attempts } = open((attempt) => (attempt <= 500 ? running : failureOf('UNAVAILABLE')));
    for (let lookup = 0; lookup < 500; lookup++) await passing(clock, ask(), 30);
    for (let lookup = 0; lookup < 100; lookup++) await passing(clock, ask(), 300);
    expect(attempts.length - 500).toBeLessThanOrEqual(110);
  });

  test('answers again once the vendor is back', async () => {
    let isBack = false;
    const { clock, account, ask } = open(() => (isBack ? running : failureOf('UNAVAILABLE')));
    for (let lookup = 0; lookup < 12; lookup++) await passing(clock, ask(), 150);
    isBack = true;
    await clock.advance(60_000);
    expect(await ask()).toBe(running);
    expect(account.breakerState).toBe('CLOSED');
  });

  test('takes a refusal by its own quota for no sign that the vendor is back', async () => {
    const { clock, account, ask, gate } = open(() => failureOf('UNAVAILABLE'));
    for (let lookup = 0; lookup < 12; lookup++) await passing(clock, ask(), 150);
    expect(account.breakerState).toBe('OPEN');
    gate.pause(60_000);
    await clock.advance(5_000);
    await ask();
    expect(account.breakerState).not.toBe('CLOSED');
  });
});

describe('A vendor that throttles', () => {
  test.each([
    ['for as long as it says', failureOf('RATE_LIMITED', { retryAfterMs: 3_000 }), 3_000],
    ['for a second when it does not say', failureOf('RATE_LIMITED'), 1_000],
    ['also when it calls it an outage', failureOf('UNAVAILABLE', { retryAfterMs: 2_000 }), 2_000],
  ])('is left alone %s', async (_, refusal, pauseMs) => {
    const { clock, ask, attempts } = open((attempt) => (attempt === 1 ? refusal : running));
    expect(await ask()).toBe(refusal);
    expect(await passing(clock, ask())).toBe(running);
    expect(attempts).toEqual([0, pauseMs]);
  });

  test('is not asked by those who were waiting for their turn when it said so', async () => {
    const { clock, ask, attempts } = open((attempt) =>
      attempt === 1 ? failureOf('RATE_LIMITED', { retryAfterMs: 3_000 }) : running,
    );
    const answers = [ask(), ask(), ask()];
    await clock.advance(10_000);
    await Promise.all(answers);
    expect(attempts[1]).toBeGreaterThanOrEqual(3_000);
  });

  test('is not asked again in the same lookup', async () => {
    const { clock, ask, attempts } = open((attempt) => (attempt <= 30 ? running : failureOf('RATE_LIMITED')));
    for (let lookup = 0; lookup < 31; lookup++) await passing(clock, ask(), 150);
    await clock.advance(10_000);
    expect(attempts).toHaveLength(31);
  });
});

describe('Wrong credentials', () => {
  const wrong = () =>
    failureOf('ACCESS_DENIED', { wrongCredentials: true, vendorCode: 'InvalidAccessKeyId' });

  test('are tried once a minute, however often anybody asks', async () => {
    const { clock, ask, attempts } = open(wrong);
    for (let second = 0; second < 300; second++) {
      expect(await ask()).toMatchObject({
        code: 'ACCESS_DENIED',
        details: { vendorCode: 'InvalidAccessKeyId' },
      });
      await clock.advance(1_000);
    }
    expect(attempts).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  });

  test('are tried once, though many were waiting for their turn', async () => {
    const { clock, ask, attempts } = open(wrong);
    const answers = Array.from({ length: 20 }, () => ask());
    await clock.advance(5_000);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(attempts).toEqual([0]);
  });

  test('that have been mended are noticed within the minute', async () => {
    const { clock, ask } = open((attempt) => (attempt === 1 ? wrong() : running));
    for (let second = 0; second < 60; second++) {
      await ask();
      await clock.advance(1_000);
    }
    expect(await ask()).toBe(running);
  });

  test('are not what a refusal of one task is', async () => {
    const { clock, ask, attempts } = open(() => failureOf('ACCESS_DENIED'));
    await passing(clock, ask());
    await passing(clock, ask());
    expect(attempts).toHaveLength(2);
  });
});

describe('A clock that differs from the vendor', () => {
  /** A vendor that refuses timestamps more than ten minutes off. */
  const picky = (off: number) => (_: number, vendorClock: VendorClock) => {
    const vendorTime = Date.now() + off;
    if (Math.abs(vendorClock.now() - vendorTime) <= 10 * minutes) return running;
    return failureOf('ACCESS_DENIED', { vendorTime });
  };

  test.each([-16, -11, 11, 16])('by %i minutes is learnt: the call is signed again, once', async (off) => {
    const { clock, ask, attempts } = open(picky(off * minutes));
    expect(await passing(clock, ask(), 150)).toBe(running);
    expect(attempts).toHaveLength(2);
  });

  test('is learnt for good: later calls are right at once', async () => {
    const { clock, ask, attempts } = open(picky(11 * minutes));
    await passing(clock, ask(), 150);
    await passing(clock, ask(), 3_600_000);
    expect(attempts).toHaveLength(3);
  });

  test('is learnt for the calls already under way, too', async () => {
    const { clock, ask, vendor } = open(picky(11 * minutes));
    vendor.latencyMs = 500;
    const answers = Array.from({ length: 10 }, () => ask());
    await clock.advance(5_000);
    expect((await Promise.all(answers)).filter((answer) => answer === running)).toHaveLength(10);
  });

  test('and is not the reason for the refusal: the second refusal is told, and there is no third call', async () => {
    const refusals = [11, 25, 40].map((off) =>
      failureOf('ACCESS_DENIED', { vendorTime: dawn + off * minutes }),
    );
    const { clock, ask, attempts } = open((attempt) => refusals[attempt - 1] ?? running);
    expect(await passing(clock, ask(), 1_000)).toBe(refusals[1]);
    expect(attempts).toHaveLength(2);
  });

  test('costs a slot of the quota for the second call as for any other', async () => {
    const { clock, ask, attempts } = open(picky(11 * minutes));
    await passing(clock, ask(), 1_000);
    expect(attempts).toEqual([0, Math.ceil(toSpacingMs(quota))]);
  });
});

describe('A deadline', () => {
  test('that has passed keeps a retry from leaving: nobody would hear the answer', async () => {
    const { clock, ask, attempts, vendor } = open((attempt) =>
      attempt <= 30 ? running : failureOf('UNAVAILABLE'),
    );
    for (let lookup = 0; lookup < 30; lookup++) await passing(clock, ask(), 150);
    vendor.latencyMs = 4_950;
    const deadline = clock.now() + 5_000;
    const answer = ask({ deadline });
    await clock.advance(20_000);
    await answer;
    for (const attempt of attempts) expect(attempt + dawn).toBeLessThan(deadline);
  });
});
