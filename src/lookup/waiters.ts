import type { Clock } from '../domain/clock.ts';

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

  const resolve = (id: string, shown: Shown, isServed: (waiter: Waiter<Shown>) => boolean): void => {
    const entry = pending.get(id);
    if (!entry) return;
    const served = entry.waiters.filter(isServed);
    entry.waiters = entry.waiters.filter((waiter) => !isServed(waiter));
    if (entry.waiters.length === 0) pending.delete(id);
    for (const waiter of served) waiter.resolve(shown);
  };

  const expireAt = async (id: string, until: number): Promise<void> => {
    await clock.sleep(Math.max(0, until - clock.elapsed()));
    const entry = pending.get(id);
    // Timers may fire a little early.
    const now = Math.max(clock.elapsed(), until);
    const isLate = (waiter: Waiter<Shown>): boolean => waiter.until <= now;
    if (entry?.waiters.some(isLate)) resolve(id, onTimeout(entry.known), isLate);
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
