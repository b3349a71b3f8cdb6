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
  /** No permit within so many milliseconds, for those already taken either: the vendor asked for it. */
  hold(ms: number): void;
  /** The part of the limit that this process may use, from 0 (none) to 1. */
  setShare(share: number): void;
  /** How far apart permits are, in ms; infinite without a share. */
  readonly spacingMs: number;
  /** In how many milliseconds the next permit is due: what a successor needs to go on with. */
  readonly nextInMs: number;
}

/**
 * The share of the documented limit that is used. The vendor counts arrivals, not departures: what is left over, 75 ms
 * in a second, absorbs calls that a busy machine or network holds back and then delivers together.
 */
const usableShare = 0.93;

/** The part of what is left over that may be lost before the call is written; the rest is for the way to the vendor. */
const lateShare = 0.6;

/**
 * A generic cell rate algorithm with a burst of one, whose permits stay valid for a moment: a process that was busy
 * catches up with the permits that fell due meanwhile, and no more.
 */
export const createRateLimiter = ({ calls, perMs }: Quota, clock: Clock): RateLimiter => {
  const fullSpacingMs = perMs / (calls * usableShare);
  const validMs = (fullSpacingMs * calls - perMs) * lateShare;
  let spacingMs = fullSpacingMs;
  let nextAt = Number.NEGATIVE_INFINITY;
  let heldUntil = Number.NEGATIVE_INFINITY;

  return {
    take: () => {
      const now = clock.elapsed();
      const earliest = Math.max(nextAt, heldUntil);
      if (spacingMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
      if (now < earliest) return earliest - now;
      const dueAt = Math.max(earliest, now - validMs);
      nextAt = dueAt + spacingMs;
      return { dueAt };
    },
    isValid: ({ dueAt }) => {
      const now = clock.elapsed();
      return now >= heldUntil && now - dueAt <= validMs && spacingMs !== Number.POSITIVE_INFINITY;
    },
    hold: (ms) => {
      heldUntil = Math.max(heldUntil, clock.elapsed() + ms);
    },
    setShare: (share) => {
      spacingMs = share > 0 ? fullSpacingMs / share : Number.POSITIVE_INFINITY;
    },
    get spacingMs() {
      return spacingMs;
    },
    get nextInMs() {
      return Math.max(0, Math.max(nextAt, heldUntil) - clock.elapsed());
    },
  };
};
