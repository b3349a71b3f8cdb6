import type { Clock } from '../domain/clock.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Lookup } from '../lookup/lookup.ts';
import { createMailbox, type Mailbox } from './conflating-queue.ts';

/** Follows tasks for those who want to be told of changes. */
export interface Watchers {
  /**
   * Each task as it is now, then each change of it; done when none can change any more. An error is a bug of this
   * program, and the last that is told.
   * @throws InvalidInputError when as many tasks are followed as this process can follow
   */
  watch(refs: readonly TaskRef[]): AsyncIterableIterator<Task | Error, undefined>;
  /** Tells nothing new any more. Resolves when all has been read that was waiting, or after two seconds. */
  quiet(): Promise<void>;
  /** Ends all watching, after what is waiting has been read. */
  close(): void;
}

/** One task that is followed, however many follow it. */
interface Watcher {
  readonly ref: TaskRef;
  readonly readers: Set<Reader>;
  /** What the readers know. */
  last: { readonly task: Task; readonly content: string } | undefined;
}

interface Reader {
  readonly mailbox: Mailbox<Task | Error>;
  /** Tasks that can still change. */
  readonly open: Set<string>;
}

/** Bounds memory and the work of looking: whoever comes later can poll. */
const mostWatched = 10_000;

/** A task is not looked up more often than this for those who watch it, whatever its answer says. */
const shortestPauseMs = 250;

/** How long readers are waited for who do not read. */
const quietMs = 2_000;

/** One watcher a task in this process, paced by the task's own `nextPollAfterMs`. */
export const createWatchers = (lookup: Lookup, clock: Clock): Watchers => {
  const watchers = new Map<string, Watcher>();
  const readers = new Set<Reader>();
  let isQuiet = false;

  const finish = (reader: Reader, id: string): void => {
    reader.open.delete(id);
    if (reader.open.size === 0) reader.mailbox.end();
  };

  const tell = (watcher: Watcher, task: Task): void => {
    const content = toContent(task);
    if (isQuiet || watcher.last?.content === content) return;
    watcher.last = { task, content };
    for (const { mailbox } of watcher.readers) mailbox.put(task.id, task);
  };

  const start = (ref: TaskRef): Watcher => {
    const watcher: Watcher = { ref, readers: new Set(), last: undefined };
    watchers.set(ref.id, watcher);
    return watcher;
  };

  /** Who joins after the last look finds no watcher any more, and starts another. */
  const stop = (watcher: Watcher): void => {
    watchers.delete(watcher.ref.id);
    for (const reader of watcher.readers) finish(reader, watcher.ref.id);
  };

  const follow = async (watcher: Watcher): Promise<void> => {
    try {
      while (watcher.readers.size > 0 && !isQuiet) {
        const task = await lookup.find(watcher.ref);
        tell(watcher, task);
        if (task.nextPollAfterMs === null) break;
        await clock.sleep(Math.max(shortestPauseMs, task.nextPollAfterMs));
      }
      if (!isQuiet) stop(watcher);
    } catch (error) {
      const bug = error instanceof Error ? error : new Error(String(error));
      for (const { mailbox } of watcher.readers) {
        mailbox.put('', bug);
        mailbox.end();
      }
      stop(watcher);
    }
  };

  const join = (reader: Reader, ref: TaskRef): void => {
    const known = watchers.get(ref.id);
    const watcher = known ?? start(ref);
    watcher.readers.add(reader);
    if (watcher.last) reader.mailbox.put(ref.id, watcher.last.task);
    if (!known) void follow(watcher);
  };

  return {
    watch: (refs) => {
      const distinct = new Map(refs.map((ref) => [ref.id, ref]));
      if (watchers.size + distinct.size > mostWatched) {
        throw new InvalidInputError(
          `This server follows at most ${mostWatched} tasks at once: poll instead.`,
        );
      }
      const reader: Reader = {
        open: new Set(distinct.keys()),
        mailbox: createMailbox(() => {
          readers.delete(reader);
          for (const id of distinct.keys()) watchers.get(id)?.readers.delete(reader);
        }),
      };
      readers.add(reader);
      for (const ref of distinct.values()) join(reader, ref);
      if (distinct.size === 0) reader.mailbox.end();
      return reader.mailbox;
    },
    quiet: async () => {
      isQuiet = true;
      const allRead = Promise.all([...readers].map(({ mailbox }) => mailbox.whenRead()));
      await Promise.race([allRead, clock.sleep(quietMs)]);
    },
    close: () => {
      for (const { mailbox } of readers) mailbox.end();
    },
  };
};

/** What makes a change worth telling; when it was asked about does not. */
const toContent = ({ status, vendorStatus, progress, outputs, failure, problem }: Task): string =>
  JSON.stringify([status, vendorStatus, progress, outputs, failure, problem?.code]);
