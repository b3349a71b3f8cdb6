import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';

/** Of ten lookups, one may be tried again: under a total outage the vendor sees at most 1.1 attempts a lookup. */
const tokensPerLookup = 0.1;
const mostTokens = 10;

/** The retry is sent at a random moment within this time, so that callers who failed together do not come back together. */
const jitterMs = 200;

/** Tries a call again, once, where that is likely to help and is affordable. */
export type Retry = <Result>(call: () => Promise<Result>) => Promise<Result>;

/**
 * One retry with full jitter for calls that failed at the network or inside the vendor, paid from a budget.
 * Not after a TIMEOUT: the caller's time is up. This is the only layer that retries.
 * @param random a number from 0 up to 1
 */
export const createRetry = (clock: Clock, random: () => number): Retry => {
  let tokens = 0;
  return async (call) => {
    tokens = Math.min(mostTokens, tokens + tokensPerLookup);
    try {
      return await call();
    } catch (error) {
      // A tenth added ten times is a little less than one.
      if (!isWorthRetrying(error) || tokens < 1 - Number.EPSILON * 10) throw error;
      tokens -= 1;
      await clock.sleep(random() * jitterMs);
      return call();
    }
  };
};

/** Not when the vendor asked for time, or was not even asked. */
const isWorthRetrying = (error: unknown): boolean =>
  error instanceof LookupError &&
  error.code === 'UNAVAILABLE' &&
  error.details.retryAfterMs === undefined &&
  error.details.reason?.kind !== 'circuit-open';
