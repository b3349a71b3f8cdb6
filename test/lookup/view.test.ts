import { describe, expect, test } from '@jest/globals';
import type { MediaTaskProblemCode } from '../../src/generated/model.ts';
import { createTaskView, showAnswer } from '../../src/lookup/view.ts';
import { answerOf, failureOf, finalStatuses, outputOf, refOf, snapshotOf } from './builders.ts';

const ref = refOf('a b');
const identity = {
  __typename: 'ZegoMediaTask',
  id: 'zego:tencent:a%20b',
  provider: 'ZEGO',
  vendor: 'TENCENT',
  taskId: 'a b',
};
const view = createTaskView('ZegoMediaTask');
const showing = { fetchedAt: '2026-03-01T00:00:00.000Z', stale: false, nextPollAfterMs: 2_000 };

describe('A task with an answer', () => {
  test('is the snapshot, the identity and the age, without a problem', () => {
    const snapshot = snapshotOf('RUNNING', { progress: 40, outputs: [outputOf()] });
    expect(showAnswer(view, ref, answerOf(snapshot), showing)).toEqual({
      ...snapshot,
      ...identity,
      ...showing,
      isFinal: false,
      problem: null,
    });
  });

  test.each([
    ['SUCCEEDED', null, 100],
    ['SUCCEEDED', 98, 98],
    ['FAILED', 20, 20],
    ['FAILED', null, null],
    ['RUNNING', null, null],
  ] as const)('that is %s with progress %s has progress %s', (status, progress, shown) => {
    expect(showAnswer(view, ref, answerOf(snapshotOf(status, { progress })), showing)).toMatchObject({
      progress: shown,
    });
  });

  test('keeps its own identity when the snapshot has another one', () => {
    const snapshot = { ...snapshotOf('RUNNING'), id: 'another', __typename: 'Another', taskId: 'another' };
    expect(showAnswer(view, ref, answerOf(snapshot), showing)).toMatchObject(identity);
  });

  test.each(finalStatuses)('that is %s has no nextPollAfterMs', (status) => {
    expect(showAnswer(view, ref, answerOf(snapshotOf(status)), showing)).toMatchObject({
      isFinal: true,
      nextPollAfterMs: null,
    });
  });

  test('"not found" has a problem, and no field of the vendor', () => {
    const task = showAnswer(view, ref, answerOf(null), showing);
    expect(task).toEqual({
      ...identity,
      stale: false,
      nextPollAfterMs: 2_000,
      problem: expect.objectContaining({ code: 'TASK_NOT_FOUND', retryable: false, retryAfterMs: null }),
    });
  });
});

describe('A task without an answer', () => {
  test('is the identity and the problem, and nothing of a snapshot', () => {
    const details = { vendorCode: '6', vendorRequestId: 'request-9', retryAfterMs: 1_499.5 };
    expect(view.fromError(ref, failureOf('RATE_LIMITED', details))).toEqual({
      ...identity,
      stale: false,
      nextPollAfterMs: 1_500,
      problem: {
        code: 'RATE_LIMITED',
        message: 'The vendor failed: RATE_LIMITED.',
        retryable: true,
        retryAfterMs: 1_500,
        vendorCode: '6',
        vendorRequestId: 'request-9',
      },
    });
  });

  test.each<[MediaTaskProblemCode, boolean, number | null]>([
    ['RATE_LIMITED', true, 1_000],
    ['TIMEOUT', true, 1_000],
    ['UNAVAILABLE', true, 1_000],
    ['BAD_RESPONSE', true, 1_000],
    ['TASK_NOT_FOUND', false, 10_000],
    ['ACCESS_DENIED', false, null],
    ['REJECTED', false, null],
    ['PROVIDER_NOT_CONFIGURED', false, null],
  ])('because of %s: retryable %s, to be polled after %s ms', (code, retryable, nextPollAfterMs) => {
    const task = view.fromError(ref, failureOf(code));
    expect(task).toMatchObject({ nextPollAfterMs, problem: { code, retryable, retryAfterMs: null } });
  });

  test('has no retryAfterMs where waiting does not help', () => {
    const task = view.fromError(ref, failureOf('ACCESS_DENIED', { retryAfterMs: 5_000 }));
    expect(task).toMatchObject({ nextPollAfterMs: null, problem: { retryAfterMs: null } });
  });
});
