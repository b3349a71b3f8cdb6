import { LRUCache } from 'lru-cache';
import { type Answer, estimateBytes } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import type { LookupError, LookupErrorReason } from '../domain/errors.ts';
import type { TraceParent } from '../domain/events.ts';
import type { Caller, Newest } from './lookup.ts';

/** The newest answer about a task or job, with what is shown while it is fresh. Times are of `Clock.elapsed`. */
export interface LastAnswer<Shown> extends Newest<Shown> {
  readonly answer: Answer;
  /** When the vendor gave it, ISO 8601, by this process's time of day on arrival. */
  readonly fetchedAt: string;
  readonly showableUntil: number;
  /** The task cannot change any more. */
  readonly isFinal: boolean;
  readonly source: 'redis' | 'vendor';
  isNewest: boolean;
}

/** What this replica knows of one task or job. Times are of `Clock.elapsed`. */
export interface Known<Ref, Shown> {
  readonly ref: Ref;
  last?: LastAnswer<Shown>;
  /** The failure of the last attempt, until the next attempt is allowed. */
  failure?: { readonly error: LookupError; readonly until: number };
  /** A client that asks again until then polls as its `nextPollAfterMs` said: the task is hot. */
  hotUntil?: number;
  /** Who waits for a hot task: its next answer is renewed ahead, too. */
  renewFor?: Caller;
  /** The renewal that the owner has been asked for. */
  renewal?: { readonly dueAt: number };
  /** The latest deadline that has been sent to the owner. */
  wantedUntil?: number;
  /** Why there was no new answer, the last time that there was none. */
  reason?: LookupErrorReason['kind'] | undefined;
  /** Of the request that was the first to wait for it. */
  firstTrace?: TraceParent | undefined;
}

/** Bound what is kept for each type of task or job, in bytes: some 10,000 answers, and as many ids without one. */
const mostBytes = 32 * 2 ** 20;
const mostUnansweredBytes = 4 * 2 ** 20;

/** What is kept besides the answer's content, which the object that is shown shares. */
const knownBytes = 2_000;

/** What an id takes besides its text. */
const unansweredBytes = 400;

/** What this replica knows, by id. The least recently used is forgotten first, and without an answer it takes nobody's place. */
export interface Memory<Ref, Shown> {
  get(id: string): Known<Ref, Shown> | undefined;
  /** As `get`, but not a use. */
  peek(id: string): Known<Ref, Shown> | undefined;
  /** Remembers it, or measures it again. */
  set(id: string, known: Known<Ref, Shown>): void;
  values(): Iterable<Known<Ref, Shown>>;
}

export const createMemory = <Ref, Shown>(): Memory<Ref, Shown> => {
  type Kept = Known<Ref, Shown>;
  const answered = new LRUCache<string, Kept>({
    maxSize: mostBytes,
    dispose: ({ last }, _id, reason) => {
      if (last && reason === 'evict') last.isNewest = false;
    },
  });
  const unanswered = new LRUCache<string, Kept>({ maxSize: mostUnansweredBytes });
  return {
    get: (id) => answered.get(id) ?? unanswered.get(id),
    peek: (id) => answered.peek(id) ?? unanswered.peek(id),
    set: (id, known) => {
      const content = known.last?.answer.content;
      // The same object is not measured again while it is there.
      answered.delete(id);
      unanswered.delete(id);
      if (content) answered.set(id, known, { size: knownBytes + estimateBytes(content) });
      else unanswered.set(id, known, { size: unansweredBytes + 2 * id.length });
    },
    values: () => answered.values(),
  };
};

interface Waiter<Shown> {
  readonly resolve: (shown: Shown) => void;
  /** By `Clock.elapsed`. */
  until: number;
}

interface Pending<Known, Shown> {
  readonly known: Known;
  waiters: Waiter<Shown>[];
  /** The latest deadline of its waiters: thousands may join, and each asks for it. */
  latest: number;
}

/** Callers that wait for an answer, each until its own deadline. Moments are of `Clock.elapsed`. */
export interface Waiters<Known, Shown> {
  /** Resolves with the answer, or with the result of `onTimeout` at `until`. */
  join(id: string, known: Known, until: number): Promise<Shown>;
  /** What the callers of this id wait for; undefined when none waits. */
  knownOf(id: string): Known | undefined;
  /** The latest deadline of all callers of this id. */
  latest(id: string): number;
  /** Moves all later deadlines to this moment. */
  shorten(id: string, until: number): void;
  /** Resolves all callers, or those whose deadline is before `beyond`. */
  resolve(id: string, shown: Shown, beyond?: number): void;
}

/** @param onTimeout the result for a caller whose deadline has passed */
export const createWaiters = <Known, Shown>(
  clock: Clock,
  onTimeout: (known: Known) => Shown,
): Waiters<Known, Shown> => {
  const pending = new Map<string, Pending<Known, Shown>>();
  /** Ids by the moment at which somebody's deadline passes. */
  const expiring = new Map<number, string[]>();

  const resolve = (id: string, shown: Shown, isServed: (waiter: Waiter<Shown>) => boolean): void => {
    const entry = pending.get(id);
    if (!entry) return;
    const served = entry.waiters.filter(isServed);
    entry.waiters = entry.waiters.filter((waiter) => !isServed(waiter));
    if (entry.waiters.length === 0) pending.delete(id);
    for (const waiter of served) waiter.resolve(shown);
  };

  const expire = (id: string, now: number): void => {
    const entry = pending.get(id);
    const isLate = (waiter: Waiter<Shown>): boolean => waiter.until <= now;
    if (entry?.waiters.some(isLate)) resolve(id, onTimeout(entry.known), isLate);
  };

  /** What expires at the same moment has one timer: the hundreds of ids of one request. */
  const expireAt = async (id: string, until: number): Promise<void> => {
    const others = expiring.get(until);
    if (others) {
      others.push(id);
      return;
    }
    const ids = [id];
    expiring.set(until, ids);
    await clock.sleep(Math.max(0, until - clock.elapsed()));
    expiring.delete(until);
    // Timers may fire a little early.
    const now = Math.max(clock.elapsed(), until);
    for (const each of ids) expire(each, now);
  };

  return {
    join: (id, known, until) => {
      const entry = pending.get(id) ?? { known, waiters: [], latest: until };
      entry.latest = Math.max(entry.latest, until);
      pending.set(id, entry);
      void expireAt(id, until);
      return new Promise((settle) => entry.waiters.push({ resolve: settle, until }));
    },
    knownOf: (id) => pending.get(id)?.known,
    latest: (id) => pending.get(id)?.latest ?? Number.NEGATIVE_INFINITY,
    shorten: (id, until) => {
      const entry = pending.get(id);
      if (!entry) return;
      entry.latest = Math.min(entry.latest, until);
      for (const waiter of entry.waiters) waiter.until = Math.min(waiter.until, until);
      void expireAt(id, until);
    },
    resolve: (id, shown, beyond = Number.POSITIVE_INFINITY) =>
      resolve(id, shown, ({ until }) => until < beyond),
  };
};

/** Who is called back with each new answer under an id. */
export const createWatchers = <Shown>() => {
  type Listener = (shown: Shown) => void;
  const watchers = new Map<string, Set<Listener>>();
  return {
    notify: (id: string, shown: Shown): void => {
      for (const listener of watchers.get(id) ?? []) listener(shown);
    },
    /** Calls back until the returned function is called. */
    add: (id: string, listener: Listener): (() => void) => {
      const listeners = watchers.get(id) ?? new Set();
      watchers.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && watchers.get(id) === listeners) watchers.delete(id);
      };
    },
  };
};
