import { TriedAgain } from './clock.tsx';
import type { TaskRowFragment } from './gql/graphql.ts';
import { type Stated, type Words, wordsOf } from './words.ts';

/** What rows, the pane and the jobs in it have in common. */

export const Sign = ({
  words: { name, sign, tone },
  className = '',
}: {
  words: Words;
  className?: string;
}) => (
  <span className={`${tone} ${className}`}>
    <span aria-hidden="true">{sign}</span> {name}
  </span>
);

export const Status = ({ task }: { readonly task: Stated }) => (
  <Sign words={wordsOf(task)} className="status" />
);

/** Nothing where the vendor reports no progress. */
export const Progress = ({ task }: { readonly task: Stated & { readonly progress: number | null } }) =>
  task.progress !== null && (
    <span className={`progress ${wordsOf(task).tone}`}>
      <progress max={100} value={task.progress} aria-label="Progress" /> {task.progress} %
    </span>
  );

/** Why a task failed, or why nothing is known of it and when that is tried again. */
export const Reason = ({ task: { failure, problem, nextPollAt } }: { readonly task: TaskRowFragment }) => (
  <>
    {problem && (
      <p className="reason" title={problem.message}>
        {problem.message} <TriedAgain at={nextPollAt === null ? null : (problem.retryAt ?? nextPollAt)} />
        {problem.vendorCode && <code> {problem.vendorCode}</code>}
      </p>
    )}
    {failure && (
      <p className="reason" title={failure.message ?? ''}>
        {failure.message} <code>{failure.code}</code>
      </p>
    )}
  </>
);
