import { useFragment } from '@apollo/client/react';
import { type KeyboardEvent, memo } from 'react';
import { Ago } from './clock.tsx';
import type { TaskRef } from './live-tasks.ts';
import { taskRow } from './operations.ts';
import { Outputs } from './outputs.tsx';
import { Progress, Reason, Status } from './task-parts.tsx';
import { kindNames, vendorNames } from './words.ts';

interface Props {
  readonly tasks: readonly TaskRef[];
  /** How many tasks there are without the filters. */
  readonly total: number;
  /** The id of the task in the pane. */
  readonly opened: string;
  readonly onOpen: (id: string) => void;
}

export const openButtonId = (id: string): string => `open ${id}`;

export const TaskTable = ({ tasks, total, opened, onOpen }: Props) => (
  <div className="tasks card">
    <table>
      <caption className="quiet">
        {tasks.length} of {total} tasks
      </caption>
      <thead>
        <tr className="quiet">
          <th scope="col">Task</th>
          <th scope="col">Status</th>
          <th scope="col">Result</th>
          <th scope="col">Asked</th>
        </tr>
      </thead>
      <tbody onKeyDown={moveFocus}>
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} isOpen={task.id === opened} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  </div>
);

interface RowProps {
  readonly task: TaskRef;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
}

/** Reads its own task from the cache, so that a change renders one row. */
const TaskRow = memo(({ task: { __typename, id, provider }, isOpen, onOpen }: RowProps) => {
  const { data, complete } = useFragment({
    fragment: taskRow,
    fragmentName: 'TaskRow',
    from: { __typename, id },
  });
  const task = complete ? data : undefined;
  const [, ...key] = id.split(':');
  return (
    <tr aria-busy={!task}>
      <th scope="row">
        <button
          type="button"
          id={openButtonId(id)}
          title={id}
          aria-expanded={isOpen}
          onClick={() => onOpen(id)}
        >
          {key.map(decodeURIComponent).join(' / ')}
        </button>
        <span className="quiet">
          {vendorNames[provider]}
          {task?.kind && `, ${kindNames[task.kind]}`}
        </span>
      </th>
      <td>
        {task ? <Status task={task} /> : <span className="status quiet">Asking …</span>}
        {task && <Progress task={task} />}
      </td>
      <td>
        {task && <Reason task={task} />}
        {task?.outputs && <Outputs outputs={task.outputs} />}
      </td>
      <td className="quiet">
        {task?.fetchedAt && <Ago since={task.fetchedAt} />}
        {task?.stale && <span className="warn"> stale</span>}
      </td>
    </tr>
  );
});

/** The arrow keys go from task to task. */
const moveFocus = (event: KeyboardEvent<HTMLElement>): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('th button')];
  const current = buttons.findIndex((button) => button.closest('tr')?.contains(event.target as Node));
  event.preventDefault();
  buttons[current + step]?.focus();
};
