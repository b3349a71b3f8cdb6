import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../../src/domain/clock.ts';
import { createMemorySlots, createQuotaGate, type Slots, toSpacingMs } from '../../src/lookup/quota.ts';
import { createFakeClock, createProcessClock, type FakeClock } from '../support/fake-clock.ts';
import { createDemand, mostWithin, type Outcome, send, toSentMoments } from './departures.ts';

const anyLimit = fc.integer({ min: 1, max: 60 });
/** From the gate to the network. */
const anyConnectMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 }));
const anyWaitMs = fc.integer({ min: 0, max: 4_000 });

const open = (calls: number) => {
  const clock = createFakeClock();
  const quota = { calls, perMs: 1_000 };
  const slots = createMemorySlots(toSpacingMs(quota), clock);
  return { clock, quota, slots, gate: createQuotaGate(slots, quota, clock) };
};

describe('Slots in memory', () => {
  const anyStep = fc.record({
    maxWaitMs: anyWaitMs,
    thenMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_500 })),
    pauseMs: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { arbitrary: fc.integer({ min: 1, max: 3_000 }), weight: 1 },
    ),
  });

  test('do as the simplest model of them: one after the other, none early, none past the wait, refusals free', async () => {
    await fc.assert(
      fc.asyncProperty(anyLimit, fc.array(anyStep, { maxLength: 60 }), async (calls, steps) => {
        const { clock, slots, quota } = open(calls);
        let free = 0;
        for (const { maxWaitMs, thenMs, pauseMs } of steps) {
          if (pauseMs > 0) slots.pause(pauseMs);
          if (pauseMs > 0) free = Math.max(free, clock.now() + pauseMs);
          const slot = Math.max(clock.now(), free);
          const waitMs = slot - clock.now();
          const reservation = await slots.reserve(maxWaitMs);
          if (waitMs > maxWaitMs) {
            expect(reservation).toEqual({
              kind: 'refused',
              retryAfterMs: expect.closeTo(waitMs - maxWaitMs),
            });
          } else {
            expect(reservation).toEqual({ kind: 'granted', at: expect.closeTo(slot) });
            free = slot + toSpacingMs(quota);
          }
          await clock.advance(thenMs);
        }
      }),
    );
  });
});

describe('The gate', () => {
  /** What happens to a gate: calls come, time passes, the vendor asks for a pause, the process is held up. */
  const anyEvent = fc.oneof(
    fc.record({
      what: fc.constant('calls' as const),
      count: fc.integer({ min: 1, max: 20 }),
      maxWaitMs: anyWaitMs,
      connectMs: anyConnectMs,
    }),
    fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ what: fc.constant('stall' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
    fc.record({ what: fc.constant('pause' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  );
  type Event = typeof anyEvent extends fc.Arbitrary<infer Value> ? Value : never;

  const live = async (calls: number, events: readonly Event[]) => {
    const { clock, gate } = open(calls);
    const pending: Promise<Outcome>[] = [];
    for (const event of events) {
      if (event.what === 'time') await clock.advance(event.ms);
      else if (event.what === 'stall') await clock.stall(event.ms);
      else if (event.what === 'pause') gate.pause(event.ms);
      else
        for (let call = 0; call < event.count; call++) {
          pending.push(send(gate, event.maxWaitMs, clock, event.connectMs));
        }
    }
    await clock.advance(10_000);
    return Promise.all(pending);
  };

  test('lets no more calls leave in any sliding second than the limit, whoever comes and whatever is held up', async () => {
    await fc.assert(
      fc.asyncProperty(anyLimit, fc.array(anyEvent, { maxLength: 30 }), async (calls, events) => {
        const outcomes = await live(calls, events);
        expect(mostWithin(1_000, toSentMoments(outcomes))).toBeLessThanOrEqual(calls);
      }),
      { numRuns: 200 },
    );
  });

  test('refuses in the moment of asking when the process is not held up', async () => {
    const calm = fc.array(
      anyEvent.filter((event) => event.what === 'time' || (event.what === 'calls' && event.connectMs === 0)),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(anyLimit, calm, async (calls, events) => {
        for (const outcome of await live(calls, events)) {
          if (outcome.kind === 'refused') expect(outcome.at).toBe(outcome.askedAt);
        }
      }),
    );
  });

  test('is honest about when to ask again: who then asks alone leaves within his wait', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLimit,
        anyWaitMs,
        fc.integer({ min: 1, max: 300 }),
        async (calls, maxWaitMs, ahead) => {
          const { clock, gate, slots } = open(calls);
          for (let taken = 0; taken < ahead; taken++) await slots.reserve(Number.POSITIVE_INFINITY);
          fc.pre(ahead * toSpacingMs({ calls, perMs: 1_000 }) > maxWaitMs);
          const refused = await send(gate, maxWaitMs, clock);
          expect(refused).toMatchObject({
            kind: 'refused',
            error: { details: { retryAfterMs: expect.any(Number) } },
          });
          await clock.advance(refused.kind === 'refused' ? (refused.error.details.retryAfterMs ?? 0) : 0);
          const again = send(gate, maxWaitMs, clock);
          await clock.advance(maxWaitMs + 1);
          expect(await again).toMatchObject({ kind: 'left' });
        },
      ),
    );
  });
});

describe('With demand', () => {
  /** Calls that left in the last ten of so many seconds. */
  const measure = async (calls: number, disturb: (clock: FakeClock) => Promise<void>): Promise<number> => {
    const { clock, gate } = open(calls);
    const departures: number[] = [];
    const demand = createDemand(gate, clock, departures);
    const ended = demand.start(calls * 6, 4_000);
    await clock.advance(3_000);
    await disturb(clock);
    const from = clock.now();
    await clock.advance(10_000);
    const counted = departures.filter((moment) => moment > from).length;
    demand.stop();
    await clock.advance(10_000);
    await ended;
    return counted;
  };

  test('at least 0.9 of the limit leaves', async () => {
    await fc.assert(
      fc.asyncProperty(anyLimit, async (calls) => {
        expect(await measure(calls, async () => {})).toBeGreaterThanOrEqual(Math.floor(calls * 10 * 0.9));
      }),
      { numRuns: 15 },
    );
  });

  test('at least 0.9 of the limit leaves again after the process was held up', async () => {
    const anyStallMs = fc.integer({ min: 10, max: 3_000 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 60 }), anyStallMs, async (calls, stallMs) => {
        const counted = await measure(calls, async (clock) => {
          await clock.stall(stallMs);
          await clock.advance(4_000);
        });
        expect(counted).toBeGreaterThanOrEqual(Math.floor(calls * 10 * 0.9));
      }),
      { numRuns: 15 },
    );
  });
});

/** Slots that are given out at once, and heard of later. */
const delayReplies =
  (slots: Slots, delay: { replyMs: number }, clock: Clock): Slots['reserve'] =>
  async (maxWaitMs) => {
    const reservation = await slots.reserve(maxWaitMs);
    if (delay.replyMs > 0) await clock.sleep(delay.replyMs);
    return reservation;
  };

describe('Several processes on the same slots', () => {
  const anyMoment = fc.record({
    process: fc.integer({ min: 0, max: 2 }),
    /** How long the answer of whoever gives out the slots is on its way; Redis has 50 ms. */
    replyMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })),
    holdUpMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
    calls: fc.integer({ min: 0, max: 6 }),
    thenMs: fc.integer({ min: 1, max: 300 }),
  });

  test('together let no more leave than the limit, though each hears late of its slots and is held up now and then', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLimit,
        fc.array(anyMoment, { maxLength: 30, size: 'max' }),
        async (calls, moments) => {
          const { clock, quota, slots } = open(calls);
          const processes = [0, 1, 2].map(() => createProcessClock(clock));
          const replicas = processes.map((own) => {
            const delay = { replyMs: 0 };
            const distant = { ...slots, reserve: delayReplies(slots, delay, own) };
            return { own, delay, gate: createQuotaGate(distant, quota, own) };
          });
          const pending: Promise<Outcome>[] = [];
          for (const { process, replyMs, holdUpMs, calls: count, thenMs } of moments) {
            const replica = replicas[process];
            if (!replica) continue;
            replica.delay.replyMs = replyMs;
            for (let call = 0; call < count; call++) pending.push(send(replica.gate, 4_000, replica.own));
            if (holdUpMs > 0) replica.own.holdUp(holdUpMs);
            await clock.advance(thenMs);
          }
          await clock.advance(10_000);
          const outcomes = await Promise.all(pending);
          expect(mostWithin(1_000, toSentMoments(outcomes))).toBeLessThanOrEqual(calls);
        },
      ),
      { numRuns: 60 },
    );
  });
});
