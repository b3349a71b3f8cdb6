import { memo } from 'react';
import type { LiveTask } from './live-tasks.ts';
import { changePage } from './page.ts';
import { Result } from './result.tsx';
import { Asked, Status, toState } from './status.tsx';
import { toWords, vendorNames } from './words.ts';

export const TaskTable = ({ tasks }: { readonly tasks: readonly LiveTask[] }) => (
  <table>
    <caption>
      <span role="status">{summarize(tasks)}</span>
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

/** How many tasks are in which state, which screen readers read out when it changes. */
const summarize = (tasks: readonly LiveTask[]): string => {
  const groups = [...Map.groupBy(tasks, toState)].sort(([, a], [, b]) => b.length - a.length);
  const counts = groups.map(([state, { length }]) => `${length} ${toWords(state).toLowerCase()}`);
  return [`${tasks.length} tasks`, ...counts].join(' · ');
};

/** The cache gives the same object for a task that has not changed, which is not rendered again. */
const TaskRow = memo(({ task }: { readonly task: LiveTask }) => {
  const { id, provider, kind, stale } = task;
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
      </td>
      <td>
        <Result task={task} />
      </td>
      <td>
        <Asked task={task} />
      </td>
    </tr>
  );
});
