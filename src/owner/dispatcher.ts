import type { Clock } from '../domain/clock.ts';
import { createFifo } from './fifo.ts';
import type { Permit, RateLimiter } from './rate-limiter.ts';

/** Uses permits as they fall due: first for calls under way that need another, then for what is queued. */
export interface Dispatcher {
  /** Looks, at the end of this turn, whether something can be started. */
  wake(): void;
  /** A permit before all that is queued. Rejects with the signal's reason when that is aborted. */
  acquire(signal: AbortSignal): Promise<Permit>;
}

export interface DispatcherOptions {
  readonly limiter: Pick<RateLimiter, 'take'>;
  readonly clock: Clock;
  /** Whether this process may call at all. */
  readonly mayCall: () => boolean;
  /**
   * What has to be done before permits are used.
   * @returns in how many milliseconds it has to be done again at the latest
   */
  readonly prepare: () => number;
  /** In how many milliseconds something queued can be started; 0: now. Infinite: not before somebody calls `wake`. */
  readonly startableInMs: () => number;
  readonly start: (permit: Permit) => void;
  readonly onBug: (error: unknown) => void;
}

/** How soon to look again when this process may not call for the moment, or after a bug. */
const authorityPollMs = 100;

/** Timers cannot last longer than 24 days; looking in vain once a minute costs nothing. */
const longestSleepMs = 60_000;

/** What falls due at this very moment must not keep the process busy. */
const shortestSleepMs = 1;

interface Waiting {
  readonly signal: AbortSignal;
  readonly grant: (permit: Permit) => void;
}

export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { limiter, clock, mayCall, prepare, startableInMs, start, onBug } = options;
  const waiting = createFifo<Waiting>();
  let isWoken = false;
  let wakesAt = Number.POSITIVE_INFINITY;

  const dropAborted = (): void => {
    while (waiting.first?.signal.aborted) waiting.shift();
  };

  /** @returns in how many milliseconds to look again */
  const dispatch = (): number => {
    for (;;) {
      const preparedForMs = prepare();
      dropAborted();
      const startMs = waiting.length > 0 ? 0 : startableInMs();
      if (startMs > 0) return Math.min(startMs, preparedForMs);
      if (!mayCall()) return Math.min(authorityPollMs, preparedForMs);
      const permit = limiter.take();
      if (typeof permit === 'number') return Math.min(permit, preparedForMs);
      const first = waiting.shift();
      if (first) first.grant(permit);
      else start(permit);
    }
  };

  const dispatchSafely = (): number => {
    try {
      return dispatch();
    } catch (error) {
      onBug(error);
      return authorityPollMs;
    }
  };

  const sleep = (ms: number): void => {
    const at = clock.elapsed() + Math.min(ms, longestSleepMs);
    // A sleep cannot be cut short: an earlier one is added, and the later one wakes in vain.
    if (ms === Number.POSITIVE_INFINITY || at >= wakesAt) return;
    wakesAt = at;
    void clock.sleep(Math.max(shortestSleepMs, Math.ceil(at - clock.elapsed()))).then(() => {
      if (wakesAt === at) wakesAt = Number.POSITIVE_INFINITY;
      sleep(dispatchSafely());
    });
  };

  const wake = (): void => {
    if (isWoken) return;
    isWoken = true;
    // What is wanted in the same turn is there when the first permit is used: jobs go together, callers alternate.
    queueMicrotask(() => {
      isWoken = false;
      sleep(dispatchSafely());
    });
  };

  return {
    wake,
    acquire: (signal) =>
      new Promise((grant, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        waiting.push({ signal, grant });
        wake();
      }),
  };
};
