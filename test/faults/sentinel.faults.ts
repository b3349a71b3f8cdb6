import { afterEach, expect, test } from '@jest/globals';
import { createFakeVendor } from '../exchange/support/fake-owner.ts';
import {
  openProcess,
  type Process,
  readStored,
  whenHeard,
  whenOwned,
} from '../exchange/support/processes.ts';
import { describeWithSentinel, openWatchedRedis } from '../exchange/support/redis-sentinel.ts';
import { mostInAnySpan, toWant } from '../exchange/support/replicas.ts';
import { waitFor } from '../support/wait.ts';
import { sleep } from './support/time.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const limit = 20;

/** A primary with sentinels, and replicas on it that call as often as they may. */
const openWatched = async () => {
  const redis = await openWatchedRedis();
  closers.push(redis.close);
  const vendor = createFakeVendor();
  const open = (): Process => {
    const process = openProcess({ url: redis.url, vendor, limit, isGreedy: true });
    closers.push(process.close);
    return process;
  };
  return { redis, vendor, open };
};

describeWithSentinel('replicas on a Redis with sentinels', () => {
  test('go on within the limit when the primary fails, and share answers over the one that takes its place', async () => {
    const { redis, vendor, open } = await openWatched();
    const processes = [open(), open(), open()];
    const [first, second, third] = processes as [Process, Process, Process];
    await whenOwned(...processes);
    first.exchange.want(toWant('a'));
    await Promise.all(processes.map((process) => whenHeard(process, 'a')));

    const callsBefore = vendor.calls.length;
    await redis.primary.stop();
    await redis.whenPromoted();
    await waitFor(
      async () => processes.map(({ events }) => events.at(-1)?.kind),
      (kinds) => !kinds.includes('redis-lost'),
    );
    await whenOwned(...processes);
    const callsUntilOwned = vendor.calls.length;
    second.exchange.want(toWant('b'));
    await Promise.all(processes.map((process) => whenHeard(process, 'b')));
    expect(await readStored(third, 'b')).toMatchObject([{ content: { status: 'RUNNING' } }]);

    expect(mostInAnySpan(vendor.calls, 1_000)).toBeLessThanOrEqual(limit);
    // Meanwhile, if the sentinel takes long, each makes calls of its own.
    for (const calls of [vendor.calls.slice(0, callsBefore), vendor.calls.slice(callsUntilOwned)]) {
      const owners = calls.map(({ by }) => by);
      const changes = owners.filter((by, index) => index > 0 && by !== owners[index - 1]);
      expect(changes.length).toBeLessThanOrEqual(1);
    }
    for (const { events } of processes) {
      const ofRedis = events.map(({ kind }) => kind).filter((kind) => kind.startsWith('redis'));
      // A connection that the sentinel's news of the new primary overtakes is made once more.
      expect([ofRedis[0], ofRedis.at(-1)]).toEqual(['redis-lost', 'redis-back']);
    }
  });

  test('leave a primary that hangs and comes back after another has taken its place, all of them', async () => {
    const { redis, vendor, open } = await openWatched();
    const early = [open(), open()];
    await whenOwned(...early);
    redis.primary.pause();
    await redis.whenPromoted();
    redis.primary.resume();
    const late = open();
    await sleep(6_000);
    const processes = [...early, late];
    await whenOwned(...processes);
    late.exchange.want(toWant('a'));
    await Promise.all(processes.map((process) => whenHeard(process, 'a')));
    expect(processes.filter(({ exchange }) => exchange.state.kind === 'owner')).toHaveLength(1);
    expect(mostInAnySpan(vendor.calls, 1_000)).toBeLessThanOrEqual(limit);
  });
});
