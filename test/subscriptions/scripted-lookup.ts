import type { Clock } from '../../src/domain/clock.ts';
import type { LookupError } from '../../src/domain/errors.ts';
import type { Snapshot, Task } from '../../src/domain/task.ts';
import type { TaskRef } from '../../src/domain/task-id.ts';
import type { Caller, TaskLookup } from '../../src/lookup/lookup.ts';
import { createTaskView } from '../../src/lookup/view.ts';
import { refOf, snapshotOf } from '../lookup/builders.ts';
import { dawn } from '../support/fake-clock.ts';

/** A lookup whose results the test sets. */
export interface ScriptedLookup extends TaskLookup {
  /** The results by id. An error is thrown; a function is called each time. */
  readonly finds: Map<string, Task | Error | (() => Task | Promise<Task>)>;
  /** What is known and fresh, by id, for ever. */
  readonly fresh: Map<string, Task>;
  /** When each id was looked up, by the clock. */
  readonly times: Map<string, number[]>;
  /** Who asked, one entry for each lookup. */
  readonly callers: Caller[];
  /** Sends a new answer to the watchers of its task, as if another replica had fetched it. */
  push(task: Task): void;
}

export const createScriptedLookup = (clock: Pick<Clock, 'now'>): ScriptedLookup => {
  const finds: ScriptedLookup['finds'] = new Map();
  const fresh: ScriptedLookup['fresh'] = new Map();
  const times: ScriptedLookup['times'] = new Map();
  const callers: Caller[] = [];
  const watchers = new Map<string, Set<(task: Task) => void>>();
  return {
    finds,
    fresh,
    times,
    callers,
    find: async ({ id }, caller) => {
      callers.push(caller);
      times.set(id, [...(times.get(id) ?? []), clock.now()]);
      const found = finds.get(id);
      if (found === undefined) throw new Error(`The test set nothing to find under ${id}.`);
      if (found instanceof Error) throw found;
      return typeof found === 'function' ? found() : found;
    },
    newest: (id) => {
      const shown = fresh.get(id);
      const typename = shown?.__typename ?? '';
      return (
        shown && {
          typename,
          shown,
          outcome: 'OK',
          freshUntil: clock.now() + 60_000,
          get isNewest() {
            return fresh.get(id) === shown;
          },
          take: () => shown,
        }
      );
    },
    watch: ({ id }, listener) => {
      const listeners = watchers.get(id) ?? new Set();
      watchers.set(id, listeners.add(listener));
      return () => listeners.delete(listener);
    },
    push: (task) => {
      for (const listener of watchers.get(task.id) ?? []) listener(task);
    },
  };
};

const view = createTaskView('ZegoMediaTask');

/** A task at ZEGO as the lookup answers it. */
export const taskOf = (
  taskId: string,
  status: NonNullable<Snapshot['status']> = 'RUNNING',
  fields: Partial<Task> = {},
  ref: TaskRef = refOf(taskId),
): Task => ({
  ...view.fromContent(ref, snapshotOf(status), {
    fetchedAt: new Date(dawn).toISOString(),
    stale: false,
    nextPollAfterMs: 1_000,
  }),
  ...fields,
});

/** A task with a problem. */
export const problemTaskOf = (taskId: string, error: LookupError): Task =>
  view.fromError(refOf(taskId), error);
