import { memo } from 'react';
import { Ago } from './ago.tsx';
import type { LiveTask } from './live-tasks.ts';
import { Outputs } from './outputs.tsx';
import { changePage } from './page.ts';
import { Progress, Reason, Status } from './status.tsx';
import { Summary } from './summary.tsx';
import { toWords, vendorNames } from './words.ts';

export const TaskTable = ({ tasks }: { readonly tasks: readonly LiveTask[] }) => (
  <table className="tasks">
    <caption>
      <Summary tasks={tasks} />
    </caption>
    <thead>
      <tr>
        <th scope="col">Task</th>
        <th scope="col">Status</th>
        <th scope="col">Result</th>
        <th scope="col">Asked</th>
      </tr>
    </thead>
    <tbody>
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
    </tbody>
  </table>
);

/** The cache gives the same object for a task that has not changed, which is not rendered again. */
const TaskRow = memo(({ task }: { readonly task: LiveTask }) => {
  const { id, provider, kind, outputs, fetchedAt, stale } = task;
  return (
    <tr aria-busy={stale === undefined}>
      <th scope="row">
        <button type="button" className="link" title={id} onClick={() => changePage({ open: id })}>
          {id.split(':').slice(1).map(decodeURIComponent).join(' / ')}
        </button>
        <small>{[vendorNames[provider], kind && toWords(kind)].filter(Boolean).join(' · ')}</small>
      </th>
      <td>
        <Status task={task} />
        <Progress task={task} />
      </td>
      <td>
        <Reason task={task} />
        {outputs && <Outputs outputs={outputs} />}
      </td>
      <td>
        {fetchedAt && <Ago since={fetchedAt} />}
        {stale && <strong className="stale">stale</strong>}
      </td>
    </tr>
  );
});
