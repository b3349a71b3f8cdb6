import { describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/task.ts';

import { failureOf, outputOf, refOf } from '../lookup/builders.ts';
import { openFollowers } from './open-followers.ts';
import { problemTaskOf, taskOf } from './scripted-lookup.ts';

/** Following tasks, without a graph and a vendor. */

describe('a followed task', () => {
  it('yields the state, then each change, then the end', async () => {
    const { clock, follow, setTask } = openFollowers();
    setTask('a', taskOf('a', 'QUEUED'));
    const { states, reading } = follow('a');
    await clock.settle();
    expect(states()).toEqual([['QUEUED', null]]);
    setTask('a', taskOf('a', 'RUNNING', { progress: 40 }));
    await clock.advance(1_000);
    setTask('a', taskOf('a', 'SUCCEEDED', { progress: 100 }));
    expect(reading.ending).toBe('none');
    await clock.advance(1_000);
    expect(states()).toEqual([
      ['QUEUED', null],
      ['RUNNING', 40],
      ['SUCCEEDED', 100],
    ]);
    expect(reading.ending).toBe('done');
  });

  it("is looked up after the task's nextPollAfterMs, and at most four times a second", async () => {
    const { clock, follow, setTask, lookedUpAt } = openFollowers();
    const pauses = [5_000, 1_000, 0, 3_000];
    setTask('a', () => taskOf('a', 'RUNNING', { nextPollAfterMs: pauses.shift() ?? 60_000 }));
    follow('a');
    await clock.advance(20_000);
    expect(lookedUpAt('a')).toEqual([0, 5_000, 6_000, 6_250, 9_250]);
  });

  it('is looked up once for all of its followers', async () => {
    const { clock, follow, setTask, lookedUpAt } = openFollowers();
    setTask('a', taskOf('a'));
    const early = Array.from({ length: 10 }, () => follow('a'));
    await clock.advance(500);
    const late = Array.from({ length: 10 }, () => follow('a', 'a'));
    await clock.settle();
    for (const { states } of [...early, ...late]) expect(states()).toEqual([['RUNNING', null]]);
    setTask('a', taskOf('a', 'FAILED'));
    await clock.advance(500);
    for (const { states, reading } of [...early, ...late]) {
      expect(states()).toEqual([
        ['RUNNING', null],
        ['FAILED', null],
      ]);
      expect(reading.ending).toBe('done');
    }
    expect(lookedUpAt('a')).toEqual([0, 1_000]);
  });

  it('is looked up until its last follower has unsubscribed', async () => {
    const { clock, follow, setTask, lookedUpAt } = openFollowers();
    setTask('a', taskOf('a'));
    const [first, second] = [follow('a'), follow('a')];
    await clock.advance(500);
    await first.unsubscribe();
    await clock.advance(1_000);
    expect(lookedUpAt('a')).toEqual([0, 1_000]);
    await second.unsubscribe();
    await clock.advance(60_000);
    expect(lookedUpAt('a')).toEqual([0, 1_000]);
    expect([first.reading.ending, second.reading.ending]).toEqual(['done', 'done']);
  });

  it('is followed again after its last follower had unsubscribed', async () => {
    const { clock, follow, setTask } = openFollowers();
    setTask('a', taskOf('a'));
    await follow('a').unsubscribe();
    await clock.advance(300);
    const again = follow('a');
    await clock.settle();
    setTask('a', taskOf('a', 'SUCCEEDED'));
    await clock.advance(2_000);
    expect(again.states()).toEqual([
      ['RUNNING', null],
      ['SUCCEEDED', 100],
    ]);
    expect(again.reading.ending).toBe('done');
  });
});

describe('a change', () => {
  const changes: [string, Partial<Task>][] = [
    ['status', { status: 'QUEUED' }],
    ["the vendor's own word", { vendorStatus: 'TRANSCODING_2' }],
    ['progress', { progress: 7 }],
    ['outputs', { outputs: [outputOf()] }],
    ['failure', { failure: { code: 'E1', message: null } }],
    ['problem', problemTaskOf('a', failureOf('TIMEOUT'))],
  ];

  it.each(changes)('of %s is published', async (_, change) => {
    const { clock, follow, setTask } = openFollowers();
    setTask('a', taskOf('a'));
    const { tasks } = follow('a');
    await clock.settle();
    setTask('a', taskOf('a', 'RUNNING', change));
    await clock.advance(1_000);
    expect(tasks).toEqual([taskOf('a'), taskOf('a', 'RUNNING', change)]);
  });

  it.each<[string, Partial<Task>]>([
    ['the time of asking', { fetchedAt: '2026-03-01T00:01:00.000Z' }],
    ['staleness', { stale: true }],
    ['the pace', { nextPollAfterMs: 900 }],
    ["the vendor's request id", { vendorRequestId: 'request-2' }],
  ])('of %s alone is none', async (_, change) => {
    const { clock, follow, setTask, lookedUpAt } = openFollowers();
    setTask('a', taskOf('a'));
    const { tasks } = follow('a');
    await clock.settle();
    setTask('a', taskOf('a', 'RUNNING', change));
    await clock.advance(1_000);
    expect(lookedUpAt('a')).toHaveLength(2);
    expect(tasks).toEqual([taskOf('a')]);
  });

  it('that a slow reader has not read is replaced by the latest', async () => {
    const { clock, followers, setTask } = openFollowers();
    let progress = 0;
    setTask('a', () => {
      progress += 1;
      return taskOf('a', 'RUNNING', { progress });
    });
    setTask('b', taskOf('b', 'QUEUED'));
    const stream = followers.follow(2, () => [refOf('a'), refOf('b')]);
    await clock.advance(99_000);
    const read = [await stream.next(), await stream.next()];
    expect(read.map(({ value }) => value instanceof Error || (value && [value.id, value.progress]))).toEqual([
      ['zego:tencent:a', 100],
      ['zego:tencent:b', null],
    ]);
    await stream.return?.();
  });

  it('is looked up when there is time, unless nobody follows it by then', async () => {
    const turns: (() => void)[] = [];
    const whenTime = () => new Promise<void>((resolve) => turns.push(resolve));
    const { clock, follow, setTask, lookedUpAt } = openFollowers(whenTime);
    for (const name of ['a', 'b']) setTask(name, taskOf(name));
    follow('a');
    const left = follow('b');
    await clock.advance(100);
    expect([lookedUpAt('a'), turns.length]).toEqual([[], 2]);
    await left.unsubscribe();
    for (const turn of turns) turn();
    await clock.settle();
    expect([lookedUpAt('a'), lookedUpAt('b')]).toEqual([[100], []]);
  });

  it('from another replica is published on arrival, not at the next lookup', async () => {
    const { clock, lookup, follow, setTask, lookedUpAt } = openFollowers();
    setTask('a', taskOf('a', 'RUNNING', { nextPollAfterMs: 5_000 }));
    const { states, reading } = follow('a');
    await clock.advance(100);
    lookup.push(taskOf('a', 'RUNNING', { progress: 50 }));
    await clock.settle();
    expect(states()).toEqual([
      ['RUNNING', null],
      ['RUNNING', 50],
    ]);
    lookup.push(taskOf('a', 'SUCCEEDED'));
    await clock.settle();
    expect(reading.ending).toBe('done');
    expect(lookedUpAt('a')).toEqual([0]);
  });
});

it('of more tasks than a process follows, none is read', () => {
  const { followers } = openFollowers();
  const reads: number[] = [];
  const follow = (tasks: number) =>
    followers.follow(tasks, () => {
      reads.push(tasks);
      return [];
    });
  follow(10_000);
  expect(() => follow(10_001)).toThrow('This server follows at most 10000 tasks at once: poll instead.');
  expect(reads).toEqual([10_000]);
});
