import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { LookupError } from '../errors.ts';
import type { Task } from '../task.ts';
import type { TaskRef } from '../task-id.ts';
import { type Entry, toProblemTask, toTask } from './entry.ts';
import { failureBackoffMs, freshUntil, keepMsOf, showableUntil } from './freshness.ts';

/** What this process remembers of a task: the answer to give, and until when it needs no looking after. */
export interface Memory {
  readonly task: Task;
  /** Milliseconds since 1970. */
  readonly restsUntil: number;
  /** The last that the vendor said, if it ever answered. */
  readonly entry: Entry | undefined;
}

/** The answers this process has given, each a value that is replaced whole. */
export interface TaskMemory {
  recall(id: string): Memory | undefined;
  /** Remembers what the vendor said. */
  keep(ref: TaskRef, entry: Entry): Task;
  /** Remembers an entry that is past its freshness; for `restMs` nobody need try to renew it. */
  keepStale(ref: TaskRef, entry: Entry, restMs: number): Task;
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

  const keepStale = (ref: TaskRef, entry: Entry, restMs: number): Task => {
    const pollMs = Math.ceil(Math.max(failureBackoffMs, backlogMs(ref)));
    return set(ref, { task: toTask(ref, entry, true, pollMs), restsUntil: clock.now() + restMs, entry });
  };

  return {
    recall: (id) => memories.get(id),
    keep: (ref, entry) => {
      const pollMs = Math.ceil(Math.max(keepMsOf(entry.snapshot), backlogMs(ref)));
      return set(ref, {
        task: toTask(ref, entry, false, pollMs),
        restsUntil: freshUntil(entry, 'memory'),
        entry,
      });
    },
    keepStale,
    keepFailure: (ref, error, restMs, last) => {
      if (last && clock.now() < showableUntil(last)) return keepStale(ref, last, restMs);
      return set(ref, { task: toProblemTask(ref, error), restsUntil: clock.now() + restMs, entry: last });
    },
  };
};
