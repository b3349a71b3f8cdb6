import { describe, expect, test } from '@jest/globals';
import { freshMsOf, freshUntil, graceMs, showableUntil } from '../../src/domain/freshness.ts';
import type { MediaTaskStatus } from '../../src/generated/model.ts';
import { answerOf, finalStatuses, outputOf, snapshotOf } from '../lookup/builders.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const days = 24 * 60 * minutes;

const clock = createFakeClock();
const iso = (afterMs: number): string => new Date(dawn + afterMs).toISOString();

describe('An answer is fresh', () => {
  test.each<[MediaTaskStatus | null, number]>([
    ['RUNNING', 2 * seconds],
    ['QUEUED', 5 * seconds],
    ['UNKNOWN', 2 * seconds],
    [null, 2 * seconds],
    ['SUCCEEDED', 30 * days],
    ['PARTIALLY_SUCCEEDED', 30 * days],
    ['FAILED', 30 * days],
    ['CANCELED', 30 * days],
  ])('when the task is %s: for %i ms', (status, freshMs) => {
    expect(freshUntil(answerOf(snapshotOf(status)), clock)).toBe(freshMs);
    expect(freshMsOf(snapshotOf(status))).toBe(freshMs);
  });

  test('when the vendor knows no such task: for 10 s', () => {
    expect(freshUntil(answerOf(null), clock)).toBe(10 * seconds);
  });

  test('from when the vendor was last asked, though its answer was not believed', () => {
    const answer = answerOf(snapshotOf('RUNNING'), -days, { checkedAt: 0 });
    expect(freshUntil(answer, clock)).toBe(2 * seconds);
  });

  test('until a minute before the first address expires', () => {
    const outputs = [
      outputOf(),
      outputOf({ urlExpiresAt: iso(5 * minutes) }),
      outputOf({ urlExpiresAt: iso(3 * minutes) }),
    ];
    const answer = answerOf(snapshotOf('SUCCEEDED', { outputs }));
    expect(freshUntil(answer, clock)).toBe(3 * minutes - 60 * seconds);
  });

  test('for 2 s even when its address is as good as expired: asking more often gives no better one', () => {
    for (const expiresAt of [-days, 0, 61 * seconds]) {
      const outputs = [outputOf({ urlExpiresAt: iso(expiresAt) })];
      expect(freshUntil(answerOf(snapshotOf('SUCCEEDED', { outputs })), clock)).toBe(2 * seconds);
    }
  });

  test('no longer for an address that expires late', () => {
    const outputs = [outputOf({ urlExpiresAt: iso(365 * days) })];
    expect(freshUntil(answerOf(snapshotOf('RUNNING', { outputs })), clock)).toBe(2 * seconds);
  });

  test('though outputs are unknown', () => {
    expect(freshUntil(answerOf(snapshotOf('FAILED', { outputs: null })), clock)).toBe(30 * days);
  });

  test('until its repetition is due, when the vendor took it back', () => {
    const answer = answerOf(snapshotOf('SUCCEEDED'), -days, { checkedAt: 0, contradictedAt: 0 });
    expect(freshUntil(answer, clock)).toBe(60 * seconds);
  });
});

describe('An answer may be shown, marked stale,', () => {
  test('for five minutes from when it was given, while the task is not final', () => {
    expect(graceMs).toBe(5 * minutes);
    for (const status of ['RUNNING', 'QUEUED', 'UNKNOWN', null] as const) {
      const answer = answerOf(snapshotOf(status), 0, { checkedAt: minutes });
      expect(showableUntil(answer)).toBe(5 * minutes);
    }
  });

  test.each(finalStatuses)('for thirty days when it is %s', (status) => {
    expect(showableUntil(answerOf(snapshotOf(status)))).toBe(30 * days);
  });

  test('never when it is that there is no such task', () => {
    expect(showableUntil(answerOf(null))).toBe(Number.NEGATIVE_INFINITY);
  });
});
