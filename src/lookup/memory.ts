import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.ts';
import type { LookupError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import { type Entry, toProblemTask, toTask } from './entry.ts';
import { failureBackoffMs, freshUntil, keepMsOf, showableUntil } from './freshness.ts';

/** What this process remembers of a task: the answer to give, and until when it needs no looking after. */
export interface Memory {
  readonly task: Task;
  /** Milliseconds since 1970. */
  readonly restsUntil: number;
  /** The last that the vendor said, if it ever answered. */
  readonly entry: Entry | undefined;
  /** Why there is nothing newer, while it is too soon to try again. */
  readonly failure?: LookupError;
}

/** The answers this process has given, each a value that is replaced whole. */
export interface TaskMemory {
  recall(id: string): Memory | undefined;
  /** The answer that needs no looking after now, if there is one. */
  answer(ref: TaskRef): Task | undefined;
  /** Remembers what the vendor said; `where` it is known to be fresh decides for how long. */
  keep(ref: TaskRef, entry: Entry, where: 'memory' | 'shared'): Task;
  /** Remembers an entry that is past its freshness, and should be renewed at once. */
  keepStale(ref: TaskRef, entry: Entry): Task;
  /** Remembers a failure for `restMs`, so that it is not met again by each who asks; the last answer outweighs it. */
  keepFailure(ref: TaskRef, error: LookupError, restMs: number, last: Entry | undefined): Task;
}

/** Bounds memory: an answer takes 1 to 10 kB. */
const mostRemembered = 20_000;

/** @param backlogMs how long it takes until a task of this kind can be renewed, when many are waiting */
export const createTaskMemory = (clock: Clock, backlogMs: (ref: TaskRef) => number): TaskMemory => {
  const memories = new LRUCache<string, Memory>({ max: mostRemembered });

  const set = (ref: TaskRef, memory: Memory): Task => {
    memories.set(ref.id, memory);
    return memory.task;
  };

  const toStale = (ref: TaskRef, entry: Entry): Task =>
    toTask(ref, entry, true, Math.ceil(Math.max(failureBackoffMs, backlogMs(ref))));

  const keepFailure: TaskMemory['keepFailure'] = (ref, error, restMs, last) => {
    const now = clock.now();
    const task = last && now < showableUntil(last) ? toStale(ref, last) : toProblemTask(ref, error);
    return set(ref, { task, restsUntil: now + restMs, entry: last, failure: error });
  };

  return {
    recall: (id) => memories.get(id),
    answer: (ref) => {
      const known = memories.get(ref.id);
      const now = clock.now();
      if (!known || now >= known.restsUntil) return undefined;
      const { task, entry, failure, restsUntil } = known;
      // The failure outlasts the grace of the answer it is hidden behind.
      if (task.stale && failure && entry && now >= showableUntil(entry)) {
        return keepFailure(ref, failure, restsUntil - now, entry);
      }
      return task;
    },
    keep: (ref, entry, where) => {
      const keepMs = keepMsOf(entry.snapshot);
      // It is renewed when it is no longer fresh and its turn has come.
      const task = toTask(ref, entry, false, Math.ceil(keepMs + backlogMs(ref)));
      const restsUntil = Math.min(freshUntil(entry, where), clock.now() + keepMs);
      return set(ref, { task, restsUntil, entry });
    },
    keepStale: (ref, entry) => set(ref, { task: toStale(ref, entry), restsUntil: clock.now(), entry }),
    keepFailure,
  };
};
