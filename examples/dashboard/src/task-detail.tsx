import { useQuery } from '@apollo/client/react';
import { Ago } from './ago.tsx';
import { Fields } from './fields.tsx';
import { TaskDocument, type TaskQuery } from './gql/graphql.ts';
import type { LiveTask } from './live-tasks.ts';
import { Outputs } from './outputs.tsx';
import { Progress, Reason, Status } from './status.tsx';
import { toWords, vendorNames } from './words.ts';

/** How often the pane asks anew while the task can change, in ms. The server answers from memory. */
const renewMs = 2_000;

interface Props {
  readonly task: LiveTask;
  readonly onClose: () => void;
  readonly onRemove: () => void;
}

/** All that is known of one task: what all vendors have, then the vendor's own fields. */
export const TaskDetail = ({ task: { id, isFinal }, onClose, onRemove }: Props) => {
  const { data } = useQuery(TaskDocument, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
    pollInterval: isFinal ? 0 : renewMs,
  });
  return (
    <dialog ref={showModal} closedby="any" aria-labelledby="detail-heading" onClose={onClose}>
      <form method="dialog">
        <button type="submit">Close</button>
        <button type="submit" onClick={onRemove}>
          Remove
        </button>
      </form>
      <h2 id="detail-heading">{id}</h2>
      {data?.mediaTask ? <CommonFields task={data.mediaTask} /> : <p>Asking …</p>}
      {data?.own && <OwnFields own={data.own} />}
    </dialog>
  );
};

/** The browser then keeps the focus in the pane, closes it at Escape, and gives the focus back. */
const showModal = (dialog: HTMLDialogElement | null): void => dialog?.showModal();

const CommonFields = ({ task }: { readonly task: NonNullable<TaskQuery['mediaTask']> }) => {
  const { problem, vendorStatus, createdAt, startedAt, finishedAt, fetchedAt } = task;
  const requestId = task.vendorRequestId ?? problem?.vendorRequestId;
  return (
    <>
      <p>
        <Status task={task} /> <Progress task={task} />
      </p>
      {fetchedAt && (
        <p>
          <small>
            {vendorNames[task.provider]}, asked <Ago since={fetchedAt} />
          </small>
          {task.stale && (
            <strong className="stale">stale: the vendor could not be asked again in time</strong>
          )}
        </p>
      )}
      <Reason task={task} />
      {task.outputs && <Outputs outputs={task.outputs} />}
      <Fields of={{ vendorStatus, createdAt, startedAt, finishedAt, requestId }} />
    </>
  );
};

const OwnFields = ({ own }: { readonly own: NonNullable<TaskQuery['own']> }) => {
  const jobs = own.__typename === 'AliyunTranscodeTask' ? own.jobs : null;
  return (
    <>
      <h3>{toWords(own.__typename)}</h3>
      <Fields of={{ ...own, id: null, jobs: null }} />
      {jobs?.map(({ definition, status, progress, ...job }) => (
        <details key={job.transcodeJobId}>
          <summary>
            {definition ?? job.transcodeJobId} <Status task={{ status }} />{' '}
            <Progress task={{ status, progress }} />
          </summary>
          <Fields of={job} />
        </details>
      ))}
    </>
  );
};
