import { createVendorClock } from '../../src/domain/clock.ts';
import type { LookupError } from '../../src/domain/errors.ts';
import type { AccountEvent, ShownCounts } from '../../src/domain/events.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import { createLocalExchange } from '../../src/exchange/local-exchange.ts';
import { createLookup } from '../../src/lookup/create-lookup.ts';
import { createTaskView } from '../../src/lookup/view.ts';
import { createOwner } from '../../src/owner/create-owner.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { snapshotOf } from './builders.ts';

/** A vendor's answer, or the error that is thrown instead. */
export type VendorAnswer = Snapshot | null | LookupError | Error;

export const deadlineMs = 5_000;

/** A lookup with a real owner, in one process, and a vendor whose answers the test sets. */
export const openAccount = (calls = 20) => {
  const clock = createFakeClock();
  const vendor = {
    /** The calls that were sent. */
    calls: [] as { readonly id: string; readonly at: number }[],
    answer: snapshotOf('RUNNING') as VendorAnswer,
    latencyMs: 0,
  };
  const bugs: unknown[] = [];
  const events: AccountEvent[] = [];
  const shownCounts: ShownCounts = { outcomes: {}, ageMs: 0 };
  const emit = (event: AccountEvent) => events.push(event);
  const exchange = createLocalExchange({
    createOwner: (links) =>
      createOwner({
        ...links,
        operations: [
          {
            typename: 'ZegoMediaTask',
            maxBatch: 1,
            fetch: async ([id = ''], call) => {
              await call.get({ url: id });
              if (vendor.answer instanceof Error) throw vendor.answer;
              return new Map(vendor.answer ? [[id, vendor.answer]] : []);
            },
          },
        ],
        quota: { calls, perMs: 1_000 },
        get: async ({ url, confirm }) => {
          await confirm?.();
          vendor.calls.push({ id: url, at: clock.elapsed() });
          await clock.sleep(vendor.latencyMs);
          return { status: 200, header: () => undefined, body: '' };
        },
        clock,
        random: () => 0.5,
        deadlineMs,
        redact: (text) => text.replaceAll('s3cret', '[redacted]'),
        vendorClock: createVendorClock(clock),
        onBug: (error) => bugs.push(error),
        emit,
      }),
  });
  const view = createTaskView('ZegoMediaTask');
  const lookup = createLookup({ view, exchange, clock, deadlineMs, emit, shownCounts });
  return { clock, vendor, lookup, exchange, bugs, events, shownCounts };
};
