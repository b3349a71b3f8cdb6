import type { Clock } from '../domain/clock.ts';
import type { Job, Task } from '../domain/task.ts';

/** How long one answer may be cached and what it is about, collected while it is resolved. */
export interface CachePolicy {
  /** @param freshForMs how long it is as good as a new one */
  addTask(task: Task, freshForMs: number): void;
  /** @param freshForMs how long it is as good as a new one */
  addJob(job: Job, freshForMs: number): void;
  /** The answer holds something that changes at any time. */
  forbidStorage(): void;
  /** The length of `_entities` in the answer. */
  expectEntities(count: number): void;
  /** @param index the entity's position in `_entities` */
  addEntity(index: number, id: string): void;
  /** How long the answer may be stored, in ms; undefined when the answer must not be stored: it holds no task, or one with a problem. */
  readonly maxAgeMs: number | undefined;
  /** The ids of all tasks that were looked up. */
  readonly taskIds: ReadonlySet<string>;
  /** The id of each entity by its position; undefined where a representation was malformed. */
  readonly entityIds: readonly (string | undefined)[];
}

/** A final task does not change, but caches elsewhere should not keep anything for ever, in ms. */
const maxStorageMs = 10 * 60_000;

/** A policy for one request. */
export const createCachePolicy = (clock: Pick<Clock, 'elapsed'>): CachePolicy => {
  const taskIds = new Set<string>();
  const entityIds: (string | undefined)[] = [];
  let freshUntil = Number.POSITIVE_INFINITY;
  let isStorable = true;
  const addJob: CachePolicy['addJob'] = ({ problem }, freshForMs) => {
    freshUntil = Math.min(freshUntil, clock.elapsed() + freshForMs);
    isStorable &&= problem === null;
  };
  return {
    taskIds,
    entityIds,
    addJob,
    addTask: (task, freshForMs) => {
      taskIds.add(task.id);
      addJob({ status: task.status ?? null, problem: task.problem }, freshForMs);
    },
    forbidStorage: () => {
      isStorable = false;
    },
    expectEntities: (count) => {
      entityIds.length = count;
    },
    addEntity: (index, id) => {
      entityIds[index] = id;
    },
    get maxAgeMs() {
      if (!isStorable || freshUntil === Number.POSITIVE_INFINITY) return undefined;
      return Math.min(maxStorageMs, Math.max(0, freshUntil - clock.elapsed()));
    },
  };
};
