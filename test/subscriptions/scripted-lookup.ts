import type { Clock } from '../../src/domain/clock.ts';
import type { Snapshot, Task } from '../../src/domain/task.ts';
import type { TaskRef } from '../../src/domain/task-id.ts';
import { toTask } from '../../src/lookup/entry.ts';
import type { Lookup } from '../../src/lookup/lookup.ts';
import { entryOf, refOf, snapshotOf } from '../lookup/builders.ts';

/** A lookup that finds what it is told to. */
export interface ScriptedLookup extends Lookup {
  /** What is found from now on under the id of the ref. An error is thrown; a function is asked each time. */
  readonly tells: Map<string, Task | Error | (() => Task | Promise<Task>)>;
  /** When each id was looked up, by the clock. */
  readonly times: Map<string, number[]>;
}

export const createScriptedLookup = (clock: Pick<Clock, 'now'>): ScriptedLookup => {
  const tells: ScriptedLookup['tells'] = new Map();
  const times: ScriptedLookup['times'] = new Map();
  return {
    tells,
    times,
    find: async ({ id }) => {
      times.set(id, [...(times.get(id) ?? []), clock.now()]);
      const told = tells.get(id);
      if (told === undefined) throw new Error(`Nobody said what to find under ${id}.`);
      if (told instanceof Error) throw told;
      return typeof told === 'function' ? told() : told;
    },
    freshUntil: () => 0,
  };
};

/** A task at ZEGO as the lookup answers it. */
export const taskOf = (
  taskId: string,
  status: NonNullable<Snapshot['status']> = 'RUNNING',
  fields: Partial<Task> = {},
  ref: TaskRef = refOf(taskId),
): Task => ({ ...toTask(ref, entryOf(snapshotOf(status)), false, 1_000), ...fields });
