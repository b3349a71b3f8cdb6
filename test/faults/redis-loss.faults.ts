import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { wallNow } from './support/arrivals.ts';
import { report } from './support/checks.ts';
import { usedShare } from './support/demand.ts';
import { countAlone, type Deployment, openDeployment, warmUp } from './support/deployment.ts';
import type { OwnRedis } from './support/redis.ts';
import { sleep } from './support/time.ts';
import { demanded, runUnderDemand } from './support/under-demand.ts';

interface Loss {
  begin(redis: OwnRedis): Promise<unknown>;
  end(redis: OwnRedis): Promise<unknown>;
}

const killed: Loss = { begin: (redis) => redis.kill(), end: (redis) => redis.start() };
const hung: Loss = { begin: async (redis) => redis.freeze(), end: async (redis) => redis.thaw() };

/** Full at first, and then a read-only replica of nobody. */
const fullThenReadOnly: Loss = {
  begin: async (redis) => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await sleep(3_000);
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  },
  end: (redis) => redis.command('REPLICAOF', 'NO', 'ONE'),
};

const beforeMs = 1_000;
/** A replica makes calls by itself after 5.25 s without an owner. */
const lostMs = 7_500;
const afterMs = 5_500;

describeWithRedis('Three replicas', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    // REPLICAS says one; the replicas must count those that they have seen.
    const variables = () => ({ REPLICAS: '1' });
    deployment = await openDeployment({ replicas: 3, deadlineMs: 1_500, variables });
    await warmUp(deployment);
  });
  afterAll(() => deployment?.close());

  test.each<[string, Loss]>([
    ['is killed and comes back empty', killed],
    ['hangs', hung],
    ['is full and then read-only', fullThenReadOnly],
  ])(
    'make calls by themselves, each within its part of the quota, while Redis %s, and together afterwards',
    async (_what, { begin, end }) => {
      const { redis, replicas } = deployment;
      const aloneBefore = replicas.map(countAlone);
      const startedAt = wallNow();
      let endedAt = 0;
      const { arrivals, figures } = await runUnderDemand(deployment, {
        forMs: beforeMs + lostMs + afterMs,
        meanwhile: async () => {
          await sleep(beforeMs);
          const begun = begin(redis);
          await sleep(lostMs);
          await begun;
          await end(redis);
          endedAt = wallNow();
        },
      });
      const share = (from: number, to: number) =>
        demanded.map((provider) => usedShare(arrivals[provider], provider, from, to));
      const alone = share(startedAt + beforeMs + 6_000, startedAt + beforeMs + lostMs);
      const together = share(endedAt + 4_000, endedAt + afterMs - 200);
      const toText = (shares: number[]) => shares.map((each) => each.toFixed(2)).join(' ');
      report(`${figures}; calls ÷ limit alone ${toText(alone)}, together ${toText(together)}`);
      expect(replicas.map(countAlone)).toEqual(aloneBefore.map((count) => count + 1));
      expect(Math.min(...alone)).toBeGreaterThan(0);
      expect(Math.min(...together)).toBeGreaterThan(0.6);
    },
  );

  test('go on when Redis is emptied: nobody makes calls by itself, and the owner is known again', async () => {
    const { redis, replicas } = deployment;
    const aloneBefore = replicas.map(countAlone);
    const leases = () => redis.command('KEYS', 'media-tasks:lease:*');
    expect(await leases()).toHaveLength(5);
    const startedAt = wallNow();
    const { arrivals, figures } = await runUnderDemand(deployment, {
      forMs: 5_000,
      meanwhile: async () => {
        await sleep(beforeMs);
        await redis.command('FLUSHALL');
        expect(Number(await redis.command('DBSIZE'))).toBeLessThan(50);
      },
    });
    const shares = demanded.map((provider) =>
      usedShare(arrivals[provider], provider, startedAt + 2_000, startedAt + 4_900),
    );
    report(`${figures}; calls ÷ limit ${shares.map((share) => share.toFixed(2)).join(' ')}`);
    expect(await leases()).toHaveLength(5);
    expect(replicas.map(countAlone)).toEqual(aloneBefore);
    expect(Math.min(...shares)).toBeGreaterThan(0.6);
  });
});
