import type { TaskRowFragment } from './gql/graphql.ts';
import { Again, Ago } from './times.tsx';
import { toWords } from './words.ts';

/** Of a task, or of one of its jobs; nothing of a task that is being asked for. */
interface Props {
  readonly task: Partial<TaskRowFragment>;
}

/** A task with a problem has no status; `ASKING`, as long as there is neither. */
export const toState = ({ status, problem }: Props['task']) => (problem ? 'PROBLEM' : (status ?? 'ASKING'));

/** The style sheet has a color for each state. There is no bar where the vendor reports no progress. */
export const Status = ({ task }: Props) => (
  <div className="status" data-state={toState(task)}>
    <span className="badge">{toWords(task.problem?.code ?? toState(task))}</span>
    {task.progress != null && (
      <span>
        <progress max={100} value={task.progress} aria-label="Progress" /> {task.progress} %
      </span>
    )}
  </div>
);

/** When the vendor was asked; and if that did not bring the state of now, when it is asked again. */
export const Asked = ({ task: { fetchedAt, stale, problem, nextPollAfterMs } }: Props) => (
  <>
    {fetchedAt && <Ago since={fetchedAt} />}
    {stale && <strong className="stale">stale</strong>}
    {(stale || problem) && (
      <small>{nextPollAfterMs == null ? 'not again' : <Again ms={nextPollAfterMs} />}</small>
    )}
  </>
);
