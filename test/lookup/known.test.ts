import { describe, expect, test } from '@jest/globals';
import { estimateBytes } from '../../src/domain/answer.ts';
import { createMemory, createWaiters } from '../../src/lookup/known.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { answerOf, snapshotOf } from './builders.ts';

const knownOf = (textLength: number) => {
  const answer = answerOf(snapshotOf('RUNNING', { vendorRequestId: 'x'.repeat(textLength) }));
  const take = () => ({});
  return {
    ref: 'ref',
    last: {
      typename: '',
      answer,
      shown: {},
      outcome: 'OK' as const,
      fetchedAt: '',
      freshUntil: 0,
      showableUntil: 0,
      isFinal: false,
      source: 'vendor' as const,
      isNewest: true,
      take,
    },
  };
};

describe('What is known', () => {
  test('is bounded in bytes: large answers leave room for fewer', () => {
    const countKept = (textLength: number): number => {
      const memory = createMemory<string, object>();
      for (let n = 0; n < 5_000; n += 1) memory.set(`task-${n}`, knownOf(textLength));
      return [...memory.values()].length;
    };
    expect([countKept(100), countKept(100_000)]).toEqual([5_000, expect.closeTo(330, -2)]);
  });

  test('is not called the newest any more when it has been forgotten', () => {
    const memory = createMemory<string, object>();
    const first = knownOf(1_000_000);
    memory.set('first', first);
    memory.set('first', first);
    const isNewest = [first.last.isNewest];
    for (let n = 0; n < 50; n += 1) memory.set(`task-${n}`, knownOf(1_000_000));
    expect([...isNewest, first.last.isNewest]).toEqual([true, false]);
  });

  test('is measured again when the answer has grown', () => {
    const memory = createMemory<string, object>();
    const grown = Array.from({ length: 100 }, (_, n) => ({ id: `task-${n}`, known: knownOf(1) }));
    for (const { id, known } of grown) memory.set(id, known);
    for (const { id, known } of grown) memory.set(id, Object.assign(known, knownOf(2_000_000)));
    expect([...memory.values()].length).toBeLessThan(20);
  });

  test('is not forgotten for 25,000 ids that the vendor does not know', () => {
    const memory = createMemory<string, object>();
    const polled = Array.from({ length: 200 }, (_, n) => `polled-${n}`);
    for (const id of polled) memory.set(id, knownOf(1));
    const { ref, last } = knownOf(1);
    const unknown = { ref, last: { ...last, answer: answerOf(null) } };
    for (let n = 0; n < 25_000; n += 1) memory.set(`unknown-${n}`, unknown);
    expect(polled.filter((id) => !memory.peek(id))).toEqual([]);
    expect([memory.peek('unknown-0'), memory.peek('unknown-24999')]).toEqual([undefined, unknown]);
  });

  test('is estimated to take as much as it about does', () => {
    const task = snapshotOf('RUNNING');
    expect(estimateBytes(task)).toBeGreaterThan(300);
    expect(estimateBytes({ ...task, vendorStatus: 'x'.repeat(1_000) })).toBeGreaterThan(
      estimateBytes(task) + 990,
    );
    expect(estimateBytes([task, task])).toBeGreaterThan(2 * estimateBytes(task));
  });
});

test('Callers whose deadline is the same have one timer', async () => {
  const clock = createFakeClock();
  let timers = 0;
  const sleep = (ms: number): Promise<void> => {
    timers += 1;
    return clock.sleep(ms);
  };
  const waiters = createWaiters<string, string>({ ...clock, sleep }, (known) => `${known} is late`);
  const until = clock.elapsed() + 1_000;
  const answers: string[] = [];
  for (const name of ['a', 'b', 'c']) void waiters.join(name, name, until).then((text) => answers.push(text));
  void waiters.join('a', 'a', until + 500).then((text) => answers.push(text));
  waiters.resolve('b', 'b has come');
  await clock.advance(1_000);
  expect([answers, timers]).toEqual([['b has come', 'a is late', 'c is late'], 2]);
  await clock.advance(500);
  expect(answers.at(-1)).toBe('a is late');
  expect(answers).toHaveLength(4);
});
