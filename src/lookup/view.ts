import type { Answer, Content } from '../domain/answer.ts';
import { isRetryable, LookupError } from '../domain/errors.ts';
import { freshMsOf } from '../domain/freshness.ts';
import type { JobKind } from '../domain/provider.ts';
import { isFinalStatus, type Job, type Snapshot, type Task } from '../domain/task.ts';
import { type TaskRef, toIdentity } from '../domain/task-id.ts';
import type { MediaTaskProblem } from '../generated/model.ts';

/** The metadata of an answer. */
export interface Showing {
  /** When the vendor gave it, ISO 8601. */
  readonly fetchedAt: string;
  readonly stale: boolean;
  /** In how many milliseconds there can be a newer one. May count down. */
  readonly nextPollAfterMs: number;
}

/** How answers and errors become objects of the graph: tasks, or jobs. */
export interface View<Ref, Shown> {
  readonly typename: string;
  /** Whether the type has a `stale` field. Without one, nothing is shown past its freshness. */
  readonly canBeStale: boolean;
  toId(ref: Ref): string;
  fromContent(ref: Ref, content: Content, showing: Showing): Shown;
  /** @param showing of the answer that the vendor knows no such task */
  fromError(ref: Ref, error: LookupError, showing?: Showing): Shown;
  readonly notFound: LookupError;
}

/** The object for an answer: its content, or the problem that the vendor knows no such task. */
export const showAnswer = <Ref, Shown>(
  view: View<Ref, Shown>,
  ref: Ref,
  { content }: Answer,
  showing: Showing,
): Shown => (content ? view.fromContent(ref, content, showing) : view.fromError(ref, view.notFound, showing));

/** Tasks of one provider. */
export const createTaskView = (typename: string): View<TaskRef, Task> => ({
  typename,
  canBeStale: true,
  toId: ({ id }) => id,
  fromContent: (ref, content, showing) => {
    const { fetchedAt, stale } = showing;
    const isFinal = isFinalStatus(content.status);
    // The content of a task's answer is a whole snapshot: `FetchTask` returns nothing else.
    const snapshot = content as Snapshot;
    return {
      ...snapshot,
      ...toIdentity(ref),
      progress: snapshot.progress ?? (content.status === 'SUCCEEDED' ? 100 : null),
      isFinal,
      fetchedAt,
      stale,
      get nextPollAfterMs() {
        return isFinal ? null : showing.nextPollAfterMs;
      },
      problem: null,
    };
  },
  fromError: (ref, error, showing) => {
    const problem = toProblem(error);
    const retryMs = problem.retryable ? (problem.retryAfterMs ?? failurePollMs) : null;
    return {
      ...toIdentity(ref),
      stale: false,
      get nextPollAfterMs() {
        return showing?.nextPollAfterMs ?? (problem.code === 'TASK_NOT_FOUND' ? freshMsOf(null) : retryMs);
      },
      problem,
    };
  },
  notFound: new LookupError('TASK_NOT_FOUND', 'The vendor knows no such task, or does not keep it any more.'),
});

/** Jobs of one kind; a job is referred to by its id. */
export const createJobView = ({ typename, keyField }: JobKind): View<string, Job> => ({
  typename,
  canBeStale: false,
  toId: (id) => id,
  // The provider's jobs are whole but for the type by which entities are told apart.
  fromContent: (_id, content) => ({ ...(content as unknown as Job), __typename: typename }),
  fromError: (id, error) => ({
    __typename: typename,
    [keyField]: id,
    status: null,
    problem: toProblem(error),
  }),
  notFound: new LookupError('TASK_NOT_FOUND', 'The vendor knows no such job, or does not keep it any more.'),
});

/** The `problem` for a failed lookup. */
export const toProblem = ({ code, message, details }: LookupError): MediaTaskProblem => {
  const retryable = isRetryable(code);
  return {
    code,
    message,
    retryable,
    retryAfterMs: retryable && details.retryAfterMs !== undefined ? Math.ceil(details.retryAfterMs) : null,
    vendorCode: details.vendorCode ?? null,
    vendorRequestId: details.vendorRequestId ?? null,
  };
};

/** When to ask again after a failure without a known delay. */
const failurePollMs = 1_000;
