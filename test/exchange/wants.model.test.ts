import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLatency, distances, happen, incidents } from './support/incidents.ts';
import { createWorld, type Replica, toWant } from './support/replicas.ts';

interface Wanted {
  readonly by: Replica;
  readonly id: string;
  readonly until: number;
}

/** A want is refused at most so long after its patience has ended, in ms. */
const lateMs = 300;

test('every want is answered or refused in time, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      distances,
      fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), incidents), { minLength: 1, maxLength: 6 }),
      fc.integer(),
      async (distance, course, seed) => {
        const world = createWorld();
        const latencyMs = createLatency(distance, seed);
        const start = () => world.start({ replicas: 3, network: { latencyMs } });
        for (let count = 0; count < 3; count += 1) start();
        const wanted: Wanted[] = [];
        const wantAll = (): void => {
          for (const by of world.replicas) {
            const patienceMs = 500 + ((wanted.length * 1_700) % 6_000);
            // Some are wanted by several.
            const id = `task-${Math.floor(wanted.length / 2)}`;
            wanted.push({ by, id, until: world.clock.elapsed() + patienceMs });
            by.exchange.want(toWant(id, patienceMs));
          }
        };
        const closed = new Set<Replica>();
        for (const [afterMs, incident] of course) {
          wantAll();
          await world.clock.advance(afterMs);
          const which =
            'which' in incident ? world.replicas[incident.which % world.replicas.length] : undefined;
          // Who is frozen or shuts down answers nobody.
          if (incident.kind === 'freeze') continue;
          if (incident.kind === 'close' && which) closed.add(which);
          happen(world, incident, 3, start);
          wantAll();
        }
        await world.clock.advance(8_000);
        const unanswered = wanted.filter(
          ({ by, id, until }) =>
            !by.isKilled &&
            !closed.has(by) &&
            !by.received.some((received) => received.id === id && received.at <= until + lateMs),
        );
        for (const replica of world.replicas) replica.kill();
        expect(unanswered.map(({ by, id, until }) => `${by.name} ${id} by ${until}`)).toEqual([]);
      },
    ),
    { numRuns: 12 },
  );
});

test('while nothing happens every want is answered', async () => {
  await fc.assert(
    fc.asyncProperty(distances, fc.integer(), async (distance, seed) => {
      const world = createWorld();
      const latencyMs = createLatency(distance, seed);
      for (let count = 0; count < 3; count += 1) world.start({ replicas: 3, network: { latencyMs } });
      await world.clock.advance(5_000);
      for (const [index, { exchange }] of world.replicas.entries()) {
        for (let count = 0; count < 5; count += 1) exchange.want(toWant(`task-${index + count}`));
      }
      await world.clock.advance(4_000);
      for (const { received } of world.replicas) {
        expect(received.filter(({ kind }) => kind !== 'answer')).toEqual([]);
      }
      // The answers for all reach all.
      for (const { received } of world.replicas) expect(new Set(received.map(({ id }) => id)).size).toBe(7);
      expect(world.vendor.calls).toHaveLength(7);
      for (const replica of world.replicas) replica.kill();
    }),
    { numRuns: 12 },
  );
});
