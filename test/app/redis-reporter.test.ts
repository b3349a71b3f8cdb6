import { expect, test } from '@jest/globals';
import { createRedisReporter } from '../../src/app/redis-reporter.ts';

const openReporter = () => {
  const lines: string[] = [];
  const clock = { now: 0 };
  const report = createRedisReporter({ warn: (line) => lines.push(line), now: () => clock.now });
  return { lines, clock, report };
};

const refused = new Error('connect ECONNREFUSED 127.0.0.1:6379');

test('the first failure of Redis is one line that says why, and what is lost', () => {
  const { lines, report } = openReporter();
  report(refused);
  expect(lines).toEqual([
    expect.stringMatching(/^Redis fails: connect ECONNREFUSED 127\.0\.0\.1:6379\. Until .*quota.*$/),
  ]);
});

test('a hundred failures in a minute are one line, and one more with their number when the minute is over', () => {
  const { lines, clock, report } = openReporter();
  for (clock.now = 0; clock.now < 60_000; clock.now += 600) report(refused);
  expect(lines).toHaveLength(1);
  clock.now = 60_000;
  report(refused);
  expect(lines).toEqual([expect.any(String), expect.stringContaining('100 failures since the last report')]);
});

test('a host of two addresses is named with both', () => {
  const { lines, report } = openReporter();
  report(new AggregateError([refused, new Error('connect ECONNREFUSED ::1:6379')]));
  expect(lines[0]).toContain('connect ECONNREFUSED 127.0.0.1:6379, connect ECONNREFUSED ::1:6379.');
});
