import type { Clock } from '../domain/clock.ts';

interface Waiter<Shown> {
  readonly resolve: (shown: Shown) => void;
  /** By `Clock.elapsed`. */
  until: number;
}

/** Those who wait for an answer, each on terms of their own. Moments are of `Clock.elapsed`. */
export interface Waiters<Known, Shown> {
  /** Resolves with what comes first: an answer, or what is shown without one once `until` has passed. */
  join(id: string, known: Known, until: number): Promise<Shown>;
  /** What somebody waits for, if anybody does. */
  knownOf(id: string): Known | undefined;
  /** The last moment until which anybody waits. */
  latest(id: string): number;
  /** Nobody waits longer than this any more. */
  shorten(id: string, until: number): void;
  /** Ends the waiting of all, or of those who would not wait until `beyond`. */
  resolve(id: string, shown: Shown, beyond?: number): void;
}

/** @param giveUp what those are shown whose time is up */
export const createWaiters = <Known, Shown>(
  clock: Clock,
  giveUp: (known: Known) => Shown,
): Waiters<Known, Shown> => {
  const pending = new Map<string, { readonly known: Known; waiters: Waiter<Shown>[] }>();

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
    if (entry?.waiters.some(isLate)) resolve(id, giveUp(entry.known), isLate);
  };

  return {
    join: (id, known, until) => {
      const entry = pending.get(id) ?? { known, waiters: [] };
      pending.set(id, entry);
      void expireAt(id, until);
      return new Promise((settle) => entry.waiters.push({ resolve: settle, until }));
    },
    knownOf: (id) => pending.get(id)?.known,
    latest: (id) =>
      (pending.get(id)?.waiters ?? []).reduce(
        (latest, { until }) => Math.max(latest, until),
        Number.NEGATIVE_INFINITY,
      ),
    shorten: (id, until) => {
      for (const waiter of pending.get(id)?.waiters ?? []) waiter.until = Math.min(waiter.until, until);
      void expireAt(id, until);
    },
    resolve: (id, shown, beyond = Number.POSITIVE_INFINITY) =>
      resolve(id, shown, ({ until }) => until < beyond),
  };
};
