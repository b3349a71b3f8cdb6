import { expect, test } from '@jest/globals';
import { median } from '../../bench/median.ts';

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[30, 1], 15.5],
  [[4, 100, 1, 2], 3],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
