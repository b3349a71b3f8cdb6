import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Quota } from '../../src/domain/provider.ts';
import { createRateLimiter, type Permit, type RateLimiter } from '../../src/owner/rate-limiter.ts';
import { mostWithin } from './open-owner.ts';

const tenPerSecond = { calls: 10, perMs: 1_000 };

const open = (quota: Quota = tenPerSecond) => {
  const clock = { at: 0, elapsed: () => clock.at };
  return { clock, limiter: createRateLimiter(quota, clock) };
};

/** Takes all permits that are due. */
const takeDue = (limiter: RateLimiter): Permit[] => {
  const permits: Permit[] = [];
  for (let taken = limiter.take(); typeof taken !== 'number'; taken = limiter.take()) permits.push(taken);
  return permits;
};

describe('A rate limiter', () => {
  test('gives the first permit at once, and the next when it says', () => {
    const { clock, limiter } = open();
    expect(limiter.take()).toEqual({ dueAt: expect.any(Number) });
    const waitMs = limiter.take();
    expect(waitMs).toBeGreaterThan(0);
    clock.at += Number(waitMs) - 0.01;
    expect(limiter.take()).toBeCloseTo(0.01);
    clock.at += 0.02;
    expect(limiter.take()).toEqual({ dueAt: expect.any(Number) });
  });

  test('saves no permits up while nobody wants any', () => {
    const { clock, limiter } = open();
    takeDue(limiter);
    clock.at += 3_600_000;
    expect(takeDue(limiter)).toHaveLength(1);
  });

  test('leaves a permit that was taken after a long rest time to find a connection', () => {
    const { clock, limiter } = open();
    clock.at += 3_600_000;
    const [permit] = takeDue(limiter);
    clock.at += 20;
    expect(permit && limiter.isValid(permit)).toBe(true);
  });

  test('gives no permit during a hold, and those that were taken before it are no longer valid', () => {
    const { clock, limiter } = open();
    const [permit] = takeDue(limiter);
    limiter.hold(5_000);
    limiter.hold(1_000);
    expect(permit && limiter.isValid(permit)).toBe(false);
    expect(limiter.take()).toBe(5_000);
    clock.at += 5_000;
    expect(takeDue(limiter)).toHaveLength(1);
  });

  test('knows when a successor may go on, without a share, too, and however small it is', () => {
    const { clock, limiter } = open();
    expect(limiter.successorInMs).toBe(0);
    takeDue(limiter);
    expect(limiter.successorInMs).toBeCloseTo(Number(limiter.take()));
    for (const share of [0, 0.001]) {
      limiter.setShare(share);
      expect(limiter.successorInMs).toBeGreaterThanOrEqual(tenPerSecond.perMs);
      expect(limiter.successorInMs).toBeLessThan(1.1 * tenPerSecond.perMs);
    }
    clock.at += 2_000;
    expect(limiter.successorInMs).toBe(0);
    limiter.hold(3_000);
    expect(limiter.successorInMs).toBe(3_000);
  });

  test('gives no permit without a share, and goes on at its spacing when it has one again', () => {
    const { clock, limiter } = open();
    const [permit] = takeDue(limiter);
    limiter.setShare(0);
    expect(permit && limiter.isValid(permit)).toBe(false);
    expect([limiter.take(), limiter.nextInMs]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    limiter.setShare(1);
    expect(limiter.nextInMs).toBeGreaterThan(limiter.spacingMs * 0.7);
    clock.at += limiter.nextInMs;
    expect(takeDue(limiter)).toHaveLength(1);
  });

  test('whose share grows does not wait for the permit of its smaller share', () => {
    const { limiter } = open({ calls: 30, perMs: 60_000 });
    limiter.setShare(1 / 6);
    takeDue(limiter);
    limiter.setShare(1);
    expect(limiter.nextInMs).toBeLessThanOrEqual(60_000 / 0.93 / 30);
  });
});

const anyQuota: fc.Arbitrary<Quota> = fc.oneof(
  fc.record({ calls: fc.integer({ min: 1, max: 60 }), perMs: fc.constant(1_000) }),
  fc.record({ calls: fc.integer({ min: 60, max: 150 }), perMs: fc.constant(1_000) }),
  fc.record({ calls: fc.integer({ min: 1, max: 60 }), perMs: fc.constant(60_000) }),
);

/** From the writing of a call to its arrival: the network, or a busy machine at the vendor. */
const anyDelayMs = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 30, noNaN: true }));

/** Once in twenty times; so that most of what happens is a flood at the limit. */
const rarely = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

const anyStep = fc.record({
  /** How late the process wakes after a permit has fallen due. */
  lateMs: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 6, arbitrary: fc.double({ min: 0, max: 60, noNaN: true }) },
    { weight: 1, arbitrary: fc.integer({ max: 3_000, min: 0 }) },
  ),
  /** How many of the permits that are held are tried now; the others are still connecting. */
  writes: fc.integer({ min: 0, max: 50 }),
  delayMs: anyDelayMs,
  /** The process loses its processor while it writes: the call leaves only then. */
  stallMs: rarely(fc.integer({ min: 1, max: 1_500 })),
  holdMs: rarely(fc.integer({ min: 1, max: 2_000 })),
  share: rarely(fc.constantFrom(0, 1 / 6, 0.5, 1)),
});
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** Takes all it can and writes what may be written. @returns when the calls arrived */
const live = (quota: Quota, steps: readonly Step[]): number[] => {
  const { clock, limiter } = open(quota);
  const arrivals: number[] = [];
  let held: Permit[] = [];
  for (const { lateMs, writes, delayMs, stallMs, holdMs, share } of steps) {
    clock.at += Math.min(limiter.nextInMs, 2_000) + lateMs;
    if (holdMs !== null) limiter.hold(holdMs);
    if (share !== null) limiter.setShare(share);
    held.push(...takeDue(limiter));
    // The last ones first: the others get as late as can be.
    const written = held.slice(-writes - 1).filter(limiter.isValid);
    clock.at += written.length > 0 ? (stallMs ?? 0) : 0;
    for (const permit of written) {
      limiter.written(permit);
      arrivals.push(clock.at + delayMs);
    }
    held = held.slice(0, Math.max(0, held.length - writes - 1));
  }
  return arrivals;
};

describe('Whatever happens, a rate limiter', () => {
  test('lets no more calls arrive in any window than the limit, though they are written and delivered late', () => {
    fc.assert(
      fc.property(
        anyQuota,
        fc.array(anyStep, { minLength: 100, maxLength: 300, size: 'max' }),
        (quota, steps) => {
          expect(mostWithin(quota.perMs, live(quota, steps))).toBeLessThanOrEqual(quota.calls);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('keeps the sum of replicas that work alone within the limit, whatever their moments', () => {
    const anyReplicas = fc.integer({ min: 2, max: 5 });
    const anyCalls = fc.integer({ min: 10, max: 60 });
    const anyOffset = fc.double({ min: 0, max: 400, noNaN: true });
    fc.assert(
      fc.property(
        anyReplicas,
        anyCalls,
        fc.array(anyOffset, { minLength: 5, maxLength: 5 }),
        (replicas, calls, offsets) => {
          const quota = { calls, perMs: 1_000 };
          // One owner that misses all others, each of which is alone.
          const alone = 1 / (2 * replicas);
          const shares = [1 - (replicas - 1) * alone, ...Array.from({ length: replicas - 1 }, () => alone)];
          const arrivals = shares.flatMap((share, index) => {
            const { clock, limiter } = open(quota);
            clock.at += offsets[index] ?? 0;
            limiter.setShare(share);
            const moments: number[] = [];
            for (; clock.at < 5_000; clock.at += Math.max(1, Math.ceil(limiter.nextInMs)))
              moments.push(...takeDue(limiter).map(() => clock.at));
            return moments;
          });
          expect(mostWithin(1_000, arrivals)).toBeLessThanOrEqual(calls);
        },
      ),
    );
  });

  test('gives 90 percent of the limit to a flood, from 1 to 1,000 calls a second, with wakes 1 to 20 ms late', () => {
    const anyLateness = fc.array(fc.double({ min: 1, max: 20, noNaN: true }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), anyLateness, (calls, lateness) => {
        const { clock, limiter } = open({ calls, perMs: 1_000 });
        let taken = 0;
        for (let wake = 0; clock.at < 10_000; wake += 1) {
          taken += takeDue(limiter).length;
          clock.at += limiter.nextInMs + (lateness[wake % lateness.length] ?? 0);
        }
        expect(taken).toBeGreaterThanOrEqual(calls * 10 * 0.9);
      }),
      { numRuns: 50 },
    );
  });
});
