import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLatency, distances, happen, incidents } from '../support/incidents.ts';
import { createWorld } from '../support/replicas.ts';

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
            const latencyMs = createLatency(distance, seed);
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
        { numRuns: 12 },
      );
    },
    120_000,
  );
});
