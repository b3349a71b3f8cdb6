import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLatency, distances, happen, incidents } from '../support/incidents.ts';
import { createWorld } from '../support/replicas.ts';

const accounts = fc.constantFrom({ calls: 20, replicas: 3 }, { calls: 10, replicas: 2 });

test('the vendor never sees more calls of greedy replicas in any span than the limit, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      accounts,
      distances,
      fc.array(fc.tuple(fc.integer({ min: 0, max: 6_000 }), incidents), { minLength: 1, maxLength: 8 }),
      fc.integer(),
      async ({ calls, replicas }, distance, course, seed) => {
        const world = createWorld({ calls, perMs: 1_000 });
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
    { numRuns: 16 },
  );
});
