import { describe, expect, test } from '@jest/globals';
import type { MediaTaskProblemCode } from '../../src/generated/model.ts';
import { toProblemTask, toTask } from '../../src/lookup/entry.ts';
import { dawn } from '../support/fake-clock.ts';
import { entryOf, failureOf, finalStatuses, outputOf, refOf, snapshotOf } from './builders.ts';

const ref = refOf('a b');
const identity = {
  __typename: 'ZegoMediaTask',
  id: 'zego:tencent:a%20b',
  provider: 'ZEGO',
  vendor: 'TENCENT',
  taskId: 'a b',
};

describe('The answer of an entry', () => {
  test('is the snapshot, the identity and the age, without a problem', () => {
    const snapshot = snapshotOf('RUNNING', { progress: 40, outputs: [outputOf()] });
    expect(toTask(ref, entryOf(snapshot), false, 2_000)).toEqual({
      ...snapshot,
      ...identity,
      isFinal: false,
      fetchedAt: new Date(dawn).toISOString(),
      stale: false,
      nextPollAfterMs: 2_000,
      problem: null,
    });
  });

  test("keeps the task's own identity, whatever a snapshot says of itself", () => {
    const snapshot = { ...snapshotOf('RUNNING'), id: 'another', __typename: 'Another', taskId: 'another' };
    expect(toTask(ref, entryOf(snapshot), false, 2_000)).toMatchObject(identity);
  });

  test('tells when it is stale, and how old', () => {
    expect(toTask(ref, entryOf(snapshotOf('QUEUED'), dawn - 90_000), true, 7_000)).toMatchObject({
      stale: true,
      fetchedAt: new Date(dawn - 90_000).toISOString(),
      nextPollAfterMs: 7_000,
    });
  });

  test.each(finalStatuses)('asks nobody to come back for a task that is %s', (status) => {
    expect(toTask(ref, entryOf(snapshotOf(status)), false, 2_000)).toMatchObject({
      isFinal: true,
      nextPollAfterMs: null,
    });
  });

  test('is a problem when the vendor knows no such task', () => {
    const task = toTask(ref, entryOf(null), false, 10_000);
    expect(task).toMatchObject({
      ...identity,
      stale: false,
      nextPollAfterMs: 10_000,
      problem: { code: 'TASK_NOT_FOUND', retryable: false, retryAfterMs: null },
    });
    expect(task).not.toHaveProperty('status');
    expect(task).not.toHaveProperty('fetchedAt');
  });
});

describe('The answer when there is none from the vendor', () => {
  test('is the identity and the problem, and nothing of a snapshot', () => {
    const details = { vendorCode: '6', vendorRequestId: 'request-9', retryAfterMs: 1_500 };
    expect(toProblemTask(ref, failureOf('RATE_LIMITED', details))).toEqual({
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
  ])('%s: retryable %s, to be asked again after %s ms', (code, retryable, nextPollAfterMs) => {
    const task = toProblemTask(ref, failureOf(code));
    expect(task).toMatchObject({ nextPollAfterMs, problem: { code, retryable, retryAfterMs: null } });
  });

  test('promises no use in waiting where waiting does not help', () => {
    const task = toProblemTask(ref, failureOf('ACCESS_DENIED', { retryAfterMs: 5_000 }));
    expect(task).toMatchObject({ nextPollAfterMs: null, problem: { retryAfterMs: null } });
  });
});
