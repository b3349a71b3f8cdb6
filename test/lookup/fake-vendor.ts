import type { Clock } from '../../src/domain/clock.ts';
import type { LookupError } from '../../src/domain/errors.ts';
import type { ProviderName, Snapshot } from '../../src/domain/task.ts';
import type { Account } from '../../src/lookup/account.ts';
import { createLookup } from '../../src/lookup/lookup.ts';
import { createMemorySlots, createQuotaGate, toSpacingMs } from '../../src/lookup/quota.ts';
import type { SharedTasks } from '../../src/lookup/shared-tasks.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { refOf, snapshotOf } from './builders.ts';

/** What a vendor comes to say: an error is thrown. */
export type Saying = Snapshot | null | LookupError | Error;

/** An account whose vendor says what the test wants, and remembers who asked when. */
export interface FakeVendor {
  readonly account: Account;
  /** The calls that have left, by task. */
  readonly calls: { readonly id: string; readonly at: number; readonly maxWaitMs: number }[];
  countOf(id: string): number;
  /** What it says of every task that nothing else is said of. */
  says: Saying;
  /** What it says of single tasks. */
  readonly saysOf: Map<string, Saying>;
  latencyMs: number;
}

/** @param calls the limit, a second; without it every call leaves at once */
export const createFakeVendor = (clock: Clock, calls?: number): FakeVendor => {
  const quota = { calls: calls ?? 1, perMs: 1_000 };
  const gate = calls
    ? createQuotaGate(createMemorySlots(toSpacingMs(quota), clock), quota, clock)
    : undefined;
  const vendor: FakeVendor = {
    calls: [],
    countOf: (wanted) => vendor.calls.filter(({ id }) => id === wanted).length,
    says: snapshotOf('RUNNING'),
    saysOf: new Map(),
    latencyMs: 0,
    account: {
      breakerState: 'CLOSED',
      fullForMs: () => 0,
      ask: async ({ id }, { maxWaitMs, deadline, onDeparture }) => {
        const leave = await gate?.pass(Math.min(maxWaitMs, deadline - clock.now()));
        onDeparture?.();
        await leave?.();
        vendor.calls.push({ id, at: clock.now(), maxWaitMs });
        if (vendor.latencyMs > 0) await clock.sleep(vendor.latencyMs);
        const says = vendor.saysOf.get(id) ?? vendor.says;
        if (says instanceof Error) throw says;
        return says;
      },
      call: () => Promise.reject(new Error('Nobody here calls a vendor for anything but a task.')),
    },
  };
  return vendor;
};

export const deadlineMs = 5_000;

/** A lookup with one vendor, ZEGO. */
export const openLookup = ({ calls, sharedTasks }: { calls?: number; sharedTasks?: SharedTasks } = {}) => {
  const clock = createFakeClock();
  const vendor = createFakeVendor(clock, calls);
  const spacingMs = calls ? toSpacingMs({ calls, perMs: 1_000 }) : 0;
  const accounts = new Map<ProviderName, { account: Account; spacingMs: number }>([
    ['zego', { account: vendor.account, spacingMs }],
  ]);
  const redact = (text: string): string => text.replaceAll('s3cret', '[redacted]');
  const lookup = createLookup({ accounts, sharedTasks, clock, deadlineMs, redact });
  return { clock, vendor, lookup };
};

/** One that has found the first task once, just now. */
export const openWarmLookup = async (says: Snapshot = snapshotOf('RUNNING')) => {
  const opened = openLookup();
  opened.vendor.says = says;
  await opened.lookup.find(refOf());
  return opened;
};
