import type { Job, Task } from '../domain/task.ts';

/** How long one answer may be cached and what it is about, collected while it is resolved. */
export interface CachePolicy {
  /** @param freshUntil in ms since 1970 */
  addTask(task: Task, freshUntil: number): void;
  /** @param freshUntil in ms since 1970 */
  addJob(job: Job, freshUntil: number): void;
  /** The answer holds something that changes at any time. */
  forbidStorage(): void;
  /** The length of `_entities` in the answer. */
  expectEntities(count: number): void;
  /** @param index the entity's position in `_entities` */
  addEntity(index: number, id: string): void;
  /** In ms since 1970; undefined when the answer must not be stored: it holds no task, or one with a problem. */
  readonly freshUntil: number | undefined;
  /** The ids of all tasks that were looked up. */
  readonly taskIds: ReadonlySet<string>;
  /** The id of each entity by its position; undefined where a representation was malformed. */
  readonly entityIds: readonly (string | undefined)[];
}

/** A policy for one request. */
export const createCachePolicy = (): CachePolicy => {
  const taskIds = new Set<string>();
  const entityIds: (string | undefined)[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let isStorable = true;
  const addJob: CachePolicy['addJob'] = ({ problem }, freshUntil) => {
    earliest = Math.min(earliest, freshUntil);
    isStorable &&= problem === null;
  };
  return {
    taskIds,
    entityIds,
    addJob,
    addTask: (task, freshUntil) => {
      taskIds.add(task.id);
      addJob({ status: task.status ?? null, problem: task.problem }, freshUntil);
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
    get freshUntil() {
      return isStorable && earliest !== Number.POSITIVE_INFINITY ? earliest : undefined;
    },
  };
};
