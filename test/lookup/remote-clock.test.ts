import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRemoteClock } from '../../src/lookup/remote-clock.ts';

/** The other clock is ahead by this. */
const aheadMs = 7_000_000;

describe('A clock elsewhere', () => {
  test('is read as if every answer had taken no time', () => {
    const clock = createRemoteClock();
    clock.learn(aheadMs + 1_000, 990, 1_010);
    expect(clock.toLocal(aheadMs + 1_000)).toBe(1_010);
    expect(clock.toLocal(aheadMs + 1_500)).toBe(1_510);
  });

  test('is read by the fastest answer, not by the last', () => {
    const clock = createRemoteClock();
    clock.learn(aheadMs + 1_000, 999, 1_001);
    clock.learn(aheadMs + 2_000, 1_900, 2_300);
    expect(clock.toLocal(aheadMs + 3_000)).toBe(3_001);
  });

  test('is never read too early, however long questions and answers take', () => {
    const anyTrip = fc.record({
      pauseMs: fc.integer({ min: 0, max: 20_000 }),
      thereMs: fc.integer({ min: 0, max: 500 }),
      backMs: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(anyTrip, { minLength: 1 }), (trips) => {
        const clock = createRemoteClock();
        let now = 0;
        for (const { pauseMs, thereMs, backMs } of trips) {
          const sentAt = now + pauseMs;
          now = sentAt + thereMs + backMs;
          clock.learn(aheadMs + sentAt + thereMs, sentAt, now);
          const late = clock.toLocal(aheadMs + now) - now;
          expect(late).toBeGreaterThanOrEqual(0);
          expect(late).toBeLessThanOrEqual(backMs);
        }
      }),
    );
  });

  test.each([
    ['put back', -3_600_000],
    ['put forward', 3_600_000],
  ])('is read anew when it has been %s', (_, byMs) => {
    const clock = createRemoteClock();
    clock.learn(aheadMs + 1_000, 999, 1_001);
    clock.learn(aheadMs + byMs + 2_000, 1_999, 2_001);
    expect(clock.toLocal(aheadMs + byMs + 2_000)).toBe(2_001);
  });

  test('may drift: what was learnt long ago is forgotten', () => {
    const clock = createRemoteClock();
    clock.learn(aheadMs + 1_000, 999, 1_000);
    clock.learn(aheadMs + 60_000, 59_000, 60_040);
    expect(clock.toLocal(aheadMs + 61_000)).toBe(61_040);
  });
});
