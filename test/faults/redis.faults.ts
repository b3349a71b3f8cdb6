import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { countDuplicates, wallNow } from './support/arrivals.ts';
import { countAnswered, expectInTime, expectNoViolations, report } from './support/checks.ts';
import { usedShare } from './support/demand.ts';
import {
  countAlone,
  type Deployment,
  findInLog,
  findOwner,
  openDeployment,
  warmUp,
} from './support/deployment.ts';
import { askOne, askPage } from './support/graph.ts';
import { ask, askAll, finalIds, newIds, percentile } from './support/load.ts';
import type { Replica } from './support/replica.ts';
import type { Arrivals } from './support/sandbox.ts';
import { sleep, until } from './support/time.ts';
import { demanded, runUnderDemand } from './support/under-demand.ts';

const beforeMs = 1_000;
/** A replica makes calls by itself after 5.25 s without an owner. */
const lostMs = 7_500;
const togetherMs = 3_000;

const sharesOf = (arrivals: Arrivals, from: number, to: number): number[] =>
  demanded.map((provider) => usedShare(arrivals[provider], provider, from, to));
const toText = (shares: readonly number[]): string => shares.map((each) => each.toFixed(2)).join(' ');

/**
 * Three replicas, each with a way of its own to Redis: from their first start, far away, cut off, and without it. What else
 * can become of Redis (it hangs, is full, read-only, emptied, away at the start) is tested in virtual time and at the
 * connection: `test/exchange/`.
 */
describeWithRedis('Three replicas', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await openDeployment({ replicas: 3, proxied: true, deadlineMs: 3_000 });
  });
  afterAll(() => deployment?.close());

  const countsBack = (replica: Replica): number[] =>
    demanded.map(
      (provider) => findInLog(replica, 'This replica works with the others again', provider).length,
    );
  /** @returns waits until each of these replicas works with the others again, at every account */
  const watchForReturn = (replicas: readonly Replica[]): (() => Promise<void>) => {
    const before = replicas.map(countsBack);
    const isBack = (replica: Replica, n: number): boolean =>
      countsBack(replica).every((count, account) => count > (before[n]?.[account] ?? 0));
    return () => until(() => replicas.every(isBack), { what: 'the replicas work with the others again' });
  };

  test('that start for the first time answer a flood within about a second, and use the quota at once', async () => {
    const { urls, vendors } = deployment;
    await vendors.resetStats();
    const startedAt = wallNow();
    const operations = demanded.flatMap((provider) => newIds(provider, 40)).map(askOne);
    const samples = await askAll(urls, operations);
    const arrivals = await vendors.arrivals();
    const firstMs = demanded.map(
      (provider) => (arrivals[provider]?.[0]?.seenAt ?? Number.POSITIVE_INFINITY) - startedAt,
    );
    const from = startedAt + Math.max(...firstMs) + 100;
    const shares = sharesOf(arrivals, from, from + 1_200);
    report(
      `first calls after ${firstMs.map((ms) => ms.toFixed(0)).join(' and ')} ms; calls ÷ limit ${toText(shares)}; ${countAnswered(samples)} of ${samples.length} answered`,
    );
    await expectNoViolations(deployment, samples);
    expectInTime(deployment, samples);
    // Half a second for finding that nobody else owns the accounts; the rest is for three processes that have just
    // started. Waiting until an owner that nobody knows would be gone takes 3.5 s.
    expect(Math.max(...firstMs)).toBeLessThanOrEqual(2_500);
    expect(Math.min(...shares)).toBeGreaterThan(0.6);
  });

  // The goodput is 0.9 and 0.8 on a machine with time to spare, which a benchmark measures. On a busy one this still tells
  // a limiter that works from one that distance slows down to 0.4.
  test('with a round trip of 250 ms, jitter and a tail of 500 ms exceed no quota, use it, and ask for hardly anything twice', async () => {
    const { urls, proxies } = deployment;
    const known = askPage(Object.values(finalIds).flat());
    // What was refused above stays queued for some seconds.
    await until(
      async () => {
        const asked = await askAll(
          urls,
          urls.map(() => known),
        );
        return asked.every(({ tasks }) => tasks.length > 0 && tasks.every(({ problem }) => problem === null));
      },
      { withinMs: 30_000, what: 'all known tasks are known everywhere' },
    );
    await warmUp(deployment, 10);
    for (const proxy of proxies)
      proxy.setNetwork({ kind: 'open', roundTripMs: 250, jitterMs: 50, tailMs: 500 });
    await sleep(1_500);
    const ids = newIds('volcengine-webcast', 9);
    const samples = await Promise.all(ids.map((id, n) => ask(urls[n % 3] ?? '', askOne(id))));
    const coldMs = percentile(
      samples.map(({ ms }) => ms),
      0.5,
    );
    // The round trip is really there: two thirds of the questions pass through Redis.
    expect(coldMs).toBeGreaterThan(250);
    const startedAt = wallNow();
    const { arrivals, figures } = await runUnderDemand(deployment, { forMs: 6_000, askedTimes: 2 });
    for (const proxy of proxies) proxy.setNetwork({ kind: 'open' });
    const shares = sharesOf(arrivals, startedAt + 1_500, startedAt + 5_900);
    const calls = demanded.flatMap((provider) => arrivals[provider] ?? []);
    const duplicates = countDuplicates(calls);
    report(
      `${figures}; calls ÷ limit ${toText(shares)}; ${duplicates} of ${calls.length} calls twice; a cold task takes ${coldMs.toFixed(0)} ms`,
    );
    expect(duplicates).toBeLessThanOrEqual(Math.max(1, 0.005 * calls.length));
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.6);
  });

  test('exceed no quota and fail no request while two, the owner among them, are cut off from Redis, and work together afterwards', async () => {
    const { replicas, proxies } = deployment;
    const { index: owner } = findOwner(deployment, 'zego');
    // One that gets no answers any more, and one whose connections end.
    const cut = [
      { n: owner, kind: 'silent' },
      { n: (owner + 1) % 3, kind: 'cut' },
    ] as const;
    const isCut = (n: number) => cut.some((each) => each.n === n);
    const aloneBefore = replicas.map(countAlone);
    const areBack = watchForReturn(replicas.filter((_, n) => isCut(n)));
    const { samples, figures } = await runUnderDemand(deployment, {
      meanwhile: async () => {
        await sleep(beforeMs);
        for (const { n, kind } of cut) proxies[n]?.setNetwork({ kind });
        await sleep(lostMs);
        for (const { n } of cut) proxies[n]?.setNetwork({ kind: 'open' });
        await areBack();
        await sleep(togetherMs);
      },
    });
    report(`${figures}; ${countAnswered(samples)} of ${samples.length} answered`);
    expect(replicas.map(countAlone)).toEqual(aloneBefore.map((count, n) => count + (isCut(n) ? 1 : 0)));
  });

  test('make calls by themselves, each within its part of the quota, while Redis is killed and comes back empty, and together afterwards', async () => {
    const { redis, replicas } = deployment;
    const aloneBefore = replicas.map(countAlone);
    const areBack = watchForReturn(replicas);
    const startedAt = wallNow();
    let backAt = 0;
    const { arrivals, figures } = await runUnderDemand(deployment, {
      meanwhile: async () => {
        await sleep(beforeMs);
        await redis.kill();
        await sleep(lostMs);
        await redis.start();
        await areBack();
        backAt = wallNow();
        await sleep(togetherMs);
      },
    });
    const alone = sharesOf(arrivals, startedAt + beforeMs + 6_000, startedAt + beforeMs + lostMs);
    const together = sharesOf(arrivals, backAt + 1_000, backAt + togetherMs);
    report(`${figures}; calls ÷ limit alone ${toText(alone)}, together ${toText(together)}`);
    expect(replicas.map(countAlone)).toEqual(aloneBefore.map((count) => count + 1));
    expect(Math.min(...alone)).toBeGreaterThan(0);
    expect(Math.min(...together)).toBeGreaterThan(0.6);
  });
});
