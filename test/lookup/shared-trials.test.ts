import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../src/domain/clock.ts';
import { connectSharedMemory } from '../../src/lookup/shared-memory.ts';
import { createSharedTrials } from '../../src/lookup/shared-trials.ts';
import { describeWithRedis, openRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const open = async () => {
  const redis = await openRedis();
  closers.push(redis.close);
  const start = async (fingerprint = 'these', flightMs = 5_000) => {
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    await memory.whenConnected(2_000);
    return createSharedTrials(memory, { provider: 'zego', fingerprint, flightMs, clock: systemClock });
  };
  return { redis, start, a: await start(), b: await start() };
};

type Trials = Awaited<ReturnType<typeof open>>['a'];

const takeOurs = async (trials: Trials) => {
  const turn = await trials.take();
  if (turn.kind !== 'ours') throw new Error(`Not ours: ${turn.kind}`);
  return turn;
};

const takeUntil = (trials: Trials, kind: string) =>
  waitFor(
    async () => (await trials.take()).kind,
    (found) => found === kind,
    { everyMs: 10 },
  );

describeWithRedis('Credentials of several replicas', () => {
  test('are tried by one of them at a time', async () => {
    const { a, b } = await open();
    const turn = await takeOurs(a);
    expect(await b.take()).toMatchObject({ kind: 'theirs' });
    turn.end(false);
    await takeUntil(b, 'ours');
  });

  test('are trusted by all once one has found them to be right, and by none once one was refused', async () => {
    const { a, b } = await open();
    (await takeOurs(a)).end(true);
    await takeUntil(b, 'trusted');
    b.distrust();
    await takeUntil(a, 'ours');
  });

  test('are not trusted because others are', async () => {
    const { a, start } = await open();
    (await takeOurs(a)).end(true);
    await takeUntil(a, 'trusted');
    const other = await start('those');
    expect(await other.take()).toMatchObject({ kind: 'ours' });
  });

  test('are tried by the next when the one whose turn it was has died', async () => {
    const { start } = await open();
    await takeOurs(await start('these', 300));
    await takeUntil(await start(), 'ours');
  });

  test('are tried by each while Redis is away', async () => {
    const { redis, a, b } = await open();
    await redis.stop();
    expect([await a.take(), await b.take()]).toMatchObject([{ kind: 'ours' }, { kind: 'ours' }]);
  });

  test('leave keys that end, and tell nothing of themselves', async () => {
    const { redis, a } = await open();
    const turn = await takeOurs(a);
    for (const key of await redis.client.keys('*')) expect(await redis.client.pttl(key)).toBeGreaterThan(0);
    turn.end(true);
    await takeUntil(a, 'trusted');
    const keys = await redis.client.keys('*');
    expect(keys).toEqual(['media-tasks:1:trusted:zego:these']);
    expect(await redis.client.pttl(keys[0] ?? '')).toBeGreaterThan(0);
  });
});
