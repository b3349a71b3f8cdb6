import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createTimeSlices } from '../../src/graphql/time-slices.ts';

/** Work that takes 0.6 ms each, of which a slice of 1 ms begins two. */
const createWorks = () => {
  let now = 0;
  const done: string[] = [];
  const slices = createTimeSlices(() => now);
  const work = (name: string) => (): void => {
    done.push(name);
    now += 0.6;
  };
  return { done, slices, work };
};

test('the first work is done at once, and the rest in slices of time', async () => {
  const { done, slices, work } = createWorks();
  for (const name of 'abcde') slices.run('caller', work(name));
  expect(done).toEqual(['a']);
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'c']);
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('without other work, each is done at once', async () => {
  const { done, slices, work } = createWorks();
  for (const name of 'abc') {
    slices.run('caller', work(name));
    expect(done.at(-1)).toBe(name);
    await setImmediate();
    await setImmediate();
  }
});

test('callers take turns, each in its own order', async () => {
  const { done, slices, work } = createWorks();
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) slices.run('a', work(name));
  slices.run('b', work('b1'));
  const connection = {};
  slices.run(connection, work('c1'));
  slices.run(connection, work('c2'));
  for (let turn = 0; turn < 4; turn += 1) await setImmediate();
  expect(done).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'c2', 'a4', 'a5']);
});

test('between its steps a work waits only when the time of its turn is over', async () => {
  const { done, slices, work } = createWorks();
  const steps = (async () => {
    for (const name of 'abcd') {
      await slices.pause('caller');
      work(name)();
    }
  })();
  slices.run('other', work('x'));
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'x', 'c']);
  await steps;
  expect(done).toEqual(['a', 'b', 'x', 'c', 'd']);
});

test('of those who wait for the same moment, some are let in, and each is waited for', async () => {
  const { done, slices, work } = createWorks();
  const names = Array.from({ length: 100 }, (_, n) => `${n}`);
  const all = Promise.all(
    names.map(async (name) => {
      await slices.next('caller');
      await Promise.resolve();
      work(name)();
    }),
  );
  await setImmediate();
  expect(done).toEqual(['0', '1', '2']);
  await all;
  expect(done).toEqual(names);
});
