import { useCallback, useMemo } from 'react';
import { AddTask, newTaskId } from './add-task.tsx';
import { Announcer } from './announcer.tsx';
import { Filters, isShown } from './filters.tsx';
import { useLiveTasks } from './live-tasks.ts';
import { usePageState } from './page-state.ts';
import { TaskDetail } from './task-detail.tsx';
import { openButtonId, TaskTable } from './task-table.tsx';
import { Vendors } from './vendors.tsx';

export const App = () => {
  const [page, setPage] = usePageState();
  const { refs, states, isLive, mistakes } = useLiveTasks(page.tasks);
  const shown = useMemo(
    () => refs.filter((ref, index) => isShown(page, ref, states[index])),
    [refs, states, page],
  );
  const opened = refs.find(({ id }) => id === page.open);

  const open = useCallback((id: string) => setPage({ open: id }), [setPage]);
  const close = () => {
    setPage({ open: '' });
    focusSoon(openButtonId(page.open));
  };
  const remove = (id: string) => {
    setPage({ open: '', tasks: page.tasks.filter((each) => each !== id) });
    focusSoon(newTaskId);
  };
  const add = (ids: readonly string[]) => setPage({ tasks: [...ids, ...page.tasks] });

  return (
    <main className={opened ? 'with-detail' : ''}>
      <header>
        <h1>Media tasks</h1>
        <p role="status" className={isLive ? 'good' : 'warn'}>
          {isLive ? '● Live' : '▲ Not connected, asking every few seconds'}
        </p>
      </header>
      <Vendors />
      <div className="controls">
        <AddTask ids={page.tasks} onAdd={add} />
        <Filters page={page} onChange={setPage} />
      </div>
      {mistakes.map((mistake) => (
        <p key={mistake} className="bad" role="alert">
          {mistake}
        </p>
      ))}
      <TaskTable tasks={shown} total={refs.length} opened={page.open} onOpen={open} />
      {opened && <TaskDetail key={opened.id} task={opened} onClose={close} onRemove={remove} />}
      <Announcer states={states} />
    </main>
  );
};

/** On a narrow screen, what is beside the pane can be focused only after the pane is gone. */
const focusSoon = (id: string): void => {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
};
