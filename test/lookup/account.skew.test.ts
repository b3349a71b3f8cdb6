import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { toSpacingMs } from '../../src/lookup/quota.ts';
import type { VendorClock } from '../../src/lookup/skew.ts';
import { dawn } from '../support/fake-clock.ts';
import { failureOf } from './builders.ts';
import { openAccount, passing, quota, running } from './open-account.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const minutes = 60_000;

describe('A clock that differs from the vendor', () => {
  /** A vendor that refuses timestamps more than ten minutes off. */
  const picky = (off: number) => (_: number, vendorClock: VendorClock) => {
    const vendorTime = Date.now() + off;
    if (Math.abs(vendorClock.now() - vendorTime) <= 10 * minutes) return running;
    return failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-time', vendorTime } });
  };

  test.each([-16, -11, 11, 16])('by %i minutes is learnt: the call is signed again, once', async (off) => {
    const { clock, ask, attempts } = openAccount(picky(off * minutes));
    expect(await passing(clock, ask(), 150)).toBe(running);
    expect(attempts).toHaveLength(2);
  });

  test('is learnt for good: later calls are right at once', async () => {
    const { clock, ask, attempts } = openAccount(picky(11 * minutes));
    await passing(clock, ask(), 150);
    await passing(clock, ask(), 3_600_000);
    expect(attempts).toHaveLength(3);
  });

  test('is learnt for the calls already under way, too', async () => {
    const { clock, ask, vendor } = openAccount(picky(11 * minutes));
    vendor.latencyMs = 500;
    const answers = Array.from({ length: 10 }, () => ask());
    await clock.advance(5_000);
    expect((await Promise.all(answers)).filter((answer) => answer === running)).toHaveLength(10);
  });

  test('and is not the reason for the refusal: the second refusal is told, and there is no third call', async () => {
    const refusals = [11, 25, 40].map((off) =>
      failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-time', vendorTime: dawn + off * minutes } }),
    );
    const { clock, ask, attempts } = openAccount((attempt) => refusals[attempt - 1] ?? running);
    expect(await passing(clock, ask(), 1_000)).toBe(refusals[1]);
    expect(attempts).toHaveLength(2);
  });

  test('costs a slot of the quota for the second call as for any other', async () => {
    const { clock, ask, attempts } = openAccount(picky(11 * minutes));
    await passing(clock, ask(), 1_000);
    expect(attempts).toEqual([0, Math.ceil(toSpacingMs(quota))]);
  });

  test('is not to blame when the times are the same: the refusal is told at once', async () => {
    const refusal = failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-time', vendorTime: dawn + 1_000 } });
    const { clock, ask, attempts } = openAccount(() => refusal);
    expect(await passing(clock, ask(), 1_000)).toBe(refusal);
    expect(attempts).toHaveLength(1);
  });
});
