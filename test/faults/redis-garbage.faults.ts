import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { expectHard, expectInTime } from './support/checks.ts';
import { askOne } from './support/graph.ts';
import { ask, newId, runStreams, type Sample } from './support/load.ts';
import type { OwnRedis } from './support/redis.ts';
import { sleep } from './support/time.ts';
import { openWorld, type World, warmUp } from './support/world.ts';

const farMicros = '9999999999999999';
const provider = 'zego';

/** Values that are not ours, or of another version of us, under the keys of a task. */
const taskGarbage: [string, (redis: OwnRedis, id: string) => Promise<unknown>][] = [
  ['an entry that is not JSON', setEntry('\u0000\u0001 no json')],
  ['an entry that is null', setEntry('null')],
  ['an entry that is a list', setEntry('[]')],
  ['an entry without a snapshot', setEntry('{"fetchedAt":1,"checkedAt":1}')],
  ['an entry whose snapshot is a list', setEntry(toEntry([]))],
  ['an entry whose snapshot is empty', setEntry(toEntry({}))],
  [
    'an entry with a status of another version',
    setEntry(toEntry({ status: 'PAUSED', kind: 'VIDEO_TRANSCODE' })),
  ],
  ['an entry with a kind of another version', setEntry(toEntry({ status: 'RUNNING', kind: 'DUBBING' }))],
  ['an entry whose outputs are no list', setEntry(toEntry({ status: 'SUCCEEDED', outputs: 'none' }))],
  ['an entry whose outputs are null', setEntry(toEntry({ status: 'SUCCEEDED', outputs: [null] }))],
  ['an entry whose failure is a text', setEntry(toEntry({ status: 'FAILED', failure: 'oops', outputs: [] }))],
  [
    'an entry whose progress is a text',
    setEntry(toEntry({ status: 'RUNNING', progress: 'half', outputs: [] })),
  ],
  ['an entry from beyond the end of time', setEntry(`{"fetchedAt":1e300,"checkedAt":1e300,"snapshot":null}`)],
  ['an entry with a time past any date', setEntry(toEntry({ status: 'RUNNING', outputs: [] }, 9e15))],
  ['a failure that is not JSON', setFailure('x')],
  ['a failure with a code of another version', setFailure('{"code":"VENDOR_ON_STRIKE","message":"later"}')],
  ['a failure with a code of our own bugs', setFailure('{"code":"","message":""}')],
  [
    'a failure with an absurd wait',
    setFailure('{"code":"UNAVAILABLE","message":"x","details":{"retryAfterMs":1e300}}'),
  ],
  ['a failure whose details are a text', setFailure('{"code":"UNAVAILABLE","message":"x","details":"y"}')],
  ['a failure whose details are null', setFailure('{"code":"UNAVAILABLE","message":"x","details":null}')],
  ['an entry that is a hash', (redis, id) => redis.command('HSET', key('entry', id), 'a', 'b')],
  ['a lease that is a list', (redis, id) => redis.command('RPUSH', key('lease', id), 'a')],
  ['a failure that is a set', (redis, id) => redis.command('SADD', key('failure', id), 'a')],
];

/** The same under the key of an account. */
const quotaGarbage: [string, (redis: OwnRedis) => Promise<unknown>][] = [
  ['a text', (redis) => redis.command('SET', quotaKey, 'garbage')],
  ['a list', (redis) => redis.command('RPUSH', quotaKey, 'garbage')],
  ['a next slot that is no number', setQuota('nextSlot', 'soon')],
  ['a next slot that is not a number', setQuota('nextSlot', 'nan')],
  ['a next slot at the end of time', setQuota('nextSlot', 'inf')],
  ['a next slot in the far future', setQuota('nextSlot', farMicros)],
  ['an empty epoch', setQuota('epoch', '')],
  ['a denial that is not JSON', setQuota('deniedUntil', farMicros, 'denial', 'x')],
  ['a denial that is empty', setQuota('deniedUntil', farMicros, 'denial', '{}')],
  [
    'a denial with a code of another version',
    setQuota('deniedUntil', farMicros, 'denial', '{"code":"BANNED","message":"x"}'),
  ],
];

function key(what: string, id: string): string {
  return `media-tasks:1:${what}:${id}`;
}

const quotaKey = `media-tasks:1:quota:${provider}`;

function setQuota(...fields: string[]) {
  return (redis: OwnRedis) => redis.command('HSET', quotaKey, ...fields);
}

function toEntry(snapshot: unknown, at = Date.now()): string {
  return JSON.stringify({ snapshot, fetchedAt: at, checkedAt: at });
}

function setEntry(value: string) {
  return async (redis: OwnRedis, id: string) => {
    await redis.command('SET', key('entry', id), value);
    await redis.command('SET', key('fresh', id), '1');
  };
}

function setFailure(value: string) {
  return (redis: OwnRedis, id: string) => redis.command('SET', key('failure', id), value, 'PX', 60_000);
}

describeWithRedis('a Redis that holds garbage', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ replicas: 1, redis: true, deadlineMs: 2_000 });
    await warmUp(world, 20);
  });
  afterAll(() => world?.close());

  test.each(taskGarbage)(
    '%s is no client error, and is replaced by what the vendor says',
    async (_what, spoil) => {
      const { redis, urls } = world;
      const id = newId(provider);
      await spoil(redis, id);
      const first = await ask(urls[0] ?? '', askOne(id));
      // A failure that was believed is left alone for a while, and then tried again.
      if (first.tasks[0]?.problem) await sleep(1_100);
      const second = await ask(urls[0] ?? '', askOne(id));
      await expectHard(world, [first, second]);
      expectInTime(world, [first, second]);
      expect(second.tasks.map(({ problem, stale }) => ({ problem, stale }))).toEqual([
        { problem: null, stale: false },
      ]);
    },
  );
});

describeWithRedis('a Redis that holds garbage about an account', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ replicas: 1, redis: true, deadlineMs: 1_000 });
    await warmUp(world, 20);
  });
  afterAll(() => world?.close());

  test.each(quotaGarbage)(
    '%s is no client error, and does not keep the vendor out of reach',
    async (_what, spoil) => {
      const { redis, urls, vendors } = world;
      await redis.command('DEL', quotaKey);
      await spoil(redis);
      await vendors.resetStats();
      // Until the replica has noticed, waited for what may be due, and gone on alone or come back.
      const samples: Sample[] = [];
      let problems: string[] = [];
      for (let round = 0; round < 7; round += 1) {
        const polls = { name: 'new', perSecond: 5, ask: () => askOne(newId(provider)) };
        const answers = await runStreams(urls, [polls], 1_000);
        samples.push(...answers);
        problems = answers.flatMap(({ tasks }) => tasks).map(({ problem }) => problem?.code ?? 'none');
        if (problems.every((code) => code === 'none')) break;
      }
      await expectHard(world, samples);
      expectInTime(world, samples);
      expect(problems.filter((code) => code !== 'none')).toEqual([]);
    },
  );
});
