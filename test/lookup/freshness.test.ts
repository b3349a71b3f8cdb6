import { describe, expect, test } from '@jest/globals';
import type { MediaTaskStatus } from '../../src/generated/model.ts';
import { freshUntil, graceMs, keepMsOf, showableUntil } from '../../src/lookup/freshness.ts';
import { dawn } from '../support/fake-clock.ts';
import { entryOf, finalStatuses, outputOf, snapshotOf } from './builders.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const days = 24 * 60 * minutes;

/** The table of issue 3, point 3. */
const table: readonly (readonly [MediaTaskStatus | null, number, number])[] = [
  ['RUNNING', 2 * seconds, 2 * seconds],
  ['QUEUED', 5 * seconds, 5 * seconds],
  ['UNKNOWN', 2 * seconds, 2 * seconds],
  [null, 2 * seconds, 2 * seconds],
  ['SUCCEEDED', 10 * minutes, 30 * days],
  ['PARTIALLY_SUCCEEDED', 10 * minutes, 30 * days],
  ['FAILED', 10 * minutes, 30 * days],
  ['CANCELED', 10 * minutes, 30 * days],
];

const iso = (moment: number): string => new Date(moment).toISOString();

describe('An answer is fresh', () => {
  test.each(table)(
    'when the task is %s: for %i ms in memory, %i ms in Redis',
    (status, memoryMs, sharedMs) => {
      const entry = entryOf(snapshotOf(status));
      expect(freshUntil(entry, 'memory')).toBe(dawn + memoryMs);
      expect(freshUntil(entry, 'shared')).toBe(dawn + sharedMs);
      expect(keepMsOf(entry.snapshot)).toBe(memoryMs);
    },
  );

  test('when the vendor knows no such task: for 10 s', () => {
    expect(freshUntil(entryOf(null), 'memory')).toBe(dawn + 10 * seconds);
    expect(freshUntil(entryOf(null), 'shared')).toBe(dawn + 10 * seconds);
    expect(keepMsOf(null)).toBe(10 * seconds);
  });

  test('from when the vendor was last asked, though its answer was not believed', () => {
    const entry = entryOf(snapshotOf('SUCCEEDED'), dawn - days, { checkedAt: dawn });
    expect(freshUntil(entry, 'memory')).toBe(dawn + 10 * minutes);
  });

  test.each(['memory', 'shared'] as const)(
    'in %s until a minute before the first address expires',
    (where) => {
      const outputs = [
        outputOf(),
        outputOf({ urlExpiresAt: iso(dawn + 5 * minutes) }),
        outputOf({ urlExpiresAt: iso(dawn + 3 * minutes) }),
      ];
      const entry = entryOf(snapshotOf('SUCCEEDED', { outputs }));
      expect(freshUntil(entry, where)).toBe(dawn + 3 * minutes - 60 * seconds);
    },
  );

  test('for 2 s even when its address is as good as expired: asking more often gives no better one', () => {
    for (const expiresAt of [dawn - days, dawn, dawn + 61 * seconds]) {
      const entry = entryOf(
        snapshotOf('SUCCEEDED', { outputs: [outputOf({ urlExpiresAt: iso(expiresAt) })] }),
      );
      expect(freshUntil(entry, 'shared')).toBe(dawn + 2 * seconds);
    }
  });

  test('no longer for an address that expires late', () => {
    const outputs = [outputOf({ urlExpiresAt: iso(dawn + 365 * days) })];
    expect(freshUntil(entryOf(snapshotOf('RUNNING', { outputs })), 'memory')).toBe(dawn + 2 * seconds);
  });

  test('though outputs are unknown', () => {
    expect(freshUntil(entryOf(snapshotOf('FAILED', { outputs: null })), 'memory')).toBe(dawn + 10 * minutes);
  });

  test.each(['memory', 'shared'] as const)('in %s until its repetition is due, when taken back', (where) => {
    const entry = entryOf(snapshotOf('SUCCEEDED'), dawn - days, { checkedAt: dawn, contradictedAt: dawn });
    expect(freshUntil(entry, where)).toBe(dawn + 60 * seconds);
  });
});

describe('An answer may be shown, marked stale,', () => {
  test('for five minutes from when it was given, while the task is not final', () => {
    expect(graceMs).toBe(5 * minutes);
    for (const status of ['RUNNING', 'QUEUED', 'UNKNOWN', null] as const) {
      const entry = entryOf(snapshotOf(status), dawn, { checkedAt: dawn + minutes });
      expect(showableUntil(entry)).toBe(dawn + 5 * minutes);
    }
  });

  test.each(finalStatuses)('for thirty days when it is %s', (status) => {
    expect(showableUntil(entryOf(snapshotOf(status)))).toBe(dawn + 30 * days);
  });

  test('never when it is that there is no such task', () => {
    expect(showableUntil(entryOf(null))).toBe(0);
  });
});
