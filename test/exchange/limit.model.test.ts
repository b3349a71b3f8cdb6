import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createWorld, type Replica, type World } from './replicas.ts';

/** What happens to the replicas, each so long after the one before. */
type Incident =
  | { readonly kind: 'kill' | 'close' | 'cut' | 'mend'; readonly which: number }
  | { readonly kind: 'freeze'; readonly which: number; readonly ms: number }
  | { readonly kind: 'stall'; readonly which: number; readonly ms: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'flush' };

interface Distance {
  readonly oneWayMs: number;
  readonly jitterMs: number;
  readonly tail: number;
}

const distances: fc.Arbitrary<Distance> = fc.record({
  oneWayMs: fc.constantFrom(0, 0, 5, 25, 125),
  jitterMs: fc.constantFrom(0, 10, 50),
  tail: fc.constantFrom(0, 0.01),
});

const which = fc.nat(3);
const incidents: fc.Arbitrary<Incident> = fc.oneof(
  fc.record({ kind: fc.constantFrom('kill' as const, 'close' as const), which }),
  fc.record({ kind: fc.constantFrom('cut' as const, 'mend' as const), which }),
  fc.record({ kind: fc.constantFrom('cut' as const, 'mend' as const), which }),
  fc.record({
    kind: fc.constantFrom('freeze' as const, 'stall' as const),
    which,
    ms: fc.integer({ min: 200, max: 9_000 }),
  }),
  fc.constantFrom<Incident>({ kind: 'start' }, { kind: 'flush' }),
);

const happen = (world: World, incident: Incident, most: number, start: () => Replica): void => {
  if (incident.kind === 'start') {
    if (world.replicas.filter(({ isKilled }) => !isKilled).length < most) start();
    return;
  }
  if (incident.kind === 'flush') {
    world.redis.flush();
    return;
  }
  const replica = world.replicas[incident.which % world.replicas.length];
  if (!replica || replica.isKilled) return;
  if (incident.kind === 'kill') replica.kill();
  else if (incident.kind === 'close') void replica.exchange.close().then(replica.kill);
  else if (incident.kind === 'cut') replica.link.cut();
  else if (incident.kind === 'mend') replica.link.mend();
  else if (incident.kind === 'freeze') replica.clock.holdUp(incident.ms);
  else if (incident.kind === 'stall') replica.link.network.stalledUntil = world.clock.elapsed() + incident.ms;
};

/** Pseudo-random numbers from 0 up to 1 that are the same for the same seed. */
const createRandom = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe('the vendor', () => {
  test.each([
    { calls: 20, perMs: 1_000, replicas: 3 },
    { calls: 10, perMs: 1_000, replicas: 2 },
  ])(
    'never sees more than $calls calls of $replicas greedy replicas in any span, whatever happens',
    async ({ calls, perMs, replicas }) => {
      await fc.assert(
        fc.asyncProperty(
          distances,
          fc.array(fc.tuple(fc.integer({ min: 0, max: 6_000 }), incidents), { minLength: 1, maxLength: 8 }),
          fc.integer(),
          async (distance, course, seed) => {
            const world = createWorld({ calls, perMs });
            const random = createRandom(seed);
            const latencyMs = () =>
              distance.oneWayMs + random() * distance.jitterMs + (random() < distance.tail ? 500 : 0);
            const start = () => world.start({ replicas, isGreedy: true, network: { latencyMs } });
            for (let index = 0; index < replicas; index += 1) start();
            await world.clock.advance(3_000);
            for (const [afterMs, incident] of course) {
              await world.clock.advance(afterMs);
              happen(world, incident, replicas, start);
            }
            await world.clock.advance(12_000);
            for (const replica of world.replicas) replica.kill();
            expect(world.mostCalls()).toBeLessThanOrEqual(calls);
          },
        ),
        { numRuns: Number(process.env.RUNS ?? 15) },
      );
    },
    120_000,
  );
});
