import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connectSharedMemory, type SharedMemory, SharedMemoryDown } from '../../src/lookup/shared-memory.ts';
import { createSharedTasks, type Shared, type SharedTasks } from '../../src/lookup/shared-tasks.ts';
import { describeWithRedis, openRedis, type RedisServer } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { entryOf, failureOf, refOf, snapshotOf } from './builders.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const flightMs = 450;
const { id } = refOf();

/** Replicas with a connection each. */
const open = async (count = 2) => {
  const redis = await openRedis();
  closers.push(redis.close);
  const replicas = Array.from({ length: count }, () => {
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    return { memory, tasks: createSharedTasks(memory, flightMs, Date.now) };
  });
  for (const { memory } of replicas) {
    await waitFor(
      () => memory.run("return 'up'", [], []).catch(() => 'down'),
      (answer) => answer === 'up',
      { everyMs: 20 },
    );
  }
  const [first, second] = replicas.map(({ tasks }) => tasks);
  if (!first || !second) throw new Error('Two replicas at least.');
  return { redis, first, second };
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const keyOf = (what: string): string => `media-tasks:1:${what}:${id}`;
const runningNow = () => entryOf(snapshotOf('RUNNING', { progress: 40 }), Date.now());
const succeededNow = () => entryOf(snapshotOf('SUCCEEDED'), Date.now());

const takeLease = async (tasks: SharedTasks) => {
  const shared = await tasks.look(id, false);
  if (shared.kind !== 'leased') throw new Error(`Leased by somebody else: ${shared.kind}`);
  return shared.lease;
};

/** Looks until it is as wanted: what one replica stores, another sees a moment later. */
const lookUntil = (tasks: SharedTasks, kind: Shared['kind'], acceptStale = false): Promise<Shared> =>
  waitFor(
    () => tasks.look(id, acceptStale),
    (shared) => shared.kind === kind,
    { everyMs: 5, withinMs: 3_000 },
  );

/** Whether one who waits is told, rather than looking again when the lease or his patience has ended. */
const isToldAtOnce = (shared: Shared): Promise<boolean> => {
  if (shared.kind !== 'busy') throw new Error(`Not waiting for anybody: ${shared.kind}`);
  const patience = new Promise<boolean>((resolve) => setTimeout(resolve, flightMs * 0.7, false));
  return Promise.race([shared.settled.then(() => true), patience]);
};

const existsUntil = (redis: RedisServer, key: string, exists: number) =>
  waitFor(
    () => redis.client.exists(key),
    (count) => count === exists,
    { everyMs: 5, withinMs: 3_000 },
  );

describeWithRedis('What replicas know of a task', () => {
  test('is nothing at first: one of all who look may ask, the others wait', async () => {
    const { first, second } = await open();
    const looks = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 ? first : second).look(id, true)),
    );
    expect(looks.filter(({ kind }) => kind === 'leased')).toHaveLength(1);
    expect(looks.filter(({ kind }) => kind === 'busy')).toHaveLength(99);
  });

  test('is what one of them has stored: those who wait are told at once', async () => {
    const { first, second } = await open();
    const lease = await takeLease(first);
    const busy = await second.look(id, true);
    const entry = runningNow();
    lease.store(entry);
    expect(await isToldAtOnce(busy)).toBe(true);
    expect(await lookUntil(second, 'fresh')).toMatchObject({ kind: 'fresh', entry });
  });

  test('is told at once, too, when the news overtakes the answer that somebody is busy', async () => {
    const { redis, first } = await open();
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    const answered = Promise.withResolvers<void>();
    const slow: SharedMemory = {
      ...memory,
      run: async (...question) => {
        const answer = await memory.run(...question);
        await answered.promise;
        return answer;
      },
    };
    const second = createSharedTasks(slow, flightMs, Date.now);
    const lease = await takeLease(first);
    await waitFor(
      () => redis.client.pubsub('NUMSUB', 'media-tasks:1:settled'),
      ([, listeners]) => listeners === 3,
      { everyMs: 5 },
    );
    const looking = second.look(id, true);
    await sleep(50);
    lease.release();
    await sleep(100);
    answered.resolve();
    expect(await isToldAtOnce(await looking)).toBe(true);
  });

  test('is to be asked again when it is no longer fresh, and may be shown until then', async () => {
    const { first, second } = await open();
    const entry = entryOf(snapshotOf('RUNNING'), Date.now() - 60_000);
    (await takeLease(first)).store(entry);
    expect(await lookUntil(second, 'stale', true)).toMatchObject({ kind: 'stale', entry });
    expect(await second.look(id, false)).toMatchObject({ kind: 'leased', entry });
    expect(await first.look(id, true)).toMatchObject({ kind: 'stale', entry });
  });

  test('is a failure for as long as its backoff lasts, and then to be asked again', async () => {
    const { first, second } = await open();
    (await takeLease(first)).fail(failureOf('UNAVAILABLE', { vendorCode: '503' }), 300);
    const failed = await lookUntil(second, 'failed');
    expect(failed).toMatchObject({ error: { code: 'UNAVAILABLE', details: { vendorCode: '503' } } });
    expect(failed.kind === 'failed' ? failed.backoffMs : 0).toBeGreaterThan(0);
    expect(failed.kind === 'failed' ? failed.backoffMs : 999).toBeLessThanOrEqual(300);
    await lookUntil(first, 'leased');
  });

  test('is for the next to ask when a lease is given back', async () => {
    const { first, second } = await open();
    const lease = await takeLease(first);
    const busy = await second.look(id, true);
    lease.release();
    expect(await isToldAtOnce(busy)).toBe(true);
    await lookUntil(second, 'leased');
  });

  test('is for the next to ask when the leader dies: its lease ends with its flight', async () => {
    const { redis, first, second } = await open();
    await takeLease(first);
    expect(await redis.client.pttl(keyOf('lease'))).toBeLessThanOrEqual(flightMs);
    for (;;) {
      const shared = await second.look(id, true);
      if (shared.kind === 'leased') break;
      if (shared.kind === 'busy') await shared.settled;
    }
    expect(await redis.client.pttl(keyOf('lease'))).toBeGreaterThan(0);
  });
});

describeWithRedis('A lease that has ended', () => {
  test('does not end the one that somebody else has taken since', async () => {
    const { redis, first, second } = await open();
    const late = await takeLease(first);
    await existsUntil(redis, keyOf('lease'), 0);
    await takeLease(second);
    const token = await redis.client.get(keyOf('lease'));
    late.release();
    late.fail(failureOf(), 0);
    await first.look('another', false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await redis.client.get(keyOf('lease'))).toBe(token);
  });

  test('does not put an older answer in the place of a newer one: final stays final', async () => {
    const { redis, first, second } = await open();
    const late = await takeLease(first);
    const old = runningNow();
    await existsUntil(redis, keyOf('lease'), 0);
    (await takeLease(second)).store(succeededNow());
    await lookUntil(second, 'fresh');
    late.store(old);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await second.look(id, true)).toMatchObject({ entry: { snapshot: { status: 'SUCCEEDED' } } });
  });

  test('does not put its failure in front of the answer that somebody else has had since', async () => {
    const { redis, first, second } = await open();
    const late = await takeLease(first);
    await existsUntil(redis, keyOf('lease'), 0);
    (await takeLease(second)).store(runningNow());
    await lookUntil(second, 'fresh');
    late.fail(failureOf(), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await second.look(id, true)).toMatchObject({ kind: 'fresh' });
  });
});

describeWithRedis('While a failure is shared', () => {
  test('the last answer is still told to a replica that has never seen it', async () => {
    const { first, second } = await open();
    (await takeLease(first)).store(entryOf(snapshotOf('RUNNING'), Date.now() - 60_000));
    await lookUntil(second, 'stale', true);
    (await takeLease(first)).fail(failureOf(), 10_000);
    const failed = await lookUntil(second, 'failed');
    expect(failed).toMatchObject({ entry: { snapshot: { status: 'RUNNING' } } });
  });
});

describeWithRedis('Values that are not ours', () => {
  const broken = ['', 'nonsense', '{}', 'null', '[]', '{"snapshot":{}}', '{"fetchedAt":1,"checkedAt":1}'];

  test.each(broken)('are dropped, and the vendor is asked: entry %j', async (text) => {
    const { redis, first } = await open();
    await redis.client.set(keyOf('entry'), text, 'PX', 60_000);
    await redis.client.set(keyOf('fresh'), '1', 'PX', 60_000);
    expect(await first.look(id, true)).toMatchObject({ kind: 'leased', entry: undefined });
  });

  test.each([...broken, '{"code":1,"message":"m"}', '{"code":"NEW_CODE","message":"m","details":{}}'])(
    'are dropped, and the vendor is asked: failure %j',
    async (text) => {
      const { redis, first } = await open();
      await redis.client.set(keyOf('failure'), text, 'PX', 60_000);
      expect(await first.look(id, true)).toMatchObject({ kind: 'leased' });
    },
  );

  test('that is no text harms none of those who are looked for in the same moment', async () => {
    const { redis, first } = await open();
    (await takeLease(first)).store(succeededNow());
    await lookUntil(first, 'fresh');
    await redis.client.rpush(`media-tasks:1:entry:spoilt`, 'not a text');
    const [spoilt, known, unknown] = await Promise.all(
      ['spoilt', id, 'new'].map((id) => first.look(id, true)),
    );
    expect([spoilt?.kind, known?.kind, unknown?.kind]).toEqual(['leased', 'fresh', 'leased']);
  });

  test('is told by a Redis that takes no leases any more', async () => {
    const { redis, first } = await open();
    (await takeLease(first)).store(succeededNow());
    await lookUntil(first, 'fresh');
    await redis.client.config('SET', 'maxmemory', '1');
    const [known, unknown] = await Promise.allSettled([first.look(id, true), first.look('new', true)]);
    expect(known).toMatchObject({ status: 'fulfilled', value: { kind: 'fresh' } });
    expect(unknown).toMatchObject({ status: 'rejected', reason: expect.any(SharedMemoryDown) });
  });

  test('of another version are not even seen', async () => {
    const { redis, first } = await open();
    await redis.client.set(`media-tasks:0:entry:${id}`, JSON.stringify(runningNow()));
    expect((await first.look(id, true)).kind).toBe('leased');
  });
});

describeWithRedis('A message that is not ours', () => {
  test('troubles nobody, whatever its name means to Node', async () => {
    const { redis, first } = await open();
    await redis.client.publish('media-tasks:1:settled', 'error');
    expect((await first.look(id, true)).kind).toBe('leased');
  });
});

describeWithRedis('Every key', () => {
  type Step = readonly ['store' | 'final' | 'missing' | 'fail' | 'release' | 'leave', number];
  const anyStep: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom('store', 'final', 'missing', 'fail', 'release', 'leave'),
    fc.integer({ min: 0, max: 5 }),
  );

  test('has an end, whatever was done', async () => {
    const { redis, first } = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 20 }), async (steps) => {
        await redis.flush();
        for (const [what, task] of steps) {
          const shared = await first.look(`task-${task}`, false);
          if (shared.kind !== 'leased') continue;
          if (what === 'store') shared.lease.store(runningNow());
          else if (what === 'final') shared.lease.store(succeededNow());
          else if (what === 'missing') shared.lease.store(entryOf(null, Date.now()));
          else if (what === 'fail') shared.lease.fail(failureOf(), task * 100.5);
          else if (what === 'release') shared.lease.release();
        }
        await first.look('last', false);
        for (const key of await redis.client.keys('*')) {
          // -1 says that it never ends, -2 that it just has.
          expect({ key, endless: (await redis.client.pttl(key)) === -1 }).toEqual({ key, endless: false });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('of a final task outlives the memory of the vendors: thirty days', async () => {
    const { redis, first } = await open();
    (await takeLease(first)).store(succeededNow());
    await lookUntil(first, 'fresh');
    const day = 24 * 3_600_000;
    for (const what of ['entry', 'fresh']) {
      expect(await redis.client.pttl(keyOf(what))).toBeGreaterThan(29.9 * day);
      expect(await redis.client.pttl(keyOf(what))).toBeLessThanOrEqual(30 * day);
    }
  });
});
