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
