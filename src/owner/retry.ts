import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';

/** Of ten calls, one may be made again: in a total outage the vendor sees at most 1.1 attempts per call. */
const tokensPerCall = 0.1;
const mostTokens = 10;

/** The retry is sent at a random moment within this time, so that calls that failed together do not return together. */
const jitterMs = 200;

/** Makes a call again, once, where that is likely to help and the budget allows it. */
export type Retry = <Result>(call: () => Promise<Result>) => Promise<Result>;

/**
 * One retry with full jitter for calls that failed at the network or inside the vendor, paid from a budget.
 * Not after a TIMEOUT: the call's time is up. This is the only layer that retries.
 * @param random a number from 0 up to 1
 */
export const createRetry = (clock: Clock, random: () => number): Retry => {
  let tokens = 0;
  return async (call) => {
    tokens = Math.min(mostTokens, tokens + tokensPerCall);
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

/** Not when the vendor asked for time, or was not asked at all. */
const isWorthRetrying = (error: unknown): boolean =>
  error instanceof LookupError &&
  error.code === 'UNAVAILABLE' &&
  error.details.retryAfterMs === undefined &&
  error.details.reason?.kind !== 'circuit-open';
