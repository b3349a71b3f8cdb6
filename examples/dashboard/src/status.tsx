import type { TaskRowFragment } from './gql/graphql.ts';
import { toWords } from './words.ts';

/** Of a task, or of one of its jobs; nothing of a task that is being asked for. */
export type Stated = Partial<
  Pick<TaskRowFragment, 'status' | 'progress' | 'failure' | 'problem' | 'nextPollAfterMs'>
>;

/** A task with a problem has no status; `ASKING`, as long as there is neither. */
export const toState = ({ status, problem }: Stated) => (problem ? 'PROBLEM' : (status ?? 'ASKING'));

/** The style sheet has a color and a sign for each state. */
export const Status = ({ task }: { readonly task: Stated }) => (
  <span className="badge" data-state={toState(task)}>
    {toWords(task.problem?.code ?? toState(task))}
  </span>
);

/** Nothing where the vendor reports no progress. */
export const Progress = ({ task }: { readonly task: Stated }) =>
  task.progress != null && (
    <span className="progress" data-state={toState(task)}>
      <progress max={100} value={task.progress} aria-label="Progress" /> {task.progress} %
    </span>
  );

/** Why a task failed, or why nothing is known of it. */
export const Reason = ({ task: { failure, problem, nextPollAfterMs } }: { readonly task: Stated }) => {
  const { message, code } = failure ?? { message: problem?.message, code: problem?.vendorCode };
  if (!failure && !problem) return null;
  return (
    <p className="reason" title={message ?? ''}>
      {message} {code && <code>{code}</code>}
      {problem && nextPollAfterMs === null && ' Not tried again.'}
    </p>
  );
};
