import type { Task } from '../../src/domain/task.ts';
import { createWatchers } from '../../src/subscriptions/followers.ts';
import { refOf } from '../lookup/builders.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { createScriptedLookup } from './scripted-lookup.ts';

/** Watchers with a clock that moves when told to, above a lookup that finds what it is told to. */
export const openWatchers = () => {
  const clock = createFakeClock();
  const lookup = createScriptedLookup(clock);
  const watchers = createWatchers(lookup, clock);
  /** Follows tasks from now on; `states` and `ending` tell what has come of it so far. */
  const watch = (...taskIds: string[]) => {
    const stream = watchers.watch(taskIds.map((taskId) => refOf(taskId)));
    const tasks: Task[] = [];
    const reading = { ending: 'none' };
    const read = async () => {
      for await (const letter of stream) {
        if (letter instanceof Error) throw letter;
        tasks.push(letter);
      }
    };
    read().then(
      () => {
        reading.ending = 'done';
      },
      (error: Error) => {
        reading.ending = error.message;
      },
    );
    return {
      tasks,
      reading,
      states: () => tasks.map(({ status, progress }) => [status, progress]),
      leave: () => stream.return?.(),
    };
  };
  const tell = (taskId: string, task: Task | Error | (() => Task)) =>
    lookup.tells.set(refOf(taskId).id, task);
  const lookedUpAt = (taskId: string) => (lookup.times.get(refOf(taskId).id) ?? []).map((at) => at - dawn);
  return { clock, lookup, watchers, watch, tell, lookedUpAt };
};
