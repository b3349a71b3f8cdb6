import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Task } from '../task.ts';
import type { TaskRef } from '../task-id.ts';

/** An answer and for how many milliseconds it is as good as a new one. */
export interface Entry {
  readonly task: Task;
  readonly freshMs: number;
}

/** Remembers answers, and lets callers of the same task share one flight to the vendor. */
export interface TaskCache {
  /** The answer if it is still fresh, without waiting. */
  peek(ref: TaskRef): Task | undefined;
  /** The answer if it is still fresh, else that of the flight under way, else that of a new one. Failures are shared, too. */
  fetch(ref: TaskRef): Promise<Task>;
}

/** Bounds memory: an answer takes 1 to 10 kB. */
const maxTasks = 20_000;

/**
 * A cache in this process's memory.
 * @param refresh makes a new answer; given the last one, which may be long past its freshness
 */
export const createTaskCache = (
  refresh: (ref: TaskRef, last: Task | undefined) => Promise<Entry>,
  clock: Clock,
): TaskCache => {
  const cache = new LRUCache<string, Task, TaskRef>({
    max: maxTasks,
    perf: clock,
    // The default looks at the clock once a millisecond, by a real timer.
    ttlResolution: 0,
    noDeleteOnStaleGet: true,
    noDeleteOnFetchRejection: true,
    // A flight goes on when its place is needed for another: its callers are still waiting.
    ignoreFetchAbort: true,
    allowStaleOnFetchAbort: true,
    fetchMethod: async (_id, last, { options, context }) => {
      const { task, freshMs } = await refresh(context, last);
      options.ttl = freshMs;
      return task;
    },
  });
  return {
    peek: ({ id }) => cache.get(id),
    fetch: (ref) => cache.forceFetch(ref.id, { context: ref }),
  };
};
