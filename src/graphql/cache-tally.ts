import type { Job, Task } from '../domain/task.ts';

/** Adds up, over the tasks of one answer, how long the answer may be kept and what it is about. */
export interface CacheTally {
  /** @param freshUntil in ms since 1970 */
  countTask(task: Task, freshUntil: number): void;
  /** @param freshUntil in ms since 1970 */
  countJob(job: Job, freshUntil: number): void;
  /** Something in the answer is true only now. */
  keepNothing(): void;
  /** So many entities are asked for. */
  expectEntities(count: number): void;
  /** The entity that stands at this place of `_entities`. */
  countEntity(place: number, id: string): void;
  /** Milliseconds since 1970; undefined when the answer must not be kept: it holds no task, or one with a problem. */
  readonly keepUntil: number | undefined;
  /** The ids of all tasks that were looked up. */
  readonly ids: ReadonlySet<string>;
  /** The id of each entity, by its place. */
  readonly entityIds: readonly (string | undefined)[];
}

export const createCacheTally = (): CacheTally => {
  const ids = new Set<string>();
  const entityIds: (string | undefined)[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let isOfTheMoment = false;
  const countJob: CacheTally['countJob'] = ({ problem }, freshUntil) => {
    earliest = Math.min(earliest, freshUntil);
    isOfTheMoment ||= problem !== null;
  };
  return {
    ids,
    entityIds,
    countJob,
    countTask: (task, freshUntil) => {
      ids.add(task.id);
      countJob({ status: task.status ?? null, problem: task.problem }, freshUntil);
    },
    keepNothing: () => {
      isOfTheMoment = true;
    },
    expectEntities: (count) => {
      entityIds.length = count;
    },
    countEntity: (place, id) => {
      entityIds[place] = id;
    },
    get keepUntil() {
      return isOfTheMoment || earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
    },
  };
};
