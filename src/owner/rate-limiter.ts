import type { Clock } from '../domain/clock.ts';
import type { Quota } from '../domain/provider.ts';

/** The right to make one call. */
export interface Permit {
  /** When it was due, by `Clock.elapsed`. */
  readonly dueAt: number;
}

/** Spaces the calls of one account so that the vendor never counts more than its limit in any window. */
export interface RateLimiter {
  /** Takes the next permit if it is due. A number: in so many milliseconds one will be. */
  take(): Permit | number;
  /** Whether a call with this permit may be written now. If not, its permit has expired and it needs another. */
  isValid(permit: Permit): boolean;
  /**
   * The call with this permit has been written by now. A process that loses its processor between the last look and the
   * writing cannot recall the call, but can wait longer before the next ones.
   */
  written(permit: Permit): void;
  /** No permit within so many milliseconds, and those already taken are void. */
  hold(ms: number): void;
  /** The part of the limit that this process may use, from 0 (none) to 1. */
  setShare(share: number): void;
  /** How far apart permits are, in ms; infinite without a share. */
  readonly spacingMs: number;
  /** In how many milliseconds the next permit is due, infinite without a share. */
  readonly nextInMs: number;
  /** In how many milliseconds another process may go on with the whole limit, when this one stops now. Always finite. */
  readonly successorInMs: number;
}

/**
 * The share of the documented limit that is used. The vendor counts arrivals, not departures: what is left over, 75 ms
 * in a second, absorbs calls that a busy machine or network holds back and then delivers together.
 */
const usableShare = 0.93;

/** The part of what is left over that may be lost before the call is written; the rest is for the way to the vendor. */
const lateShare = 0.6;

/** The part of a permit's validity that may be over when it is taken: the rest is for finding a connection. */
const catchUpShare = 0.5;

/** A tenth taken three times is a little more or less than three tenths. */
const roundingError = 1e-9;

/**
 * A generic cell rate algorithm with a burst of one, whose permits stay valid for a moment: a process that was busy
 * catches up with the permits that fell due meanwhile, and no more.
 */
export const createRateLimiter = ({ calls, perMs }: Quota, clock: Pick<Clock, 'elapsed'>): RateLimiter => {
  const windowMs = perMs / usableShare;
  const validMs = (windowMs - perMs) * lateShare;
  const catchUpMs = validMs * catchUpShare;
  let spacingMs = windowMs / calls;
  let lastDueAt = Number.NEGATIVE_INFINITY;
  let heldUntil = Number.NEGATIVE_INFINITY;

  const earliest = (): number => Math.max(lastDueAt + spacingMs, heldUntil);
  const hasShare = (): boolean => spacingMs !== Number.POSITIVE_INFINITY;

  return {
    take: () => {
      if (!hasShare()) return Number.POSITIVE_INFINITY;
      const now = clock.elapsed();
      if (now < earliest()) return earliest() - now;
      lastDueAt = Math.max(earliest(), now - catchUpMs);
      return { dueAt: lastDueAt };
    },
    isValid: ({ dueAt }) => {
      const now = clock.elapsed();
      return hasShare() && now >= heldUntil && now - dueAt <= validMs;
    },
    written: ({ dueAt }) => {
      const now = clock.elapsed();
      if (now - dueAt > validMs) lastDueAt = Math.max(lastDueAt, now);
    },
    hold: (ms) => {
      heldUntil = Math.max(heldUntil, clock.elapsed() + ms);
    },
    setShare: (share) => {
      spacingMs = share > 0 ? windowMs / toWholeCalls(calls * share) : Number.POSITIVE_INFINITY;
    },
    get spacingMs() {
      return spacingMs;
    },
    get nextInMs() {
      return hasShare() ? Math.max(0, earliest() - clock.elapsed()) : Number.POSITIVE_INFINITY;
    },
    get successorInMs() {
      // With a small share the next permit may be due only long after the last call has left the vendor's window.
      const at = Math.max(lastDueAt + Math.min(spacingMs, windowMs), heldUntil);
      return Math.max(0, at - clock.elapsed());
    },
  };
};

/**
 * Replicas that work alone do not space their calls against each other: the sum stays within the limit in any window
 * only if each counts whole calls. Less than one call in a window cannot be rounded down; it is spread over several.
 */
const toWholeCalls = (calls: number): number => (calls < 1 ? calls : Math.floor(calls + roundingError));

/** Uses permits as they fall due: first for calls under way that need another, then for what is queued. */
export interface Dispatcher {
  /** Looks, later in this turn of the event loop, whether something can be started. */
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
  const waiting: Waiting[] = [];
  let isWoken = false;
  let wakesAt = Number.POSITIVE_INFINITY;

  const dropAborted = (): void => {
    while (waiting[0]?.signal.aborted) waiting.shift();
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
    // What is wanted in the same turn is there when the first permit is used: jobs go together, callers alternate. And
    // unlike after a microtask, calls of one account are written before those of the next account are prepared.
    setImmediate(() => {
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
