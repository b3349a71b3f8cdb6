import { expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { wallNow } from './support/arrivals.ts';
import { countAnswered, expectInTime, expectNoViolations, report } from './support/checks.ts';
import { usedShare } from './support/demand.ts';
import { countAlone, openDeployment } from './support/deployment.ts';
import { askOne } from './support/graph.ts';
import { askAll, newIds } from './support/load.ts';
import { sleep } from './support/time.ts';
import { demanded, runUnderDemand } from './support/under-demand.ts';

describeWithRedis('Three replicas', () => {
  test('that start for the first time answer a flood within about a second, and use the quota at once', async () => {
    const deployment = await openDeployment({ replicas: 3, deadlineMs: 4_000 });
    try {
      const { urls, vendors } = deployment;
      const startedAt = wallNow();
      const operations = demanded.flatMap((provider) => newIds(provider, 90)).map(askOne);
      const samples = await askAll(urls, operations);
      const arrivals = await vendors.arrivals();
      const firstMs = demanded.map(
        (provider) => (arrivals[provider]?.[0]?.seenAt ?? Number.POSITIVE_INFINITY) - startedAt,
      );
      const from = startedAt + Math.max(...firstMs) + 100;
      const shares = demanded.map((provider) => usedShare(arrivals[provider], provider, from, from + 1_200));
      report(
        `first calls after ${firstMs.map((ms) => ms.toFixed(0)).join(' and ')} ms; calls ÷ limit ${shares.map((share) => share.toFixed(2)).join(' ')}; ${countAnswered(samples)} of ${samples.length} answered`,
      );
      await expectNoViolations(deployment, samples);
      expectInTime(deployment, samples);
      // Half a second for finding that nobody else owns the accounts; the rest is for three processes that have just
      // started. Waiting until an owner that nobody knows would be gone takes 3.5 s.
      expect(Math.max(...firstMs)).toBeLessThanOrEqual(2_500);
      expect(Math.min(...shares)).toBeGreaterThan(0.6);
    } finally {
      await deployment.close();
    }
  });

  test('that start without Redis are ready, make calls by themselves, and together when it comes', async () => {
    const deployment = await openDeployment({
      replicas: 3,
      deadlineMs: 1_500,
      beforeReplicas: async ({ redis }) => redis?.kill(),
    });
    try {
      const { replicas, urls, redis } = deployment;
      expect(Math.max(...replicas.map(({ startedWithinMs }) => startedWithinMs))).toBeLessThanOrEqual(5_000);
      for (const url of urls) expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      // A replica makes calls by itself after 5.25 s without an owner.
      await sleep(4_500);
      const startedAt = wallNow();
      let redisAt = 0;
      const { arrivals, figures } = await runUnderDemand(deployment, {
        forMs: 8_000,
        knowsTasks: false,
        meanwhile: async () => {
          await sleep(2_500);
          await redis.start();
          redisAt = wallNow();
        },
      });
      const share = (from: number, to: number) =>
        demanded.map((provider) => usedShare(arrivals[provider], provider, from, to));
      const alone = share(startedAt + 1_500, redisAt);
      const together = share(redisAt + 3_500, startedAt + 7_900);
      report(`${figures}; calls ÷ limit alone ${alone}, together ${together}`);
      expect(replicas.map(countAlone)).toEqual([1, 1, 1]);
      expect(Math.min(...alone)).toBeGreaterThan(0);
      expect(Math.min(...together)).toBeGreaterThan(0.6);
    } finally {
      await deployment.close();
    }
  });
});
