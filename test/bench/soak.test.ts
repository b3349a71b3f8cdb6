import { describe, expect, test } from '@jest/globals';
import { findDifferences, findFaults, type Look, trend } from '../../bench/soak/verdict.ts';

/** When a soak fails. */

const looksWith = (change: (n: number) => Partial<Look>): Look[] =>
  Array.from({ length: 60 }, (_, n) => ({
    seconds: 10 * (n + 1),
    // The saw of the garbage collector.
    residentMb: 200 + (n % 5) * 10,
    descriptors: 40,
    lagMs: 12,
    ...change(n),
  }));

const faultsOf = (change: (n: number) => Partial<Look>, idle: readonly [number, number] = [30, 30]) =>
  findFaults(looksWith(change), idle);

test('the trend is not bent by single peaks', () => {
  const points = Array.from({ length: 20 }, (_, n) => [n, n === 7 ? 1_000 : 3 * n] as const);
  expect(trend(points)).toBeCloseTo(3);
});

describe('a process', () => {
  test('passes with flat memory and few late turns', () => {
    expect(faultsOf((n) => (n === 30 ? { lagMs: 90 } : {}))).toEqual([]);
  });

  test('passes if its memory grows in the first quarter only', () => {
    expect(faultsOf((n) => ({ residentMb: Math.min(n, 14) * 10 + 100 }))).toEqual([]);
  });

  test('fails if its memory grows', () => {
    expect(faultsOf((n) => ({ residentMb: 200 + (n % 5) * 10 + n }))).toEqual([
      expect.stringMatching(/^Its memory grew by 4\d MB, from about 2\d\d MB/),
    ]);
  });

  test('fails if it keeps connections open', () => {
    expect(faultsOf(() => ({}), [30, 45])).toEqual([expect.stringContaining('30 descriptors open')]);
  });

  test('fails if its event loop is late in more than one of twenty looks', () => {
    expect(faultsOf((n) => (n % 10 === 0 ? { lagMs: 60 } : {}))).toEqual([expect.stringContaining('late')]);
  });
});

test('counts may differ by one in a thousand, small ones by one', () => {
  const compare = (outside: number, inside: number) => findDifferences([{ what: 'calls', outside, inside }]);
  for (const [outside, inside] of [
    [10_000, 10_010],
    [20, 21],
    [0, 1],
  ] as const)
    expect(compare(outside, inside)).toEqual([]);
  for (const [outside, inside] of [
    [10_000, 10_011],
    [10_011, 10_000],
    [20, 22],
    [0, 2],
  ] as const)
    expect(compare(outside, inside)).toEqual([`calls: ${outside} outside, ${inside} in /metrics.`]);
});
