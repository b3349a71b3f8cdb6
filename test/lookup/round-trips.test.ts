import { describe, expect, test } from '@jest/globals';
import { createRoundTrips } from '../../src/lookup/round-trips.ts';

/** Trips that come back when the test says so, with each number doubled. */
const open = (mostPerTrip = 10) => {
  const trips: { readonly questions: readonly number[]; comeBack(): void; fail(error: Error): void }[] = [];
  const ask = createRoundTrips<number, number>((questions) => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    trips.push({ questions, comeBack: () => resolve(questions.map((n) => n * 2)), fail: reject });
    return promise;
  }, mostPerTrip);
  const asked = () => trips.map(({ questions }) => questions);
  return { ask, trips, asked };
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Round trips', () => {
  test('take what is asked in the same moment together, and bring each its answer', async () => {
    const { ask, trips, asked } = open();
    const answers = Promise.all([ask(1), ask(2), ask(1)]);
    await settle();
    expect(asked()).toEqual([[1, 2, 1]]);
    trips[0]?.comeBack();
    expect(await answers).toEqual([2, 4, 2]);
  });

  test('gather what comes meanwhile for the next', async () => {
    const { ask, trips, asked } = open();
    const answers = [ask(1)];
    await settle();
    answers.push(ask(2));
    await settle();
    answers.push(ask(3));
    await settle();
    expect(asked()).toEqual([[1]]);
    trips[0]?.comeBack();
    await settle();
    expect(asked()).toEqual([[1], [2, 3]]);
    trips[1]?.comeBack();
    expect(await Promise.all(answers)).toEqual([2, 4, 6]);
  });

  test('leave at once when none is under way', async () => {
    const { ask, trips, asked } = open();
    for (const n of [1, 2, 3]) {
      const answer = ask(n);
      await settle();
      trips[n - 1]?.comeBack();
      await answer;
    }
    expect(asked()).toEqual([[1], [2], [3]]);
  });

  test('that fail do so for those on them, and the next goes on', async () => {
    const { ask, trips } = open();
    const first = ask(1);
    await settle();
    const second = ask(2);
    trips[0]?.fail(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await settle();
    trips[1]?.comeBack();
    expect(await second).toBe(4);
  });

  test('are several when there is too much for one', async () => {
    const { ask, trips, asked } = open(2);
    const answers = Promise.all([1, 2, 3, 4, 5].map(ask));
    await settle();
    expect(asked()).toEqual([[1, 2], [3, 4], [5]]);
    for (const trip of trips) trip.comeBack();
    expect(await answers).toEqual([2, 4, 6, 8, 10]);
  });
});
