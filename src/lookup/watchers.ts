import type { Clock } from '../clock.ts';
import { InvalidInputError } from '../errors.ts';
import type { Task } from '../task.ts';
import type { TaskRef } from '../task-id.ts';
import type { Lookup } from './lookup.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

/** Follows tasks for those who want to be told of changes. */
export interface Watchers {
  /**
   * Each task as it is now, then each change of it; done when none can change any more.
   * @throws InvalidInputError when as many tasks are followed as this process can follow
   */
  watch(refs: readonly TaskRef[]): AsyncIterableIterator<Task, undefined>;
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
  readonly mailbox: Mailbox<Task>;
  /** Tasks that can still change. */
  readonly open: Set<string>;
}

/** Bounds memory and the work of looking: whoever comes later can poll. */
const mostWatched = 10_000;

/** A task is not looked up more often than this for those who watch it, whatever its answer says. */
const shortestPauseMs = 250;

/** One watcher a task in this process, paced by the task's own `nextPollAfterMs`. */
export const createWatchers = (lookup: Lookup, clock: Clock): Watchers => {
  const watchers = new Map<string, Watcher>();
  const readers = new Set<Reader>();

  const finish = (reader: Reader, id: string): void => {
    reader.open.delete(id);
    if (reader.open.size === 0) reader.mailbox.end();
  };

  const tell = (watcher: Watcher, task: Task): void => {
    const content = toContent(task);
    if (watcher.last?.content === content) return;
    watcher.last = { task, content };
    for (const { mailbox } of watcher.readers) mailbox.put(task.id, task);
  };

  const follow = async (watcher: Watcher): Promise<void> => {
    while (watcher.readers.size > 0) {
      const task = await lookup.find(watcher.ref);
      tell(watcher, task);
      if (task.nextPollAfterMs === null) break;
      await clock.sleep(Math.max(shortestPauseMs, task.nextPollAfterMs));
    }
  };

  const start = (ref: TaskRef): Watcher => {
    const watcher: Watcher = { ref, readers: new Set(), last: undefined };
    watchers.set(ref.id, watcher);
    return watcher;
  };

  const run = async (watcher: Watcher): Promise<void> => {
    const { id } = watcher.ref;
    try {
      await follow(watcher);
    } catch (error) {
      for (const { mailbox } of watcher.readers)
        mailbox.end(error instanceof Error ? error : new Error(String(error)));
    } finally {
      watchers.delete(id);
      for (const reader of watcher.readers) finish(reader, id);
    }
  };

  const join = (reader: Reader, ref: TaskRef): void => {
    const known = watchers.get(ref.id);
    const watcher = known ?? start(ref);
    watcher.readers.add(reader);
    if (watcher.last) reader.mailbox.put(ref.id, watcher.last.task);
    if (!known) void run(watcher);
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
    close: () => {
      for (const { mailbox } of readers) mailbox.end();
    },
  };
};

/** What makes a change worth telling; when it was asked about does not. */
const toContent = ({ status, vendorStatus, progress, outputs, failure, problem }: Task): string =>
  JSON.stringify([status, vendorStatus, progress, outputs, failure, problem?.code]);
