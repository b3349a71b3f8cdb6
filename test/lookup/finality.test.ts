import { describe, expect, test } from '@jest/globals';
import { toSettledEntry } from '../../src/lookup/finality.ts';
import { freshUntil } from '../../src/lookup/freshness.ts';
import { dawn } from '../support/fake-clock.ts';
import { entryOf, finalStatuses, snapshotOf } from './builders.ts';

const minute = 60_000;
const succeeded = entryOf(snapshotOf('SUCCEEDED'));
const running = snapshotOf('RUNNING');

describe('What is remembered after an answer', () => {
  test.each([undefined, entryOf(null), entryOf(running)])(
    'is the answer, unless the last was final',
    (last) => {
      for (const snapshot of [running, snapshotOf('SUCCEEDED'), null]) {
        expect(toSettledEntry(last, snapshot, dawn + 5)).toEqual(entryOf(snapshot, dawn + 5));
      }
    },
  );

  test.each(finalStatuses)('stays %s when the vendor says once that the task is running', (status) => {
    const last = entryOf(snapshotOf(status));
    const settled = toSettledEntry(last, running, dawn + 5);
    expect(settled).toEqual({ ...last, checkedAt: dawn + 5, contradictedAt: dawn + 5 });
  });

  test.each(['QUEUED', 'RUNNING', 'UNKNOWN'] as const)('stays final against %s', (status) => {
    expect(toSettledEntry(succeeded, snapshotOf(status), dawn + 5).snapshot).toBe(succeeded.snapshot);
  });

  test('stays final when the vendor repeats it within a minute, however often', () => {
    let entry = succeeded;
    for (let second = 1; second <= 60; second++) {
      entry = toSettledEntry(entry, running, dawn + second * 1_000);
      expect(entry.snapshot).toBe(succeeded.snapshot);
    }
  });

  test('moves back when the vendor says so again a minute later', () => {
    const doubted = toSettledEntry(succeeded, running, dawn);
    expect(toSettledEntry(doubted, running, dawn + minute)).toEqual(entryOf(running, dawn + minute));
  });

  test('is beyond doubt again when the vendor takes back that it took it back', () => {
    const doubted = toSettledEntry(succeeded, running, dawn);
    const settled = toSettledEntry(doubted, snapshotOf('SUCCEEDED'), dawn + 1_000);
    expect(settled.contradictedAt).toBeUndefined();
    expect(toSettledEntry(settled, running, dawn + 2 * minute).snapshot?.status).toBe('SUCCEEDED');
  });

  test('is the newer of two final answers', () => {
    const again = snapshotOf('SUCCEEDED', { outputs: [] });
    expect(toSettledEntry(succeeded, again, dawn + 5)).toEqual(entryOf(again, dawn + 5));
  });

  test('survives the memory of the vendor: a final task that it forgot keeps its answer and its age', () => {
    const settled = toSettledEntry(succeeded, null, dawn + 5);
    expect(settled).toEqual({ ...succeeded, checkedAt: dawn + 5 });
  });

  test('costs nothing when the vendor, having taken it back once, forgot the task', () => {
    const doubted = toSettledEntry(succeeded, running, dawn);
    const forgotten = toSettledEntry(doubted, null, dawn + 2 * minute);
    expect(freshUntil(forgotten, 'memory') - (dawn + 2 * minute)).toBe(10 * minute);
  });
});
