import type { Clock } from '../domain/clock.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { Emit } from '../domain/events.ts';
import type { Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Caller, TaskLookup } from '../lookup/lookup.ts';
import { type ConflatingQueue, createConflatingQueue } from './conflating-queue.ts';

/** Follows tasks on behalf of subscriptions. */
export interface Followers {
  /**
   * Each task as it is now, then each change of it; done when none can change any more. An error is a bug, and ends the stream.
   * @param tasks how many they are, duplicates included
   * @param read which they are: not called when there is no room for so many, so that a refusal costs little
   * @param follower whoever follows: all followers share the quota as one caller, and within it with each other
   * @throws InvalidInputError when this process cannot follow so many more tasks, and whatever `read` throws
   */
  follow(
    tasks: number,
    read: () => readonly TaskRef[],
    follower?: string,
  ): AsyncIterableIterator<Task | Error, undefined>;
  /** Stops publishing. Resolves when everything queued has been read, or after two seconds. */
  drain(): Promise<void>;
  /** Ends all streams after everything queued has been read. */
  close(): void;
}

/** Resolves when there is time to look another task up; undefined: there is. */
export type WhenTime = (caller: string) => Promise<void> | undefined;

/** A followed task, shared by all its followers. */
interface Followed {
  readonly ref: TaskRef;
  /** As the first of its followers. */
  readonly caller: Caller;
  readonly followers: Set<Follower>;
  /** What the followers have seen. */
  last: { readonly task: Task; readonly content: string } | undefined;
  isOver: boolean;
}

interface Follower {
  readonly queue: ConflatingQueue<Task | Error>;
  /** Tasks that can still change. */
  readonly open: Set<string>;
}

/** Bounds memory and lookups: further clients can poll. */
const maxFollowed = 10_000;

/** The least time between two lookups of a followed task, in ms. */
const shortestPauseMs = 250;

/** How long a shutdown waits for followers that do not read, in ms. */
const drainMs = 2_000;

/**
 * Looks up each followed task as often as its answers ask for, so that it is renewed in time, and publishes each answer
 * that arrives, including those that other callers wanted.
 */
export const createFollowers = (
  lookup: TaskLookup,
  clock: Clock,
  emit?: Emit,
  whenTime?: WhenTime,
): Followers => {
  const followed = new Map<string, Followed>();
  const followers = new Set<Follower>();
  let isDraining = false;
  const onConflated = (): void => emit?.({ kind: 'queue-conflated' });

  const publish = (entry: Followed, task: Task): void => {
    const content = toContent(task);
    if (isDraining || entry.isOver || entry.last?.content === content) return;
    entry.last = { task, content };
    for (const { queue } of entry.followers) queue.put(task.id, task);
  };

  /** A follower that joins after this starts a new entry. */
  const stop = (entry: Followed): void => {
    entry.isOver = true;
    followed.delete(entry.ref.id);
    for (const follower of entry.followers) {
      follower.open.delete(entry.ref.id);
      if (follower.open.size === 0) follower.queue.end();
    }
  };

  const fail = (entry: Followed, error: Error): void => {
    for (const { queue } of entry.followers) {
      queue.put('', error);
      queue.end();
    }
    stop(entry);
  };

  const isWanted = ({ followers, isOver }: Followed): boolean => followers.size > 0 && !isDraining && !isOver;

  const keepLooking = async (entry: Followed): Promise<void> => {
    const unwatch = lookup.watch(entry.ref, (task) => {
      publish(entry, task);
      if (task.nextPollAfterMs === null && !isDraining && !entry.isOver) stop(entry);
    });
    try {
      while (isWanted(entry)) {
        // Hundreds begin at the same time, and are looked up again at the same time.
        await whenTime?.(followersIdentity);
        if (!isWanted(entry)) break;
        const task = await lookup.find(entry.ref, entry.caller);
        publish(entry, task);
        if (task.nextPollAfterMs === null) break;
        await clock.sleep(Math.max(shortestPauseMs, task.nextPollAfterMs));
      }
      // In the same turn as the last lookup, so that no follower can join in between.
      if (!isDraining && !entry.isOver) stop(entry);
    } catch (error) {
      fail(entry, error instanceof Error ? error : new Error(String(error)));
    } finally {
      unwatch();
    }
  };

  const join = (follower: Follower, ref: TaskRef, caller: Caller): void => {
    const known = followed.get(ref.id);
    const entry = known ?? { ref, caller, followers: new Set(), last: undefined, isOver: false };
    followed.set(ref.id, entry);
    entry.followers.add(follower);
    if (entry.last) follower.queue.put(ref.id, entry.last.task);
    if (!known) void keepLooking(entry);
  };

  return {
    follow: (tasks, read, name = '') => {
      if (followed.size + tasks > maxFollowed) {
        throw new InvalidInputError(
          `This server follows at most ${maxFollowed} tasks at once: poll instead.`,
        );
      }
      const distinct = new Map(read().map((ref) => [ref.id, ref]));
      const follower: Follower = {
        open: new Set(distinct.keys()),
        queue: createConflatingQueue(() => {
          followers.delete(follower);
          for (const id of distinct.keys()) followed.get(id)?.followers.delete(follower);
        }, onConflated),
      };
      followers.add(follower);
      const caller = { identity: followersIdentity, request: name, deadlineAt: Number.POSITIVE_INFINITY };
      for (const ref of distinct.values()) join(follower, ref, caller);
      if (distinct.size === 0) follower.queue.end();
      return follower.queue;
    },
    drain: async () => {
      isDraining = true;
      const allRead = Promise.all([...followers].map(({ queue }) => queue.whenRead()));
      await Promise.race([allRead, clock.sleep(drainMs)]);
    },
    close: () => {
      for (const { queue } of followers) queue.end();
    },
  };
};

/** Different from every caller's identity: those begin with `caller` or `address`. */
const followersIdentity = 'subscriptions';

/** The fields whose change is published; metadata such as `fetchedAt` is not among them. */
const toContent = ({ status, vendorStatus, progress, outputs, failure, problem }: Task): string =>
  JSON.stringify([status, vendorStatus, progress, outputs, failure, problem?.code]);
