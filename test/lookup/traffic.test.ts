import { describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/domain/task.ts';
import { createLookup } from '../../src/lookup/create-lookup.ts';
import type { Caller, TaskLookup } from '../../src/lookup/lookup.ts';
import { createTaskView } from '../../src/lookup/view.ts';
import { callerOf, failureOf, refOf, snapshotOf } from './builders.ts';
import { openAccount } from './open-account.ts';

const limit = 20;
const everyMs = 250;

const refsOf = (count: number, name = 'task') =>
  Array.from({ length: count }, (_, index) => refOf(`${name}-${index}`));

/** Viewers that poll all of these tasks every quarter of a second, at a vendor with 20 calls a second. */
const openWatched = async (tasks: number, latencyMs: number) => {
  const opened = openAccount(limit);
  const { clock, vendor, lookup } = opened;
  vendor.latencyMs = latencyMs;
  const refs = refsOf(tasks);
  const poll = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += everyMs) {
      for (const ref of refs) void lookup.find(ref, callerOf());
      await clock.advance(everyMs);
    }
  };
  await poll(Math.max(12_000, tasks * 100));
  /** The calls that are sent while viewers poll for so long. */
  const measure = async (ms: number) => {
    const from = vendor.calls.length;
    await poll(ms);
    return vendor.calls.slice(from);
  };
  return { ...opened, refs, poll, measure };
};

const countsOf = (calls: readonly { readonly id: string }[]): number[] => {
  const counts = new Map<string, number>();
  for (const { id } of calls) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()];
};

describe('When more is watched than the quota allows', () => {
  test.each([0, 100, 1_000])(
    'nine tenths of it are used, and no task is fetched more than twice as often as another, when the vendor takes %i ms',
    async (latencyMs) => {
      const { measure } = await openWatched(100, latencyMs);
      const calls = await measure(20_000);
      expect(calls.length).toBeGreaterThanOrEqual(20 * limit * 0.9);
      const counts = countsOf(calls);
      expect(counts).toHaveLength(100);
      expect(Math.max(...counts)).toBeLessThanOrEqual(2 * Math.min(...counts));
    },
  );

  test('answers are no older than they must be, and never a problem', async () => {
    const { clock, lookup, refs, poll } = await openWatched(200, 50);
    const ages: number[] = [];
    const others: unknown[] = [];
    for (let second = 0; second < 12; second += 1) {
      await poll(1_000);
      for (const ref of refs) {
        const task = await lookup.find(ref, callerOf());
        ages.push(clock.now() - Date.parse(task.fetchedAt ?? ''));
        if (task.status !== 'RUNNING' || task.problem) others.push(task);
      }
    }
    expect(others).toEqual([]);
    ages.sort((left, right) => left - right);
    // Each is fetched once in the time that the quota needs for all of them.
    const leastMs = 200 * (1_000 / (limit * 0.93));
    expect(ages[Math.floor(ages.length * 0.95)]).toBeLessThanOrEqual(leastMs);
  });

  test('a new task is still answered before the deadline', async () => {
    const { clock, lookup, poll } = await openWatched(100, 50);
    const cold = Promise.resolve(lookup.find(refOf('cold'), callerOf()));
    await poll(5_000);
    await clock.settle();
    expect(await cold).toMatchObject({ status: 'RUNNING', problem: null });
  });
});

describe('When less is watched than the quota allows', () => {
  test.each([0, 50, 1_000])(
    'no task is fetched twice while its answer is fresh (vendor takes %i ms)',
    async (latencyMs) => {
      const { vendor, measure } = await openWatched(20, latencyMs);
      await measure(20_000);
      const last = new Map<string, number>();
      for (const { id, at } of vendor.calls) {
        expect(at - (last.get(id) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(2_000);
        last.set(id, at);
      }
    },
  );

  test('each is fetched every two seconds while it runs', async () => {
    const { measure } = await openWatched(10, 50);
    const counts = countsOf(await measure(20_000));
    expect(counts).toHaveLength(10);
    for (const count of counts) expect(count).toBeGreaterThanOrEqual(20_000 / (2_000 + 50 + 3 * everyMs));
  });
});

describe('When nobody has asked for two minutes', () => {
  test('all that are asked for again are new', async () => {
    const { clock, lookup, vendor } = openAccount(limit);
    vendor.latencyMs = 60;
    const refs = refsOf(20);
    for (const ref of refs) void lookup.find(ref, callerOf('before'));
    await clock.advance(120_000);
    vendor.answer = snapshotOf('SUCCEEDED');
    const again = refs.map(async (ref) => {
      const { status, fetchedAt } = await lookup.find(ref, callerOf(ref.id, { identity: 'viewer' }));
      return [status, clock.now() - Date.parse(fetchedAt ?? '') <= 2_000];
    });
    await clock.advance(1_500);
    expect(await Promise.all(again)).toEqual(refs.map(() => ['SUCCEEDED', true]));
  });
});

describe('When all is final', () => {
  test('watching costs nothing', async () => {
    const { vendor, poll, measure } = await openWatched(30, 50);
    vendor.answer = snapshotOf('SUCCEEDED');
    await poll(10_000);
    expect(await measure(60_000)).toEqual([]);
  });
});

describe('A client that polls after nextPollAfterMs', () => {
  test('sees something new at each poll of hot tasks, and nothing stale', async () => {
    const { clock, vendor, lookup } = openAccount(limit);
    vendor.latencyMs = 60;
    const polls: Task[][] = [];
    const follow = async (ref: ReturnType<typeof refOf>): Promise<void> => {
      const seen: Task[] = [];
      polls.push(seen);
      for (;;) {
        const task = await lookup.find(ref, callerOf());
        seen.push(task);
        await clock.sleep(task.nextPollAfterMs ?? 0);
      }
    };
    for (const ref of refsOf(20)) void follow(ref);
    await clock.advance(60_000);
    for (const seen of polls) {
      expect(seen.length).toBeGreaterThan(20);
      expect(seen.filter(({ stale, problem }) => stale || problem)).toEqual([]);
      const isNewer = seen.map(({ fetchedAt }, index) => fetchedAt !== seen[index - 1]?.fetchedAt);
      expect(isNewer.filter((newer) => !newer).length).toBeLessThanOrEqual(seen.length * 0.05);
    }
  });

  test('gets all of 300 cold tasks at 10 calls a second, each fetched once', async () => {
    const { clock, vendor, lookup } = openAccount(10);
    vendor.latencyMs = 50;
    let doneAt = 0;
    let requests = 0;
    const follow = async (ref: ReturnType<typeof refOf>): Promise<void> => {
      for (;;) {
        requests += 1;
        const { problem, nextPollAfterMs } = await lookup.find(ref, callerOf(`${requests}`));
        if (problem === null) break;
        // The answer is there by then, and is shown for the first time: nobody is known to want the next one.
        await clock.sleep((nextPollAfterMs ?? 0) + 100);
      }
      doneAt = clock.elapsed();
    };
    const all = Promise.all(refsOf(300).map(follow));
    await clock.advance(60_000);
    await all;
    expect(countsOf(vendor.calls)).toEqual(Array.from({ length: 300 }, () => 1));
    expect(doneAt).toBeLessThanOrEqual((300 / 9.3) * 1_000 + 2_000);
  });
});

describe('Beside a flood of cold tasks at three times the quota', () => {
  test.each([
    [1, ''],
    [3, 'all from one address'],
  ])(
    'ten tasks that are polled (at %i replicas in turn, %j) stay nearly as new as without it, and the flood gets its half',
    async (replicas, identity) => {
      const { clock, vendor, exchange } = openAccount(10);
      vendor.latencyMs = 60;
      const view = createTaskView('ZegoMediaTask');
      const lookups = Array.from({ length: replicas }, () =>
        createLookup({ view, exchange, clock, deadlineMs: 5_000 }),
      );
      const lookup = {
        find: (ref: ReturnType<typeof refOf>, caller: Caller) =>
          (lookups[requests % replicas] as TaskLookup).find(ref, caller),
      };
      const ages: { readonly at: number; readonly ms: number }[] = [];
      let requests = 0;
      const nextCaller = () => {
        requests += 1;
        return callerOf(`${requests}`, { identity, deadlineAt: clock.elapsed() + 5_000 });
      };
      /** How old what a viewer sees has become when the next answer replaces it. */
      const follow = async (ref: ReturnType<typeof refOf>): Promise<void> => {
        let last: string | null | undefined;
        for (;;) {
          const { fetchedAt, nextPollAfterMs } = await lookup.find(ref, nextCaller());
          if (last && fetchedAt !== last)
            ages.push({ at: clock.elapsed(), ms: clock.now() - Date.parse(last) });
          last = fetchedAt;
          await clock.sleep(nextPollAfterMs ?? 0);
        }
      };
      for (const ref of refsOf(10, 'hot')) void follow(ref);
      await clock.advance(30_000);
      for (let n = 0; n < 1_800; n += 1) {
        void lookup.find(refOf(`flood-${n}`), nextCaller());
        await clock.advance(1_000 / 30);
      }
      const p95 = (from: number, to: number): number => {
        const part = ages.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms);
        expect(part.length).toBeGreaterThan(50);
        return part.sort((left, right) => left - right)[Math.floor(part.length * 0.95)] ?? 0;
      };
      expect(p95(35_000, 90_000)).toBeLessThanOrEqual(3 * p95(10_000, 30_000));
      const cold = vendor.calls.filter(({ id }) => id.includes('flood'));
      expect(cold.length).toBeGreaterThanOrEqual(0.45 * 600);
    },
  );
});

describe('Beside a page of 200 tasks', () => {
  test('a small caller is answered although the page came first', async () => {
    const { clock, lookup } = openAccount(10);
    const large = refsOf(200, 'large').map((ref) => lookup.find(ref, callerOf('large')));
    const small = refsOf(5, 'small').map((ref) => lookup.find(ref, callerOf('small')));
    await clock.advance(5_000);
    for (const task of await Promise.all(small)) expect(task.problem).toBeNull();
    const found = (await Promise.all(large)).filter(({ problem }) => problem === null);
    expect(found.length).toBeGreaterThan(20);
  });
});

describe('While the vendor fails', () => {
  test('one attempt is made each second, however many callers there are', async () => {
    const { clock, vendor, lookup } = openAccount(limit);
    vendor.answer = failureOf('BAD_RESPONSE');
    for (let tenth = 0; tenth < 50; tenth += 1) {
      const asked = Array.from({ length: 20 }, (_, n) => lookup.find(refOf(), callerOf(`caller ${n}`)));
      await clock.advance(100);
      for (const task of await Promise.all(asked))
        expect(task).toMatchObject({ problem: { code: 'BAD_RESPONSE' } });
    }
    expect(vendor.calls.length).toBeLessThanOrEqual(5);
  });

  test('a secret in its message is redacted', async () => {
    const { clock, vendor, lookup } = openAccount();
    const error = failureOf('REJECTED');
    error.message = 'The key s3cret is not known.';
    vendor.answer = error;
    const asked = lookup.find(refOf(), callerOf());
    await clock.advance(100);
    expect((await asked).problem?.message).toBe('The key [redacted] is not known.');
  });
});
