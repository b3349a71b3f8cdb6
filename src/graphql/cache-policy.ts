import { hash, randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { TaskOutcome } from '../domain/events.ts';
import type { Job, Task } from '../domain/task.ts';

/** How long one answer may be cached and what it is about, collected while it is resolved. */
export interface CachePolicy {
  /** @param freshUntil until when it is as good as a new one, by `Clock.elapsed` */
  add(shown: Task | Job, outcome: TaskOutcome, freshUntil: number): void;
  /** The answer holds something that changes at any time. */
  forbidStorage(): void;
  /** The length of `_entities` in the answer. */
  expectEntities(count: number): void;
  /** @param index the entity's position in `_entities` */
  addEntity(index: number, id: string): void;
  /** How long the answer may be stored, in ms; undefined when the answer must not be stored: it holds no task, or one with a problem. */
  readonly maxAgeMs: number | undefined;
  /** The same for the same answers about the same tasks; another one after any of them has a new answer. */
  readonly version: string;
  /** The ids of all tasks that were looked up. */
  readonly taskIds: ReadonlySet<string>;
  /** The id of each entity by its position; undefined where a representation was malformed. */
  readonly entityIds: readonly (string | undefined)[];
}

/** A final task does not change, but caches elsewhere should not keep anything for ever, in ms. */
const maxStorageMs = 10 * 60_000;

/** Other processes count otherwise. */
const processId = randomUUID();

/** What is shown of an answer is one object until there is a new answer, so the object's number is a version. */
const versions = new WeakMap<object, number>();
let newestVersion = 0;

const versionOf = (shown: object): number => {
  const known = versions.get(shown);
  if (known !== undefined) return known;
  newestVersion += 1;
  versions.set(shown, newestVersion);
  return newestVersion;
};

/** Tasks that were waited for come in another order, and each of them once. */
const toVersion = (answered: readonly object[]): string => {
  const numbers = [...new Set(answered.map(versionOf))].sort((one, other) => one - other);
  return hash('sha1', `${processId} ${numbers}`, 'base64url');
};

/** A policy for one request, or for several that have the same answer. */
export const createCachePolicy = (clock: Pick<Clock, 'elapsed'>): CachePolicy => {
  const answered: (Task | Job)[] = [];
  const entityIds: (string | undefined)[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let isStorable = true;
  let version: string | undefined;
  return {
    entityIds,
    add: (shown, outcome, freshUntil) => {
      answered.push(shown);
      version = undefined;
      if (freshUntil < earliest) earliest = freshUntil;
      if (outcome !== 'OK' && outcome !== 'STALE') isStorable = false;
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
    get taskIds() {
      return new Set(answered.flatMap((shown) => ('provider' in shown ? shown.id : [])));
    },
    get version() {
      version ??= toVersion(answered);
      return version;
    },
    get maxAgeMs() {
      if (!isStorable || earliest === Number.POSITIVE_INFINITY) return undefined;
      return Math.min(maxStorageMs, Math.max(0, earliest - clock.elapsed()));
    },
  };
};
