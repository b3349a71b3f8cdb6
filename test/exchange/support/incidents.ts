import fc from 'fast-check';
import type { Replica, World } from './replicas.ts';

/** What happens to the replicas, each so long after the one before. */
export type Incident =
  | { readonly kind: 'kill' | 'close' | 'cut' | 'mend'; readonly which: number }
  | { readonly kind: 'freeze'; readonly which: number; readonly ms: number }
  | { readonly kind: 'stall'; readonly which: number; readonly ms: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'flush' };

export interface Distance {
  readonly oneWayMs: number;
  readonly jitterMs: number;
  readonly tail: number;
}

export const distances: fc.Arbitrary<Distance> = fc.record({
  oneWayMs: fc.constantFrom(0, 0, 5, 25, 125),
  jitterMs: fc.constantFrom(0, 10, 50),
  tail: fc.constantFrom(0, 0.01),
});

const which = fc.nat(3);
export const incidents: fc.Arbitrary<Incident> = fc.oneof(
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

/** @param most so many replicas run at most */
export const happen = (world: World, incident: Incident, most: number, start: () => Replica): void => {
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

/** The times of messages at this distance. */
export const createLatency = ({ oneWayMs, jitterMs, tail }: Distance, seed: number): (() => number) => {
  const random = createRandom(seed);
  return () => oneWayMs + random() * jitterMs + (random() < tail ? 500 : 0);
};
