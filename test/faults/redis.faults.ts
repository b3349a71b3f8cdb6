import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProviderName } from '../../sandbox/index.ts';
import { describeWithRedis } from '../support/redis.ts';
import { expectHard, expectInTime, report } from './support/checks.ts';
import { demandOf, pollsOfKnown, usedShare, watchCalls } from './support/demand.ts';
import { askOne } from './support/graph.ts';
import { ask, newId, percentile, runStreams } from './support/load.ts';
import type { OwnRedis } from './support/redis.ts';
import { openTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';
import { sleep } from './support/time.ts';
import { openWorld, type World, warmUp } from './support/world.ts';

interface Trouble {
  on(redis: OwnRedis): Promise<unknown>;
  off(redis: OwnRedis): Promise<unknown>;
  /** How long it lasts. */
  readonly forMs: number;
}

const kill: Omit<Trouble, 'forMs'> = { on: (redis) => redis.kill(), off: (redis) => redis.start() };
const hang: Omit<Trouble, 'forMs'> = {
  on: async (redis) => redis.freeze(),
  off: async (redis) => redis.thaw(),
};
/** Halfway through it changes from full to read-only. */
const fullThenReadOnly = (forMs: number): Trouble => {
  let changed: Promise<unknown> = Promise.resolve();
  return {
    forMs,
    on: async (redis) => {
      await redis.command('CONFIG', 'SET', 'maxmemory', '1');
      changed = sleep(forMs / 2).then(async () => {
        await redis.command('REPLICAOF', '127.0.0.1', '1');
        await redis.command('CONFIG', 'SET', 'maxmemory', '0');
      });
    },
    off: async (redis) => {
      await changed;
      await redis.command('REPLICAOF', 'NO', 'ONE');
    },
  };
};
const empty: Omit<Trouble, 'forMs'> = { on: (redis) => redis.command('FLUSHALL'), off: async () => {} };

/** Enough to see a limit that is exceeded, and little enough for all processes to keep up on two processors. */
const demanded: readonly ProviderName[] = ['visionular', 'zego'];

/** How long no slot is given out after a replica came back. */
const holdMs = 3_000;

/** Demands more than the limits allow before, during and after the trouble, and looks at what the vendors see. */
const askThrough = async (world: World, { on, off, forMs }: Trouble): Promise<void> => {
  const { vendors, redis, urls, deadlineMs } = world;
  const beforeMs = 1_000 + deadlineMs / 2;
  const afterMs = holdMs + 2_000;
  await vendors.resetStats();
  const streams = [...demanded.map((provider) => demandOf(provider, 2.5)), ...pollsOfKnown(8)];
  const watch = watchCalls(vendors);
  const startedAt = performance.now();
  const running = runStreams(urls, streams, beforeMs + forMs + afterMs);
  await sleep(beforeMs);
  const onAt = performance.now();
  await on(redis);
  await sleep(forMs);
  await off(redis);
  const offAt = performance.now();
  const samples = await running;
  const readings = await watch.stop();

  const share = (from: number, to: number) =>
    demanded.map((provider) => usedShare(readings, provider, from, to).toFixed(2)).join(' ');
  const known = samples.filter(({ stream }) => stream.startsWith('known'));
  const p99 = percentile(
    known.map(({ ms }) => ms),
    0.99,
  );
  const { most, blindMs } = await vendors.mostInAnySecond();
  const aloneFrom = onAt + deadlineMs * 0.8 + 1_200;
  report(
    [
      `calls ÷ limit before ${share(startedAt + 500, onAt)}`,
      ...(offAt - aloneFrom > 1_000 ? [`alone ${share(aloneFrom, offAt)}`] : []),
      `after ${share(offAt + holdMs + 500, offAt + afterMs)}`,
      `most in a second ${demanded.map((provider) => most[provider]).join(' ')} (blind ≤ ${blindMs.toFixed(0)} ms)`,
      `p99 of known tasks ${p99.toFixed(1)} ms`,
    ].join('; '),
  );
  await expectHard(world, samples);
  expectInTime(world, samples);
  const unshown = known.flatMap(({ tasks }) => tasks).filter(({ problem }) => problem !== null);
  expect(unshown).toEqual([]);
};

describeWithRedis('three replicas, a deadline of 1 s, and Redis in trouble', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ replicas: 3, deadlineMs: 1_000 });
    await warmUp(world);
  });
  afterAll(() => world?.close());

  test.each<[string, Trouble]>([
    ['is killed, and comes back empty', { ...kill, forMs: 3_600 }],
    ['hangs', { ...hang, forMs: 3_600 }],
    ['hangs for a moment', { ...hang, forMs: 300 }],
    ['is full, and then read-only', fullThenReadOnly(3_600)],
  ])('when Redis %s, every quota holds and what is known is shown', async (_what, trouble) => {
    await askThrough(world, trouble);
  });
});

describeWithRedis('three replicas, a deadline of 5 s, and Redis in trouble', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ replicas: 3, deadlineMs: 5_000 });
    await warmUp(world);
  });
  afterAll(() => world?.close());

  test.each<[string, Trouble]>([
    ['is emptied', { ...empty, forMs: 0 }],
    ['is killed, and back at once and empty', { ...kill, forMs: 300 }],
  ])('when Redis %s, calls that have their slot already are still counted', async (_what, trouble) => {
    await askThrough(world, trouble);
  });
});

describeWithRedis('three replicas and a Redis far away', () => {
  let proxy: TcpProxy | undefined;
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      replicas: 3,
      deadlineMs: 1_000,
      beforeReplicas: async ({ redis }) => {
        proxy = await openTcpProxy(redis?.port ?? 0);
      },
      variables: ({ redis }) => ({ REDIS_URL: redis?.urlVia(proxy?.port ?? 0) ?? '' }),
    });
    await warmUp(world);
  });
  afterAll(async () => {
    await world?.close();
    await proxy?.close();
  });

  test.each([20, 150])(
    'when Redis answers %i ms later, every quota holds and what is known is shown',
    async (ms) => {
      await askThrough(world, {
        on: async () => proxy?.play({ kind: 'latency', ms }),
        off: async () => proxy?.play({ kind: 'none' }),
        forMs: ms < 50 ? 1_500 : 3_600,
      });
    },
  );
});

describeWithRedis('three replicas that start', () => {
  test('without the Redis they are to use are ready within 5 s, answer, and share it when it comes', async () => {
    const world = await openWorld({
      replicas: 3,
      deadlineMs: 2_000,
      beforeReplicas: async ({ redis }) => redis?.kill(),
    });
    try {
      const { vendors, replicas, urls, redis } = world;
      expect(Math.max(...replicas.map(({ startedWithinMs }) => startedWithinMs))).toBeLessThanOrEqual(5_000);
      for (const url of urls) expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      const streams = demanded.map((provider) => demandOf(provider, 1.5));
      const watch = watchCalls(vendors);
      const running = runStreams(urls, streams, 15_000);
      await sleep(5_000);
      const startedAt = performance.now();
      await redis.start();
      const samples = await running;
      const readings = await watch.stop();
      const share = (from: number, to: number) =>
        demanded.map((provider) => usedShare(readings, provider, from, to));
      const alone = share(startedAt - 1_800, startedAt);
      const together = share(startedAt + 7_500, startedAt + 9_600);
      report(
        `calls ÷ limit alone ${alone.map((x) => x.toFixed(2))}, together ${together.map((x) => x.toFixed(2))}`,
      );
      await expectHard(world, samples);
      expectInTime(world, samples);
      expect(Math.min(...alone)).toBeGreaterThan(0.3);
      expect(Math.min(...together)).toBeGreaterThan(0.75);
    } finally {
      await world.close();
    }
  });

  test('beside a Redis that is there answer their first callers', async () => {
    const world = await openWorld({ replicas: 2, settled: false });
    try {
      const samples = await Promise.all(world.urls.map((url) => ask(url, askOne(newId('zego')))));
      await expectHard(world, samples);
      expect(samples.flatMap(({ tasks }) => tasks).map(({ problem }) => problem)).toEqual([null, null]);
    } finally {
      await world.close();
    }
  });
});
