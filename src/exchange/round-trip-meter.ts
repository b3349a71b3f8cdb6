import type { Clock } from '../domain/clock.ts';

/** How quickly the mean follows. */
const newShare = 0.2;

/** Redis that was asked so long ago and has not replied since is not answering. */
const longestReplyMs = 1_500;

/** How long round trips to Redis take, and whether it answers at all. */
export interface RoundTripMeter {
  measure<Result>(request: Promise<Result>): Promise<Result>;
  /** A moving mean. */
  readonly roundTripMs: number;
  readonly isAnswering: boolean;
}

export const createRoundTripMeter = (clock: Clock): RoundTripMeter => {
  let meanMs = 0;
  let repliedAt = Number.NEGATIVE_INFINITY;
  return {
    measure: async (request) => {
      const sentAt = clock.elapsed();
      const result = await request;
      repliedAt = clock.elapsed();
      meanMs += (repliedAt - sentAt - meanMs) * newShare;
      return result;
    },
    get roundTripMs() {
      return meanMs;
    },
    get isAnswering() {
      return clock.elapsed() - repliedAt < longestReplyMs;
    },
  };
};
