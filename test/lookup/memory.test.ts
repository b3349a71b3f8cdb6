import { describe, expect, test } from '@jest/globals';
import { createTaskMemory } from '../../src/lookup/memory.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { entryOf, failureOf, outputOf, refOf, snapshotOf } from './builders.ts';

const ref = refOf();
const running = entryOf(snapshotOf('RUNNING'));

const open = (backlogMs = 0) => {
  const clock = createFakeClock();
  return { clock, memory: createTaskMemory(clock, () => backlogMs) };
};

describe('The memory of a process', () => {
  test('knows nothing of a task it was not told of', () => {
    expect(open().memory.recall(ref.id)).toBeUndefined();
  });

  test('gives back the very answer it was told, at rest for as long as that is fresh', () => {
    const { memory } = open();
    const task = memory.keep(ref, running, 'memory');
    expect(memory.recall(ref.id)).toEqual({ task, restsUntil: dawn + 2_000, entry: running });
    expect(memory.recall(ref.id)?.task).toBe(task);
    expect(task).toMatchObject({ status: 'RUNNING', stale: false, nextPollAfterMs: 2_000 });
  });

  test('tells clients to come back when the answer can be renewed, if that is later than when it is stale', () => {
    const { nextPollAfterMs } = open(9_500.2).memory.keep(ref, running, 'memory');
    expect(nextPollAfterMs).toBeGreaterThanOrEqual(9_501);
    expect(nextPollAfterMs).toBeLessThanOrEqual(9_501 + 2_000);
    expect(open(9_500.2).memory.keepStale(ref, running)).toMatchObject({ nextPollAfterMs: 9_501 });
    expect(open().memory.keepStale(ref, running)).toMatchObject({ nextPollAfterMs: 1_000 });
  });

  test('says of what is stale that it is, and that it is to be renewed', () => {
    const { memory } = open();
    memory.keepStale(ref, running);
    expect(memory.recall(ref.id)).toMatchObject({ task: { stale: true }, restsUntil: dawn, entry: running });
    expect(memory.answer(ref)).toBeUndefined();
  });

  test('has an answer for as long as nothing need be done about the task', async () => {
    const { clock, memory } = open();
    expect(memory.answer(ref)).toBeUndefined();
    const task = memory.keep(ref, running, 'memory');
    await clock.advance(1_999);
    expect(memory.answer(ref)).toBe(task);
    await clock.advance(1);
    expect(memory.answer(ref)).toBeUndefined();
  });

  test('takes what replicas share of a final task for fresh for ten minutes more, however old it is', async () => {
    const { clock, memory } = open();
    const old = entryOf(snapshotOf('SUCCEEDED'), dawn - 20 * 24 * 3_600_000);
    const task = memory.keep(ref, old, 'shared');
    expect(task).toMatchObject({ stale: false });
    await clock.advance(10 * 60_000 - 1);
    expect(memory.answer(ref)).toBe(task);
    await clock.advance(1);
    expect(memory.answer(ref)).toBeUndefined();
  });

  test('is bounded: of a hundred thousand tasks it remembers the last twenty thousand', () => {
    const { memory } = open();
    for (let index = 0; index < 100_000; index++) memory.keep(refOf(`task-${index}`), running, 'memory');
    const remembered = Array.from({ length: 100_000 }, (_, index) => index).filter((index) =>
      memory.recall(refOf(`task-${index}`).id),
    );
    expect(remembered).toHaveLength(20_000);
    expect(remembered[0]).toBe(80_000);
  });
});

describe('A failure', () => {
  test('is told for as long as was said, when nothing else is known', () => {
    const { memory } = open();
    const task = memory.keepFailure(ref, failureOf(), 1_000, undefined);
    expect(task).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    expect(memory.recall(ref.id)).toMatchObject({ task, restsUntil: dawn + 1_000, entry: undefined });
  });

  test('is outweighed by the last answer, with its age, until its grace ends', async () => {
    const { clock, memory } = open();
    await clock.advance(5 * 60_000 - 1);
    expect(memory.keepFailure(ref, failureOf(), 1_000, running)).toMatchObject({
      status: 'RUNNING',
      stale: true,
      fetchedAt: new Date(dawn).toISOString(),
      problem: null,
    });
    await clock.advance(1);
    expect(memory.keepFailure(ref, failureOf(), 1_000, running)).toMatchObject({
      problem: { code: 'UNAVAILABLE' },
    });
  });

  test('that outlasts the grace of the last answer takes its place when that ends', async () => {
    const { clock, memory } = open();
    await clock.advance(5 * 60_000 - 500);
    memory.keepFailure(ref, failureOf(), 60_000, running);
    await clock.advance(499);
    expect(memory.answer(ref)).toMatchObject({ status: 'RUNNING', stale: true });
    await clock.advance(1);
    expect(memory.answer(ref)).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    await clock.advance(59_499);
    expect(memory.answer(ref)).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    await clock.advance(1);
    expect(memory.answer(ref)).toBeUndefined();
  });

  test('leaves the last answer where it is, to be compared with the next', () => {
    const { memory } = open();
    memory.keepFailure(ref, failureOf('REJECTED'), 1_000, running);
    expect(memory.recall(ref.id)?.entry).toBe(running);
  });

  test.each(['ACCESS_DENIED', 'REJECTED', 'BAD_RESPONSE', 'TIMEOUT'] as const)(
    'of any kind does not take a final task away: %s',
    (code) => {
      const { memory } = open();
      const succeeded = entryOf(snapshotOf('SUCCEEDED', { outputs: [outputOf()] }));
      expect(memory.keepFailure(ref, failureOf(code), 10_000, succeeded)).toMatchObject({
        status: 'SUCCEEDED',
        problem: null,
      });
    },
  );

  test('does not bring back that there is no such task', () => {
    const { memory } = open();
    expect(memory.keepFailure(ref, failureOf(), 1_000, entryOf(null))).toMatchObject({
      problem: { code: 'UNAVAILABLE' },
    });
  });
});
