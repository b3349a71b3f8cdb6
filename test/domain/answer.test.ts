import { describe, expect, test } from '@jest/globals';
import { toSettledAnswer } from '../../src/domain/answer.ts';
import { answerOf, finalStatuses, snapshotOf } from '../lookup/builders.ts';

const minute = 60_000;
const succeeded = answerOf(snapshotOf('SUCCEEDED'));
const running = snapshotOf('RUNNING');

describe('What is remembered after an answer', () => {
  test.each([undefined, answerOf(null), answerOf(running)])(
    'is the answer, unless the last was final',
    (last) => {
      for (const snapshot of [running, snapshotOf('SUCCEEDED'), null]) {
        expect(toSettledAnswer(last, snapshot, 5)).toEqual(answerOf(snapshot, 5));
      }
    },
  );

  test.each(finalStatuses)('stays %s when one answer contradicts it', (status) => {
    const last = answerOf(snapshotOf(status));
    const settled = toSettledAnswer(last, running, 5);
    expect(settled).toEqual({ ...last, checkedAt: 5, contradictedAt: 5 });
  });

  test.each(['QUEUED', 'RUNNING', 'UNKNOWN'] as const)('stays final against %s', (status) => {
    expect(toSettledAnswer(succeeded, snapshotOf(status), 5).content).toBe(succeeded.content);
  });

  test('stays final when the vendor repeats it within a minute, however often', () => {
    let answer = succeeded;
    for (let second = 1; second <= 60; second++) {
      answer = toSettledAnswer(answer, running, second * 1_000);
      expect(answer.content).toBe(succeeded.content);
    }
  });

  test('is given up when the vendor repeats the contradiction a minute later', () => {
    const doubted = toSettledAnswer(succeeded, running, 0);
    expect(toSettledAnswer(doubted, running, minute)).toEqual(answerOf(running, minute));
  });

  test('is beyond doubt again when the vendor takes back that it took it back', () => {
    const doubted = toSettledAnswer(succeeded, running, 0);
    const settled = toSettledAnswer(doubted, snapshotOf('SUCCEEDED'), 1_000);
    expect(settled.contradictedAt).toBeUndefined();
    expect(toSettledAnswer(settled, running, 2 * minute).content?.status).toBe('SUCCEEDED');
  });

  test('is the newer of two final answers', () => {
    const again = snapshotOf('SUCCEEDED', { outputs: [] });
    expect(toSettledAnswer(succeeded, again, 5)).toEqual(answerOf(again, 5));
  });

  test('survives the memory of the vendor: a final task that it forgot keeps its answer and its age', () => {
    const settled = toSettledAnswer(succeeded, null, 5);
    expect(settled).toEqual({ ...succeeded, checkedAt: 5 });
  });
});
