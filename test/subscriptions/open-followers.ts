import type { Task } from '../../src/domain/task.ts';
import { createFollowers, type WhenTime } from '../../src/subscriptions/followers.ts';
import { refOf } from '../lookup/builders.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { createScriptedLookup } from './scripted-lookup.ts';

/** Followers with a manual clock and a scripted lookup. */
export const openFollowers = (whenTime?: WhenTime) => {
  const clock = createFakeClock();
  const lookup = createScriptedLookup(clock);
  const followers = createFollowers(lookup, clock, undefined, whenTime);
  /** Follows tasks from now on; `states` and `ending` have the results so far. */
  const follow = (...taskIds: string[]) => {
    const stream = followers.follow(taskIds.length, () => taskIds.map((taskId) => refOf(taskId)));
    const tasks: Task[] = [];
    const reading = { ending: 'none' };
    const read = async () => {
      for await (const item of stream) {
        if (item instanceof Error) throw item;
        tasks.push(item);
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
      unsubscribe: () => stream.return?.(),
    };
  };
  const setTask = (taskId: string, task: Task | Error | (() => Task)) =>
    lookup.finds.set(refOf(taskId).id, task);
  const lookedUpAt = (taskId: string) => (lookup.times.get(refOf(taskId).id) ?? []).map((at) => at - dawn);
  return { clock, lookup, followers, follow, setTask, lookedUpAt };
};
