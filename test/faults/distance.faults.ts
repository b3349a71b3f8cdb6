import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { countDuplicates, wallNow } from './support/arrivals.ts';
import { countAnswered, report } from './support/checks.ts';
import { usedShare } from './support/demand.ts';
import { type Deployment, openDeployment, warmUp } from './support/deployment.ts';
import { askOne } from './support/graph.ts';
import { ask, newIds, percentile } from './support/load.ts';
import { sleep } from './support/time.ts';
import { demanded, runUnderDemand } from './support/under-demand.ts';

describeWithRedis('Three replicas far from Redis', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await openDeployment({ replicas: 3, proxied: true, deadlineMs: 3_000 });
    await warmUp(deployment);
  });
  afterAll(() => deployment?.close());

  const setRoundTrip = (roundTripMs: number): void => {
    const network = { kind: 'open', roundTripMs, jitterMs: roundTripMs / 5, tailMs: 500 } as const;
    for (const proxy of deployment.proxies) proxy.setNetwork(network);
  };

  /** How much longer a new task takes at a replica that is not the owner than at the owner itself. */
  const measureColdMs = async (): Promise<number[]> => {
    const ids = newIds('volcengine-webcast', 9);
    const samples = await Promise.all(ids.map((id, n) => ask(deployment.urls[n % 3] ?? '', askOne(id))));
    return samples.map(({ ms }) => ms);
  };

  // The goodput is 0.9 and 0.8 on a machine with time to spare, which a benchmark measures. On a busy one this still tells
  // a limiter that works from one that distance slows down to 0.4.
  test.each([
    [50, 0.6],
    [250, 0.6],
  ])(
    'with a round trip of %i ms, jitter and a tail of 500 ms exceed no quota, use it, and ask for hardly anything twice',
    async (roundTripMs, leastShare) => {
      setRoundTrip(roundTripMs);
      await sleep(1_500);
      const cold = await measureColdMs();
      // The round trip is really there: two thirds of the questions pass through Redis.
      expect(percentile(cold, 0.5)).toBeGreaterThan(roundTripMs);
      const startedAt = wallNow();
      const { samples, arrivals, figures } = await runUnderDemand(deployment, {
        forMs: 6_000,
        askedTimes: 2,
      });
      const shares = demanded.map((provider) =>
        usedShare(arrivals[provider], provider, startedAt + 1_500, startedAt + 5_900),
      );
      const calls = demanded.flatMap((provider) => arrivals[provider] ?? []);
      const duplicates = countDuplicates(calls);
      report(
        `${figures}; calls ÷ limit ${shares.map((share) => share.toFixed(2)).join(' ')}; ${duplicates} of ${calls.length} calls twice; ${countAnswered(samples)} of ${samples.length} answered; a cold task takes ${percentile(cold, 0.5).toFixed(0)} ms`,
      );
      expect(duplicates / calls.length).toBeLessThanOrEqual(0.005);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(leastShare);
    },
  );
});
