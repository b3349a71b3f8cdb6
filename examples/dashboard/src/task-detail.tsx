import { useQuery } from '@apollo/client/react';
import { Fields } from './fields.tsx';
import { TaskDocument } from './gql/graphql.ts';
import type { LiveTask } from './live-tasks.ts';
import { changePage, removeTask } from './page.ts';
import { Result } from './result.tsx';
import { Asked, Status } from './status.tsx';
import { vendorNames } from './words.ts';

/** How often the pane asks anew while the task can change, in ms. The server answers from memory. */
const renewMs = 2_000;

/** All that is known of one task: what its row has, the vendor's own fields, and the jobs where there are some. */
export const TaskDetail = ({ task }: { readonly task: LiveTask }) => {
  const { id, provider, isFinal, problem } = task;
  const { data } = useQuery(TaskDocument, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
    pollInterval: isFinal ? 0 : renewMs,
  });
  const own = data?.mediaTask;
  const vendorRequestId = own?.vendorRequestId ?? problem?.vendorRequestId;
  const jobs = own?.__typename === 'AliyunTranscodeTask' ? own.jobs : null;
  return (
    <dialog ref={showModal} closedby="any" aria-labelledby="detail-heading" onClose={close}>
      <form method="dialog">
        <button type="submit">Close</button>
        <button type="submit" onClick={() => removeTask(id)}>
          Remove
        </button>
      </form>
      <h2 id="detail-heading">{id}</h2>
      <Status task={task} />
      <p>
        {vendorNames[provider]}, asked: <Asked task={task} />
      </p>
      <Result task={task} />
      <Fields of={{ ...own, vendorRequestId, id: null, jobs: null }} />
      {jobs?.map(({ definition, status, progress, ...job }) => (
        <details key={job.transcodeJobId}>
          <summary>
            {definition ?? job.transcodeJobId} <Status task={{ status, progress }} />
          </summary>
          <Fields of={job} />
        </details>
      ))}
    </dialog>
  );
};

/** The browser then keeps the focus in the pane, closes it at Escape, and gives the focus back. */
const showModal = (dialog: HTMLDialogElement | null): void => dialog?.showModal();

const close = (): void => changePage({ open: '' });
