import { describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/domain/task.ts';
import type { TaskRef } from '../../src/domain/task-id.ts';
import { dawn } from '../support/fake-clock.ts';
import { answerOf, callerOf, failureOf, finalStatuses, outputOf, refOf, snapshotOf } from './builders.ts';
import { deadlineMs, openLookup, openWarmLookup } from './fake-exchange.ts';

const minute = 60_000;
const iso = (afterMs: number): string => new Date(dawn + afterMs).toISOString();

/** The state of a pending answer. */
const watched = (answer: Task | Promise<Task>): { task: Task | undefined } => {
  const seen: { task: Task | undefined } = { task: undefined };
  void Promise.resolve(answer).then((task) => {
    seen.task = task;
  });
  return seen;
};

describe('A task that this replica does not know', () => {
  test('is wanted once for all callers, and all get the answer', async () => {
    const { clock, exchange, ref, find, answer } = openLookup();
    const tasks = Array.from({ length: 1_000 }, () => find());
    // Those that come shortly after need no want of their own, although they wait longer.
    await clock.advance(100);
    tasks.push(...Array.from({ length: 1_000 }, () => find()));
    await clock.advance(200);
    tasks.push(...Array.from({ length: 1_000 }, () => find()));
    await clock.settle();
    const waits = exchange.wants.map(({ patienceMs }) => patienceMs);
    expect(waits).toEqual([deadlineMs, deadlineMs]);
    expect(exchange.wants[0]).toMatchObject({ typename: 'ZegoMediaTask', id: ref.id, dueInMs: 0 });
    answer(snapshotOf('RUNNING'));
    for (const task of await Promise.all(tasks))
      expect(task).toMatchObject({ status: 'RUNNING', stale: false, problem: null });
  });

  test('is not wanted when the store has a fresh answer, whose age is kept', async () => {
    const { clock, exchange, ref, find } = openLookup();
    await clock.advance(10_000);
    exchange.stored.set(ref.id, answerOf(snapshotOf('QUEUED'), 8_000));
    expect(await find()).toMatchObject({ status: 'QUEUED', stale: false, fetchedAt: iso(8_000) });
    expect(exchange.wants).toEqual([]);
  });

  test('is wanted with the age of the stored answer when that is not fresh, and shown stale after 1.5 s', async () => {
    const { clock, exchange, ref, find } = openLookup();
    await clock.advance(60_000);
    exchange.stored.set(ref.id, answerOf(snapshotOf('QUEUED'), 20_000));
    const seen = watched(find());
    await clock.advance(1_499);
    expect(exchange.wants).toMatchObject([{ knownAgeMs: 40_000 }]);
    expect(seen.task).toBeUndefined();
    await clock.advance(1);
    expect(seen.task).toMatchObject({ status: 'QUEUED', stale: true, fetchedAt: iso(20_000) });
  });

  test('is a problem when no answer comes before the deadline', async () => {
    const { clock, find } = openLookup();
    const seen = watched(find());
    await clock.advance(deadlineMs - 1);
    expect(seen.task).toBeUndefined();
    await clock.advance(1);
    expect(seen.task).toMatchObject({ problem: { code: 'TIMEOUT', retryable: true } });
  });

  test('is RATE_LIMITED when the replica is partitioned from the owner', async () => {
    const { clock, exchange, find } = openLookup();
    exchange.state = { kind: 'partitioned', retryAfterMs: 2_000 };
    const seen = watched(find());
    await clock.advance(deadlineMs);
    expect(seen.task).toMatchObject({ problem: { code: 'RATE_LIMITED', retryAfterMs: 2_000 } });
  });

  test('is waited for by each caller until its own deadline', async () => {
    const { clock, find } = openLookup();
    const early = watched(find());
    await clock.advance(3_000);
    const late = watched(find());
    await clock.advance(2_000);
    expect(early.task?.problem?.code).toBe('TIMEOUT');
    expect(late.task).toBeUndefined();
    await clock.advance(3_000);
    expect(late.task?.problem?.code).toBe('TIMEOUT');
  });

  test('is RATE_LIMITED at once when its turn would leave no time for the call', async () => {
    const { clock, find, refuse } = openLookup();
    const asked = watched(find());
    await clock.settle();
    refuse(failureOf('RATE_LIMITED', { retryAfterMs: 4_500, reason: { kind: 'own-quota' } }));
    await clock.settle();
    expect(asked.task?.problem?.code).toBe('RATE_LIMITED');
  });

  test('is RATE_LIMITED at once when the owner refuses, and answered later', async () => {
    const { clock, exchange, find, refuse, answer } = openLookup();
    const first = find();
    await clock.settle();
    refuse(failureOf('RATE_LIMITED', { retryAfterMs: 30_000, reason: { kind: 'own-quota' } }));
    expect(await first).toMatchObject({
      problem: { code: 'RATE_LIMITED', retryAfterMs: 30_000 },
      nextPollAfterMs: 30_000,
    });
    await clock.advance(30_000);
    answer(snapshotOf('SUCCEEDED'));
    expect(find()).toMatchObject({ status: 'SUCCEEDED', problem: null });
    expect(exchange.wants).toHaveLength(1);
  });
});

describe('A fresh task', () => {
  test('is answered at once, with the same object each time', async () => {
    const { clock, find } = await openWarmLookup();
    await clock.advance(1_999);
    const task = find();
    expect(task).not.toBeInstanceOf(Promise);
    expect(find()).toBe(task);
  });

  test('counts down until the next answer is there', async () => {
    const { clock, find } = await openWarmLookup();
    const task = find() as Task;
    const [first] = [task.nextPollAfterMs ?? 0];
    await clock.advance(1_500);
    expect([first, task.nextPollAfterMs]).toEqual([2_250, 750]);
    await clock.advance(10_000);
    expect(task.nextPollAfterMs).toBe(1);
  });

  test('is renewed ahead, once, when it is asked for', async () => {
    const { clock, exchange, find } = await openWarmLookup();
    await clock.advance(500);
    for (let time = 0; time < 10; time += 1) find();
    expect(exchange.wants).toMatchObject([{ patienceMs: 0, dueInMs: 1_500, knownAgeMs: 500 }]);
  });

  test('is renewed ahead when it was waited for by somebody who had seen the answer before it', async () => {
    const { clock, exchange, find, answer } = await openWarmLookup();
    await clock.advance(2_250);
    void find();
    answer(snapshotOf('RUNNING'));
    expect(exchange.wants).toMatchObject([{ dueInMs: 0 }, { patienceMs: 0, dueInMs: 2_000 }]);
  });

  test('is renewed ahead when it is polled in turn at several replicas', async () => {
    const { clock, exchange, find, answer } = await openWarmLookup();
    // Wanted by other replicas, and pushed to all that hold it.
    for (let poll = 0; poll < 3; poll += 1) {
      await clock.advance(2_250);
      answer(snapshotOf('RUNNING'));
    }
    find();
    expect(exchange.wants).toMatchObject([{ patienceMs: 0, dueInMs: 2_000 }]);
  });

  test('is not renewed for somebody who sees it for the first time', async () => {
    const { clock, exchange, find, refuse, answer } = openLookup();
    void find();
    await clock.settle();
    refuse(failureOf('RATE_LIMITED', { retryAfterMs: 6_000, reason: { kind: 'own-quota' } }));
    await clock.advance(5_900);
    answer(snapshotOf('RUNNING'));
    await clock.advance(100);
    expect(find()).toMatchObject({ status: 'RUNNING' });
    expect(exchange.wants).toHaveLength(1);
    find();
    expect(exchange.wants).toHaveLength(2);
  });

  test('is not renewed for a request that holds it twice', async () => {
    const { clock, exchange, lookup, ref, find, refuse, answer } = openLookup();
    void find();
    await clock.settle();
    refuse(failureOf('RATE_LIMITED', { retryAfterMs: 6_000, reason: { kind: 'own-quota' } }));
    await clock.advance(9_000);
    answer(snapshotOf('RUNNING'));
    exchange.wants.length = 0;
    const request = callerOf('request');
    for (let time = 0; time < 2; time += 1) lookup.find(ref, request);
    expect(exchange.wants).toEqual([]);
    lookup.find(ref, callerOf('next request'));
    expect(exchange.wants).toHaveLength(1);
  });

  test('is not renewed when it is not asked for', async () => {
    const { clock, exchange } = await openWarmLookup();
    await clock.advance(60 * minute);
    expect(exchange.wants).toEqual([]);
  });

  test.each(finalStatuses)('that is %s is never wanted again', async (status) => {
    const { clock, exchange, find } = await openWarmLookup(snapshotOf(status));
    for (let day = 0; day < 29; day += 1) {
      await clock.advance(24 * 60 * minute);
      expect(find()).toMatchObject({ status, isFinal: true, stale: false, nextPollAfterMs: null });
    }
    expect(exchange.wants).toEqual([]);
  });

  test('that the vendor does not know is fresh for ten seconds', async () => {
    const { clock, find } = await openWarmLookup(null);
    await clock.advance(9_999);
    expect(find()).toMatchObject({ problem: { code: 'TASK_NOT_FOUND' } });
    await clock.advance(1);
    expect(find()).toBeInstanceOf(Promise);
  });
});

describe('A task that is polled after nextPollAfterMs', () => {
  test('has a newer answer at each poll, none of them stale, whatever the renewal takes', async () => {
    for (const latencyMs of [0, 40, 400, 1_200]) {
      const { clock, exchange, find, answer } = await openWarmLookup();
      exchange.want = ({ dueInMs }) => {
        void clock.sleep(dueInMs + latencyMs).then(() => answer(snapshotOf('RUNNING')));
      };
      const seen: Task[] = [];
      const waits: boolean[] = [];
      for (let poll = 0; poll < 20; poll += 1) {
        const found = find();
        waits.push(found instanceof Promise);
        const asked = watched(found);
        await clock.advance(latencyMs);
        seen.push(asked.task as Task);
        await clock.advance(asked.task?.nextPollAfterMs ?? 0);
      }
      expect(seen.filter(({ stale }) => stale)).toEqual([]);
      expect(new Set(seen.map(({ fetchedAt }) => fetchedAt)).size).toBeGreaterThanOrEqual(19);
      // Once it is known how long a renewal takes, `nextPollAfterMs` is when its answer is there.
      expect(waits.slice(3)).not.toContain(true);
    }
  });
});

describe('A task past its freshness', () => {
  test('that was not asked for recently is waited for, and the answer is new', async () => {
    const { clock, exchange, find, answer } = await openWarmLookup();
    await clock.advance(120_000);
    const seen = watched(find());
    await clock.settle();
    expect(exchange.wants).toMatchObject([{ patienceMs: 1_500, dueInMs: 0 }]);
    answer(snapshotOf('SUCCEEDED'));
    await clock.settle();
    expect(seen.task).toMatchObject({ status: 'SUCCEEDED', stale: false, fetchedAt: iso(120_000) });
  });

  test('is shown stale when no permit can be had within 1.5 s', async () => {
    const { clock, find, refuse } = await openWarmLookup();
    await clock.advance(120_000);
    const late = watched(find());
    await clock.advance(1_500);
    expect(late.task).toMatchObject({ status: 'RUNNING', stale: true, fetchedAt: iso(0) });
    const refused = watched(find());
    await clock.settle();
    refuse(failureOf('RATE_LIMITED', { retryAfterMs: 8_000, reason: { kind: 'own-quota' } }));
    await clock.settle();
    expect(refused.task).toMatchObject({ stale: true, nextPollAfterMs: 8_000, problem: null });
  });

  test('whose renewal is due is waited for while renewals are fast, and shown stale at once while they are slow', async () => {
    const { clock, exchange, find, answer } = await openWarmLookup();
    find();
    await clock.advance(2_000);
    exchange.status.renewalBacklogMs = 9_000;
    expect(find()).toMatchObject({ stale: true, nextPollAfterMs: 9_000 });
    await clock.advance(2_000);
    // It has waited for some of its turn.
    expect(find()).toMatchObject({ stale: true, nextPollAfterMs: 7_000 });
    exchange.status.renewalBacklogMs = 100;
    const seen = watched(find());
    await clock.settle();
    answer(snapshotOf('RUNNING', { progress: 7 }));
    await clock.settle();
    expect(seen.task).toMatchObject({ progress: 7, stale: false });
    // Both are renewals.
    expect(exchange.wants).toMatchObject([{ patienceMs: 0 }, { patienceMs: 0 }]);
  });

  test('is wanted again when its renewal is overdue, or the owner is a new one', async () => {
    const { clock, exchange, find } = await openWarmLookup();
    find();
    await clock.advance(5_499);
    void find();
    expect(exchange.wants).toMatchObject([{ patienceMs: 0 }]);
    await clock.advance(1_501);
    void find();
    expect(exchange.wants).toMatchObject([{ patienceMs: 0 }, { patienceMs: 0, dueInMs: 0 }]);
    const other = await openWarmLookup();
    other.find();
    other.exchange.announceOwner();
    other.find();
    expect(other.exchange.wants).toHaveLength(2);
  });

  test('is waited for once it is too old to be shown stale', async () => {
    const { clock, find } = await openWarmLookup();
    await clock.advance(5 * minute);
    const seen = watched(find());
    await clock.advance(deadlineMs - 1);
    expect(seen.task).toBeUndefined();
    await clock.advance(1);
    expect(seen.task).toMatchObject({ problem: { code: 'TIMEOUT' } });
  });

  test('because its URL expires is waited for until the deadline', async () => {
    const outputs = [outputOf({ urlExpiresAt: iso(5 * minute) })];
    const { clock, find, answer } = await openWarmLookup(snapshotOf('SUCCEEDED', { outputs }));
    await clock.advance(4 * minute - 1);
    expect(find()).toMatchObject({ stale: false });
    await clock.advance(1);
    const seen = watched(find());
    await clock.advance(deadlineMs - 1);
    expect(seen.task).toBeUndefined();
    answer(snapshotOf('SUCCEEDED', { outputs: [outputOf({ urlExpiresAt: iso(60 * minute) })] }));
    await clock.settle();
    expect(seen.task).toMatchObject({ outputs: [{ urlExpiresAt: iso(60 * minute) }] });
  });
});

describe('While the vendor fails', () => {
  test('a later caller gets a shorter wait', async () => {
    const { clock, find, fail } = openLookup();
    const first = find();
    await clock.settle();
    fail(failureOf('UNAVAILABLE', { retryAfterMs: 30_000, reason: { kind: 'circuit-open' } }), 30_000);
    expect(await first).toMatchObject({ problem: { retryAfterMs: 30_000 }, nextPollAfterMs: 30_000 });
    await clock.advance(20_000);
    expect(find()).toMatchObject({ problem: { retryAfterMs: 10_000 }, nextPollAfterMs: 10_000 });
  });

  test('a task without an answer has the problem, and is not wanted again before the pause is over', async () => {
    const { clock, exchange, find, fail } = openLookup();
    const first = find();
    await clock.settle();
    fail(failureOf('UNAVAILABLE'), 1_000);
    expect(await first).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    await clock.advance(999);
    expect(find()).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    expect(exchange.wants).toHaveLength(1);
    await clock.advance(1);
    void find();
    await clock.settle();
    expect(exchange.wants).toHaveLength(2);
  });

  test('the last answer is shown, stale, with the time of the next attempt, until it is too old', async () => {
    const { clock, find, fail } = await openWarmLookup();
    await clock.advance(3_000);
    fail(failureOf('UNAVAILABLE'), 10 * minute);
    expect(find()).toMatchObject({ stale: true, fetchedAt: iso(0), nextPollAfterMs: 10 * minute });
    await clock.advance(5 * minute - 3_001);
    expect(find()).toMatchObject({ stale: true, problem: null });
    await clock.advance(1);
    expect(find()).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
  });

  test('a final task is shown at any age', async () => {
    const outputs = [outputOf({ urlExpiresAt: iso(5 * minute) })];
    const { clock, find, fail } = await openWarmLookup(snapshotOf('SUCCEEDED', { outputs }));
    await clock.advance(24 * 60 * minute);
    const seen = watched(find());
    await clock.settle();
    fail(failureOf('ACCESS_DENIED'), minute);
    await clock.settle();
    expect(seen.task).toMatchObject({ status: 'SUCCEEDED', stale: true, problem: null });
  });
});

describe('An answer from the exchange', () => {
  test('about a task that this replica was not asked for is not kept', async () => {
    const { clock, exchange, find, answer } = openLookup();
    answer(snapshotOf('RUNNING'), refOf('other').id);
    void find(refOf('other'));
    await clock.settle();
    expect(exchange.wants).toHaveLength(1);
  });

  test('that is older than what is known changes nothing', async () => {
    const { clock, exchange, ref, find } = await openWarmLookup(snapshotOf('SUCCEEDED'));
    await clock.advance(1_000);
    exchange.answer({ typename: 'ZegoMediaTask', id: ref.id }, answerOf(snapshotOf('RUNNING'), -5_000));
    expect(find()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('about another type is ignored', async () => {
    const { exchange, ref, find } = await openWarmLookup();
    exchange.answer({ typename: 'AnotherTask', id: ref.id }, answerOf(snapshotOf('FAILED')));
    expect(find()).toMatchObject({ status: 'RUNNING' });
  });

  test('is passed to watchers until they unsubscribe', async () => {
    const { lookup, ref, answer } = await openWarmLookup();
    const seen: (string | null | undefined)[] = [];
    const unsubscribe = lookup.watch(ref, ({ status }) => seen.push(status));
    answer(snapshotOf('QUEUED'));
    answer(snapshotOf('RUNNING'));
    unsubscribe();
    answer(snapshotOf('SUCCEEDED'));
    expect(seen).toEqual(['QUEUED', 'RUNNING']);
  });

  test('is dated by the clock of this process, although that was set back', async () => {
    const { clock, find, answer } = await openWarmLookup();
    clock.putBack(minute);
    await clock.advance(10_000);
    answer(snapshotOf('RUNNING'));
    expect(find()).toMatchObject({ stale: false, fetchedAt: iso(10_000 - minute) });
    await clock.advance(2_000);
    expect(find()).toBeInstanceOf(Promise);
  });
});

describe('The newest answer', () => {
  test('is kept as long as it is asked for, and forgotten before others if it is not', async () => {
    const { clock, lookup, find, answer } = openLookup();
    const [asked, idle] = [refOf('asked'), refOf('idle')];
    const fetch = async (ref: TaskRef, length: number): Promise<void> => {
      void find(ref);
      await clock.settle();
      answer(snapshotOf('SUCCEEDED', { vendorRequestId: 'x'.repeat(length) }), ref.id);
    };
    for (const ref of [asked, idle]) await fetch(ref, 1);
    for (let n = 0; n < 50; n += 1) {
      await clock.advance(1_000);
      lookup.newest(asked.id)?.take(callerOf(`request ${n}`), clock.elapsed());
      await fetch(refOf(`large-${n}`), 1_000_000);
    }
    expect([asked, idle].map(({ id }) => lookup.newest(id)?.isNewest)).toEqual([true, undefined]);
  });

  test('says until when it may be cached: as long as it is fresh', async () => {
    const { clock, lookup, ref } = await openWarmLookup();
    const givenAt = clock.elapsed();
    await clock.advance(500);
    expect(lookup.newest(ref.id)?.freshUntil).toBe(givenAt + 2_000);
    expect(lookup.newest('unknown')).toBeUndefined();
  });
});
