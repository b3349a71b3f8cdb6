import { expect, test } from '@jest/globals';
import type { Content } from '../../src/domain/answer.ts';
import { createVendorClock } from '../../src/domain/clock.ts';
import type { AccountEvent } from '../../src/domain/events.ts';
import { createRedisExchange } from '../../src/exchange/redis-exchange.ts';
import { createOwner } from '../../src/owner/create-owner.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeRedis, type FakeRedis } from './support/fake-redis.ts';
import { createWorld, toWant } from './support/replicas.ts';
import { createTrust } from './support/trust.ts';

const bug = new TypeError('undefined is not a function');

interface Process {
  readonly received: string[];
  readonly bugs: unknown[];
  readonly events: AccountEvent[];
  want(id: string): void;
  readonly kind: string;
}

/** A replica with a real owner, whose provider has a bug that one task meets. */
const start = (clock: FakeClock, redis: FakeRedis, replicaId: string): Process => {
  const received: string[] = [];
  const bugs: unknown[] = [];
  const events: AccountEvent[] = [];
  const quota = { calls: 100, perMs: 1_000 };
  const fetch = async ([id = '']: readonly string[]): Promise<ReadonlyMap<string, Content>> => {
    if (id === 'faulty') throw bug;
    return new Map([[id, { status: 'RUNNING' }]]);
  };
  const exchange = createRedisExchange({
    redis: redis.connect(clock),
    account: 'vendor-a1',
    fingerprint: 'good',
    replicas: 1,
    quota,
    clock,
    replicaId,
    trust: createTrust(),
    emit: (event) => events.push(event),
    createOwner: (links) =>
      createOwner({
        ...links,
        operations: [{ typename: 'Task', maxBatch: 1, fetch }],
        quota,
        get: async () => ({ status: 200, header: () => undefined, body: '' }),
        clock,
        random: () => 0.5,
        deadlineMs: 5_000,
        redact: (text) => text,
        vendorClock: createVendorClock(clock),
        onBug: (error) => bugs.push(error),
      }),
  });
  exchange.listen({
    onNewOwner: () => {},
    onAnswer: ({ id }) => received.push(`${id} answered`),
    onFailure: ({ id }, { code, message }) => received.push(`${id} ${code} ${message}`),
    onRefusal: ({ id }, { code }) => received.push(`${id} refused ${code}`),
  });
  return {
    received,
    bugs,
    events,
    want: (id) => exchange.want(toWant(id)),
    get kind() {
      return exchange.state.kind;
    },
  };
};

test('a bug in a provider is reported once, fails its own task at all replicas, and nothing else', async () => {
  const clock = createFakeClock();
  const redis = createFakeRedis(clock);
  const owner = start(clock, redis, 'one');
  await clock.advance(2_000);
  const follower = start(clock, redis, 'two');
  await clock.advance(2_000);
  expect([owner.kind, follower.kind]).toEqual(['owner', 'follower']);
  for (const id of ['before', 'faulty', 'after']) follower.want(id);
  owner.want('faulty');
  await clock.advance(3_000);
  expect(owner.bugs).toEqual([bug]);
  expect(follower.bugs).toEqual([]);
  const failed = 'faulty UNAVAILABLE Internal error.';
  expect([...new Set(owner.received)].sort()).toEqual(['after answered', 'before answered', failed]);
  expect([...new Set(follower.received)].sort()).toEqual(['after answered', 'before answered', failed]);
  // As often as it happens.
  follower.want('faulty');
  await clock.advance(1_000);
  expect(owner.bugs).toEqual([bug, bug]);
});

test('a bug in whoever listens is reported, and costs no other message', async () => {
  const world = createWorld();
  const [owner, follower] = [world.start(), world.start()];
  await world.clock.advance(2_000);
  expect(world.owners()).toEqual([owner]);
  follower.exchange.listen({
    onNewOwner: () => {},
    onAnswer: ({ id }) => {
      if (id === 'faulty') throw bug;
    },
    onFailure: () => {},
    onRefusal: () => {
      throw bug;
    },
  });
  for (const id of ['faulty', 'after']) follower.exchange.want(toWant(id));
  await world.clock.advance(1_000);
  expect(follower.received.map(({ id }) => id)).toEqual(['faulty', 'after']);
  expect(follower.events).toContainEqual({ kind: 'unhandled-error', error: bug });
  // The refusal comes from the replica itself, at a moment of its own.
  follower.link.cut();
  follower.exchange.want(toWant('late', 4_500));
  await world.clock.advance(20_000);
  follower.link.mend();
  await world.clock.advance(10_000);
  expect(follower.events.filter(({ kind }) => kind === 'unhandled-error')).toHaveLength(2);
  expect(follower.exchange.state.kind).toBe('follower');
});
