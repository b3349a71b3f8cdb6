import { useFragment, useQuery } from '@apollo/client/react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Ago } from './clock.tsx';
import { Fields } from './fields.tsx';
import type { AskTaskQuery } from './gql/graphql.ts';
import type { TaskRef } from './live-tasks.ts';
import { askTask, taskState } from './operations.ts';
import { Outputs } from './outputs.tsx';
import { Progress, Reason, Status } from './task-parts.tsx';
import { kindNames, toLabel, vendorNames } from './words.ts';

/** How often the pane asks anew while the task can change, in ms. The server answers from memory. */
const renewMs = 2_000;

interface Props {
  readonly task: TaskRef;
  readonly onClose: () => void;
  readonly onRemove: (id: string) => void;
}

/** All that is known of one task: what all vendors have, then the vendor's own fields. */
export const TaskDetail = ({ task: ref, onClose, onRemove }: Props) => {
  const state = useFragment({ fragment: taskState, from: ref });
  const { data } = useQuery(askTask, {
    variables: { id: ref.id },
    fetchPolicy: 'cache-and-network',
    pollInterval: state.data.isFinal ? 0 : renewMs,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const closeOnEscape = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') onClose();
  };
  return (
    <section className="detail card" aria-labelledby="detail-heading" onKeyDown={closeOnEscape}>
      <div className="bar">
        <button type="button" onClick={onClose}>
          Close
        </button>
        <button type="button" onClick={() => onRemove(ref.id)}>
          Remove from this page
        </button>
      </div>
      <h2 id="detail-heading" ref={heading} tabIndex={-1}>
        {ref.id}
      </h2>
      {data?.mediaTask ? <CommonFields task={data.mediaTask} /> : <p className="quiet">Asking …</p>}
      {data?.own && <OwnFields own={data.own} />}
    </section>
  );
};

const CommonFields = ({ task }: { readonly task: NonNullable<AskTaskQuery['mediaTask']> }) => {
  const { kind, problem, vendorStatus, createdAt, startedAt, finishedAt } = task;
  const requestId = task.vendorRequestId ?? problem?.vendorRequestId;
  return (
    <>
      <p>
        <Status task={task} /> <Progress task={task} />
      </p>
      <p className="quiet">
        {vendorNames[task.provider]}
        {kind && `, ${kindNames[kind]}`}
        {task.fetchedAt && ', asked '}
        {task.fetchedAt && <Ago since={task.fetchedAt} />}
      </p>
      {task.stale && <p className="warn">Stale: the vendor could not be asked again in time.</p>}
      <Reason task={task} />
      {task.outputs && <Outputs outputs={task.outputs} />}
      <Fields of={{ problem: problem?.code, vendorStatus, createdAt, startedAt, finishedAt, requestId }} />
    </>
  );
};

const OwnFields = ({ own }: { readonly own: NonNullable<AskTaskQuery['own']> }) => {
  const jobs = own.__typename === 'AliyunTranscodeTask' ? own.jobs : null;
  return (
    <>
      <h3>{toLabel(own.__typename)}</h3>
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
