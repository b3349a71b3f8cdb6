import { AddTask } from './add-task.tsx';
import { Filter, isShown } from './filters.tsx';
import { useLiveTasks } from './live-tasks.ts';
import { usePage } from './page.ts';
import { TaskDetail } from './task-detail.tsx';
import { TaskTable } from './task-table.tsx';
import { Vendors } from './vendors.tsx';

export const App = () => {
  const page = usePage();
  const { tasks, isLive, mistake } = useLiveTasks(page.tasks);
  const opened = tasks.find(({ id }) => id === page.open);
  return (
    <>
      <header>
        <h1>Media tasks</h1>
        <p role="status" className="badge" data-state={isLive ? 'CLOSED' : 'HALF_OPEN'}>
          {isLive ? 'Live' : 'Not connected, asking every second'}
        </p>
      </header>
      <main>
        <Vendors />
        <div className="controls">
          <AddTask />
          <Filter of="vendor" page={page} />
          <Filter of="status" page={page} />
        </div>
        {mistake && (
          <p className="mistake" role="alert">
            {mistake}
          </p>
        )}
        <TaskTable tasks={tasks.filter((task) => isShown(page, task))} />
      </main>
      {opened && <TaskDetail key={opened.id} task={opened} />}
    </>
  );
};
