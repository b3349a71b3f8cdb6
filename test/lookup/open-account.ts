import { jest } from '@jest/globals';
import type { LookupError } from '../../src/domain/errors.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import { createAccount, type Terms } from '../../src/lookup/account.ts';
import { createMemorySlots, createQuotaGate, toSpacingMs } from '../../src/lookup/quota.ts';
import { createVendorClock, type VendorClock } from '../../src/lookup/skew.ts';
import { createFakeClock, dawn, type FakeClock } from '../support/fake-clock.ts';
import { refOf, snapshotOf } from './builders.ts';

export const quota = { calls: 50, perMs: 1_000 };
export const running = snapshotOf('RUNNING');

/** An account at a vendor that answers like this: an error is thrown. */
export const openAccount = (
  answer: (attempt: number, vendorClock: VendorClock) => Snapshot | null | LookupError,
) => {
  const clock = createFakeClock();
  // The library under the breaker reads the time of the process.
  jest.spyOn(Date, 'now').mockImplementation(clock.now);
  const vendorClock = createVendorClock(clock);
  const attempts: number[] = [];
  const vendor = { connectMs: 0, latencyMs: 0 };
  const gate = createQuotaGate(createMemorySlots(toSpacingMs(quota), clock), quota, clock);
  const account = createAccount({
    fetchTask: async (_, { leave }) => {
      if (vendor.connectMs > 0) await clock.sleep(vendor.connectMs);
      await leave?.();
      attempts.push(clock.now() - dawn);
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
export const passing = async <Result>(
  clock: FakeClock,
  pending: Promise<Result>,
  ms = 5_000,
): Promise<Result> => {
  await clock.advance(ms);
  return pending;
};
