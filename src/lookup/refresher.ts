import type { Clock } from '../domain/clock.ts';
import type { TaskRef } from '../domain/task-id.ts';

/** What came of refreshing a task. */
export type Refreshed = 'done' | { readonly retryAfterMs: number };

/** Renews answers behind the callers' backs, as fast as the quota allows and no faster. */
export interface Refresher {
  /** Asks for a task's answer to be renewed. Asking again while it is waiting changes nothing. */
  want(ref: TaskRef, checkedAt: number): void;
  /** How many milliseconds it takes to renew all that is waiting: the honest time between two polls. */
  readonly backlogMs: number;
}

/** Bounds memory and the search for the oldest; who is left out asks again with the next poll. */
const mostWaiting = 10_000;

/** When a slot is refused without a time, or with a very short one. */
const shortestPauseMs = 20;
const longestPauseMs = 500;

/**
 * The oldest answer first: when more is wanted than the quota allows, all answers get older alike, and none starves.
 * @param refresh resolves when the question has left for the vendor, or needs not leave, or has no slot yet
 * @param spacingMs how far apart questions leave when there are many
 */
export const createRefresher = (
  refresh: (ref: TaskRef) => Promise<Refreshed>,
  spacingMs: number,
  clock: Clock,
): Refresher => {
  const waiting = new Map<string, { readonly ref: TaskRef; readonly checkedAt: number }>();
  let working = false;

  const takeOldest = () => {
    let oldest: { readonly ref: TaskRef; readonly checkedAt: number } | undefined;
    for (const candidate of waiting.values()) {
      if (!oldest || candidate.checkedAt < oldest.checkedAt) oldest = candidate;
    }
    if (oldest) waiting.delete(oldest.ref.id);
    return oldest;
  };

  const work = async (): Promise<void> => {
    working = true;
    for (let next = takeOldest(); next; next = takeOldest()) {
      const outcome = await refresh(next.ref);
      if (outcome === 'done') continue;
      if (!waiting.has(next.ref.id)) waiting.set(next.ref.id, next);
      await clock.sleep(Math.min(Math.max(outcome.retryAfterMs, shortestPauseMs), longestPauseMs));
    }
    // In the same turn as the last look: who comes after this finds nobody at work.
    working = false;
  };

  return {
    want: (ref, checkedAt) => {
      if (waiting.has(ref.id) || waiting.size >= mostWaiting) return;
      waiting.set(ref.id, { ref, checkedAt });
      if (!working) void work();
    },
    get backlogMs() {
      return waiting.size * spacingMs;
    },
  };
};
