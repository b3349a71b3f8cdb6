import type { Task } from '../task.ts';

/** Adds up, over the tasks of one answer, how long the answer may be kept and what it is about. */
export interface CacheTally {
  /** @param freshUntil in ms since 1970 */
  countTask(task: Task, freshUntil: number): void;
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
  let hasProblem = false;
  return {
    ids,
    entityIds,
    countTask: ({ id, problem }, freshUntil) => {
      ids.add(id);
      earliest = Math.min(earliest, freshUntil);
      hasProblem ||= problem !== null;
    },
    expectEntities: (count) => {
      entityIds.length = count;
    },
    countEntity: (place, id) => {
      entityIds[place] = id;
    },
    get keepUntil() {
      return hasProblem || ids.size === 0 ? undefined : earliest;
    },
  };
};
