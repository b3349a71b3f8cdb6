import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../src/domain/clock.ts';
import type { Lookup } from '../../src/lookup/lookup.ts';
import type { SharedTasks } from '../../src/lookup/shared-tasks.ts';
import { describeWithRedis, openRedis, type RedisServer, reserveRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { entryOf, failureOf, refOf, snapshotOf } from './builders.ts';
import { closeReplicas, deadlineMs, openReplicas, openReplicasWithRedis } from './replica-lookups.ts';

afterEach(closeReplicas);

const ref = refOf();
const hour = 3_600_000;
const sleep = systemClock.sleep;

/** Puts an entry where replicas share them, as one of them did some time ago. */
const share = async (sharedTasks: SharedTasks, entry: ReturnType<typeof entryOf>): Promise<void> => {
  const shared = await sharedTasks.look(ref.id, false);
  if (shared.kind !== 'leased') throw new Error(`Leased by somebody else: ${shared.kind}`);
  shared.lease.store(entry);
  await waitFor(
    () => sharedTasks.look(ref.id, true),
    ({ kind }) => kind === 'fresh' || kind === 'stale',
    { everyMs: 5 },
  );
};

const findEverywhere = (lookups: readonly Lookup[], count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => lookups[index % lookups.length]?.find(ref)));

/** What a replica leaves behind that was killed while it asked. */
const leaveLease = async (redis: RedisServer, ms: number): Promise<void> => {
  await redis.client.set(`media-tasks:1:lease:${ref.id}`, 'of a replica that was killed', 'PX', ms);
};

describeWithRedis('Three replicas', () => {
  test('make one call for a thousand who want the same task at once', async () => {
    const { vendor, lookups } = await openReplicasWithRedis();
    vendor.latencyMs = 200;
    const tasks = await findEverywhere(lookups, 1_000);
    expect(vendor.calls).toHaveLength(1);
    for (const task of tasks) expect(task).toMatchObject({ status: 'RUNNING', stale: false, problem: null });
  });

  test('make one call in each freshness window, whoever polls', async () => {
    const { vendor, lookups } = await openReplicasWithRedis();
    vendor.latencyMs = 20;
    for (let round = 0; round < 50; round++) {
      await findEverywhere(lookups, 9);
      await sleep(100);
    }
    const gaps = vendor.calls.slice(1).map(({ at }, index) => at - (vendor.calls[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(0);
    // Redis counts down the two seconds in its own milliseconds.
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(2_000);
  });

  test('make one attempt in each backoff at a vendor that fails, not one for each replica', async () => {
    const { vendor, lookups } = await openReplicasWithRedis();
    vendor.says = failureOf('UNAVAILABLE');
    for (let round = 0; round < 25; round++) {
      for (const task of await findEverywhere(lookups, 9)) {
        expect(task).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
      }
      await sleep(100);
    }
    expect(vendor.calls.length).toBeGreaterThan(1);
    expect(vendor.calls.length).toBeLessThanOrEqual(4);
  });

  test('take over from a leader that died, when its lease ends, and make one call then', async () => {
    const { redis, vendor, lookups } = await openReplicasWithRedis();
    await leaveLease(redis, 600);
    const tasks = await findEverywhere(lookups, 30);
    expect(vendor.calls).toHaveLength(1);
    for (const task of tasks) expect(task).toMatchObject({ status: 'RUNNING', problem: null });
  });

  test('leave a leader alone that takes its time: as long as it lives, its lease does', async () => {
    const { vendor, lookups } = await openReplicasWithRedis();
    vendor.latencyMs = deadlineMs * 0.8;
    for (const task of await findEverywhere(lookups, 30)) expect(task).toMatchObject({ status: 'RUNNING' });
    expect(vendor.calls).toHaveLength(1);
  });

  test('let nobody wait past the deadline for a leader that died', async () => {
    const { redis, lookups } = await openReplicasWithRedis();
    await leaveLease(redis, 60_000);
    const from = Date.now();
    expect(await lookups[1]?.find(ref)).toMatchObject({ problem: { code: 'TIMEOUT', retryable: true } });
    expect(Date.now() - from).toBeLessThan(deadlineMs + 600);
  });
});

describeWithRedis('What one replica knows', () => {
  test('is shown at once by one that does not, when it is stale, and renewed', async () => {
    const { vendor, replicas } = await openReplicasWithRedis();
    await share(replicas[0].sharedTasks, entryOf(snapshotOf('QUEUED'), Date.now() - 60_000));
    expect(await replicas[1].lookup.find(ref)).toMatchObject({ status: 'QUEUED', stale: true });
    await waitFor(
      async () => replicas[1].lookup.find(ref),
      ({ status, stale }) => status === 'RUNNING' && !stale,
    );
    expect(vendor.calls).toHaveLength(1);
  });

  test('of a final task is as good as new for thirty days, and then answered in the same breath', async () => {
    const { vendor, replicas } = await openReplicasWithRedis();
    await share(replicas[0].sharedTasks, entryOf(snapshotOf('SUCCEEDED'), Date.now() - 20 * 24 * hour));
    const { lookup } = replicas[1];
    for (let time = 0; time < 5; time++) {
      expect(await lookup.find(ref)).toMatchObject({ status: 'SUCCEEDED', stale: false });
      await sleep(20);
    }
    expect(lookup.find(ref)).not.toBeInstanceOf(Promise);
    expect(vendor.calls).toEqual([]);
  });

  test('stays, with its age, while the vendor fails, for one that has only just started', async () => {
    const { vendor, replicas } = await openReplicasWithRedis();
    vendor.says = failureOf('UNAVAILABLE', { retryAfterMs: 10_000 });
    await share(replicas[0].sharedTasks, entryOf(snapshotOf('QUEUED'), Date.now() - 60_000));
    await replicas[0].lookup.find(ref);
    await waitFor(
      async () => vendor.calls.length,
      (calls) => calls === 1,
    );
    await sleep(50);
    expect(await replicas[1].lookup.find(ref)).toMatchObject({ status: 'QUEUED', stale: true });
    expect(vendor.calls).toHaveLength(1);
  });
});

describeWithRedis('Without Redis every question is answered:', () => {
  const expectAnswers = async ({ vendor, lookups }: Awaited<ReturnType<typeof openReplicas>>) => {
    const tasks = await findEverywhere(lookups, 300);
    for (const task of tasks) expect(task).toMatchObject({ status: 'RUNNING', problem: null });
    // Each process keeps the promise alone.
    expect(vendor.calls).toHaveLength(3);
  };

  test('it was never there', async () => {
    await expectAnswers(await openReplicas(await reserveRedis()));
  });

  test('it was killed', async () => {
    const opened = await openReplicasWithRedis();
    await opened.redis.stop();
    await expectAnswers(opened);
  });

  test('it hangs', async () => {
    const opened = await openReplicasWithRedis();
    opened.redis.pause();
    await expectAnswers(opened);
  });

  test('it died while somebody was waiting for another replica', async () => {
    const { redis, vendor, lookups } = await openReplicasWithRedis();
    vendor.latencyMs = 300;
    const finds = findEverywhere(lookups, 30);
    await sleep(100);
    await redis.stop();
    for (const task of await finds) expect(task).toMatchObject({ status: 'RUNNING', problem: null });
  });

  test('it is full', async () => {
    await expectAnswers(await openReplicas(await openRedis('--maxmemory', '1')));
  });
});
