import { describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../src/domain/clock.ts';
import { LookupError } from '../../src/domain/errors.ts';
import { createFailoverSlots, holdMs } from '../../src/lookup/failover-slots.ts';
import { createMemorySlots } from '../../src/lookup/quota.ts';
import { SharedMemoryDown } from '../../src/lookup/shared-memory.ts';
import type { Comeback, SharedSlots } from '../../src/lookup/shared-slots.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { describeWithRedis, openRedis, type RedisServer, reserveRedis } from '../support/redis.ts';
import { createDemand, mostWithin } from './departures.ts';
import { createReplica, quota, type Replica, replicaCount, untilUp } from './replica-slots.ts';

/** Shorter than in the application, for the tests' sake; the longest outstanding reservation is what the hold is about. */
const longestWaitMs = 1_000;

/** How long a replica takes to notice that Redis is back, at most: a probe a second, and a breaker that waits as long. */
const noticeMs = 2_500;

const { sleep } = systemClock;

/** Three replicas with more demand than the limit; what becomes of Redis meanwhile is the test's to say. */
const live = async (
  redis: RedisServer,
  happen: (replicas: readonly Replica[], departures: readonly number[]) => Promise<void>,
): Promise<number[]> => {
  const replicas = Array.from({ length: replicaCount }, () => createReplica(redis, longestWaitMs));
  const departures: number[] = [];
  const demands = replicas.map(({ gate }) => createDemand(gate, systemClock, departures));
  try {
    await Promise.all(replicas.map(untilUp).map((up) => up.catch(() => undefined)));
    const ended = demands.map((demand) => demand.start(15, longestWaitMs));
    await happen(replicas, departures);
    for (const demand of demands) demand.stop();
    await Promise.all(ended);
    return departures;
  } finally {
    for (const { memory } of replicas) memory.close();
    await redis.close();
  }
};

/** How many left in a span of the test's own. */
const countDuring = async (departures: readonly number[], ms: number): Promise<number> => {
  const before = departures.length;
  await sleep(ms);
  return departures.length - before;
};

const troubles: readonly (readonly [
  string,
  (redis: RedisServer) => unknown,
  (redis: RedisServer) => unknown,
])[] = [
  ['is killed and started again', (redis) => redis.stop(), (redis) => redis.start()],
  ['hangs and goes on', (redis) => redis.pause(), (redis) => redis.resume()],
];

describeWithRedis('When Redis', () => {
  test.concurrent.each(troubles)(
    '%s, the limit holds through loss, working alone and coming back, and there is always work done',
    async (_, takeAway, bringBack) => {
      const redis = await openRedis();
      const departures = await live(redis, async (_replicas, left) => {
        expect(await countDuring(left, 2_000)).toBeGreaterThan(quota.calls * 1.5);
        await takeAway(redis);
        await sleep(longestWaitMs + 1_500);
        const alone = await countDuring(left, 2_500);
        expect(alone).toBeGreaterThan(0);
        await bringBack(redis);
        await sleep(noticeMs + holdMs + 500);
        expect(await countDuring(left, 2_000)).toBeGreaterThan(quota.calls * 1.5);
      });
      expect(mostWithin(1_000, departures)).toBeLessThanOrEqual(quota.calls);
    },
    40_000,
  );

  test.concurrent('is away, the replicas together use at most half of the limit', async () => {
    const redis = await openRedis();
    await live(redis, async (_replicas, departures) => {
      await sleep(500);
      await redis.stop();
      await sleep(longestWaitMs + 1_500);
      const alone = await countDuring(departures, 3_000);
      expect(alone).toBeLessThanOrEqual((3 * quota.calls) / 2 + replicaCount);
      expect(alone).toBeGreaterThanOrEqual(quota.calls / 2);
    });
  }, 40_000);

  test.concurrent('dies, nothing leaves but what had its slot until all of that must have left', async () => {
    const redis = await openRedis();
    await live(redis, async (_replicas, departures) => {
      await sleep(1_500);
      await redis.stop();
      const diedAt = Date.now();
      await sleep(longestWaitMs + 2_000);
      const during = departures.filter((moment) => moment > diedAt + longestWaitMs + 200);
      const tooEarly = during.filter((moment) => moment < diedAt + longestWaitMs + 900);
      expect(tooEarly).toEqual([]);
    });
  }, 40_000);

  test.concurrent('is emptied under load, the limit holds', async () => {
    const redis = await openRedis();
    const departures = await live(redis, async () => {
      await sleep(1_500);
      await redis.flush();
      await sleep(holdMs + 2_000);
      await redis.flush();
      await sleep(holdMs + 2_000);
    });
    expect(mostWithin(1_000, departures)).toBeLessThanOrEqual(quota.calls);
  }, 40_000);

  test.concurrent('is not there at the start, calls leave within five seconds', async () => {
    const redis = await reserveRedis();
    const departures: number[] = [];
    const replica = createReplica(redis, longestWaitMs);
    const demand = createDemand(replica.gate, systemClock, departures);
    const ended = demand.start(3, longestWaitMs);
    expect(await countDuring(departures, 5_000)).toBeGreaterThan(0);
    demand.stop();
    await ended;
    replica.memory.close();
    await redis.close();
  }, 40_000);
});

describeWithRedis('What the vendor asked for while Redis was away', () => {
  const denial = new LookupError('ACCESS_DENIED', 'No such key.', { reason: { kind: 'wrong-credentials' } });

  /** A replica that has noticed that Redis is away, is told something, and then finds Redis back. */
  const tellWhileAway = async (tell: (replica: Replica) => void) => {
    const redis = await openRedis();
    const replica = createReplica(redis, longestWaitMs);
    try {
      await untilUp(replica);
      await redis.stop();
      await replica.slots.reserve(0);
      tell(replica);
      await redis.start();
      await untilUp(replica);
      await sleep(noticeMs);
      await replica.slots.reserve(0);
      await sleep(holdMs + 500);
      return await replica.slots.reserve(longestWaitMs);
    } finally {
      replica.memory.close();
      await redis.close();
    }
  };

  test.concurrent('holds when it is back: a pause', async () => {
    const reservation = await tellWhileAway(({ slots }) => slots.pause(60_000));
    expect(reservation).toMatchObject({ kind: 'refused' });
  }, 40_000);

  test.concurrent('holds when it is back: no more tries with wrong credentials', async () => {
    const reservation = await tellWhileAway(({ slots }) => slots.deny(denial, 60_000));
    expect(reservation).toMatchObject({ kind: 'denied', denial: { code: 'ACCESS_DENIED' } });
  }, 40_000);
});

describe('A replica on its own, when Redis is back', () => {
  /** One that has found Redis away, and will hear from it again when the test says so. */
  const goAlone = async () => {
    const clock = createFakeClock();
    const heard = Promise.withResolvers<void>();
    const comebacks: Comeback[] = [];
    let isBack = false;
    const shared: SharedSlots = {
      reserve: async (_maxWaitMs, comeback) => {
        if (!isBack) throw new SharedMemoryDown('It is away.');
        if (comeback) comebacks.push(comeback);
        await heard.promise;
        return { kind: 'granted', at: clock.now() };
      },
      pause: async () => {},
      deny: async () => {},
      onNews: () => {},
    };
    const own = createMemorySlots(100, clock);
    const reserveOwn = jest.spyOn(own, 'reserve');
    const slots = createFailoverSlots({ shared, own, longestWaitMs, clock });
    await slots.reserve(0);
    const bringBack = () => {
      isBack = true;
    };
    return { clock, slots, reserveOwn, comebacks, heard, bringBack };
  };

  test('gives out no slot of its own beside those of the others, however many ask while it looks', async () => {
    const { clock, slots, reserveOwn, comebacks, heard, bringBack } = await goAlone();
    await clock.advance(60_000);
    bringBack();
    const asked = Promise.all([slots.reserve(500), slots.reserve(500), slots.reserve(500)]);
    await clock.settle();
    heard.resolve();
    expect((await asked).map(({ kind }) => kind)).toEqual(['granted', 'granted', 'granted']);
    expect(reserveOwn).not.toHaveBeenCalled();
    expect(comebacks).toEqual([{ aloneMs: 60_000, hasOwnDue: false }]);
  });

  test('asks nobody to wait after an outage too short for anybody to have worked alone', async () => {
    const { clock, slots, comebacks, heard, bringBack } = await goAlone();
    await clock.advance(1_200);
    bringBack();
    heard.resolve();
    await slots.reserve(500);
    expect(comebacks).toEqual([{ aloneMs: 0, hasOwnDue: false }]);
  });

  test('tells that calls of its own may still be due', async () => {
    const { clock, slots, reserveOwn, comebacks, heard, bringBack } = await goAlone();
    await clock.advance(10_000);
    for (let call = 0; call < 5; call++) await slots.reserve(500);
    expect(reserveOwn).toHaveBeenCalledTimes(5);
    await clock.advance(1_150);
    bringBack();
    heard.resolve();
    await slots.reserve(500);
    expect(comebacks).toEqual([{ aloneMs: 11_150, hasOwnDue: true }]);
  });
});
