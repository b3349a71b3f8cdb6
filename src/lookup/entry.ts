import { isRetryable, LookupError } from '../domain/errors.ts';
import { isFinalStatus, type Snapshot, type Task } from '../domain/task.ts';
import { type TaskRef, toIdentity } from '../domain/task-id.ts';
import type { MediaTaskProblem } from '../generated/model.ts';
import { keepMsOf } from './freshness.ts';

/** What a vendor said of a task, and when. A plain value: it is stored whole. */
export interface Entry {
  /** Null: the vendor knows no such task. */
  readonly snapshot: Snapshot | null;
  /** When the vendor gave this answer, in ms since 1970. */
  readonly fetchedAt: number;
  /** When the vendor was last asked. Later than `fetchedAt` only when it was not believed. */
  readonly checkedAt: number;
  /** When the vendor first took back that the task is final, if it has and has not repeated it. */
  readonly contradictedAt?: number;
}

/** The answer of an entry. `pollMs`: when a client should ask again, unless the task is final. */
export const toTask = (ref: TaskRef, { snapshot, fetchedAt }: Entry, stale: boolean, pollMs: number): Task =>
  snapshot
    ? {
        ...snapshot,
        ...toIdentity(ref),
        isFinal: isFinalStatus(snapshot.status),
        fetchedAt: new Date(fetchedAt).toISOString(),
        stale,
        nextPollAfterMs: isFinalStatus(snapshot.status) ? null : pollMs,
        problem: null,
      }
    : toProblemTask(ref, notFound);

/** The answer when there is none from the vendor. */
export const toProblemTask = (ref: TaskRef, error: LookupError): Task => {
  const problem = toProblem(error);
  const pollMs = problem.retryable ? (problem.retryAfterMs ?? failurePollMs) : null;
  return {
    ...toIdentity(ref),
    stale: false,
    nextPollAfterMs: problem.code === 'TASK_NOT_FOUND' ? keepMsOf(null) : pollMs,
    problem,
  };
};

/** What a client is told of a failed lookup. */
export const toProblem = ({ code, message, details }: LookupError): MediaTaskProblem => {
  const retryable = isRetryable(code);
  return {
    code,
    message,
    retryable,
    retryAfterMs: retryable ? (details.retryAfterMs ?? null) : null,
    vendorCode: details.vendorCode ?? null,
    vendorRequestId: details.vendorRequestId ?? null,
  };
};

/** When to ask again after a failure that nobody gave a time for. */
const failurePollMs = 1_000;

const notFound = new LookupError(
  'TASK_NOT_FOUND',
  'The vendor knows no such task, or does not keep it any more.',
);
