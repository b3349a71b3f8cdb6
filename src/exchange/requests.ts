import type { Clock } from '../domain/clock.ts';
import { RedisDown, type RedisLink } from './redis/link.ts';

/** How quickly the mean follows. */
const newShare = 0.2;

/** Redis that was asked so long ago and has not replied since is not answering. */
const longestReplyMs = 1_500;

/** One account's requests to Redis: how long they take, and which are still under way. */
export interface Requests {
  /** Measures a request. @throws what the request throws */
  measure<Result>(request: Promise<Result>): Promise<Result>;
  /** Publishes what may be lost: it is sent or asked for again. */
  publish(channel: string, message: string): void;
  /** Lets work go on that `drain` waits for. That Redis is down is ignored. */
  keep(work: Promise<unknown>): void;
  /** Resolves when nothing is under way that was published or kept. */
  drain(): Promise<void>;
  /** How long a round trip takes: a moving mean, in ms. */
  readonly roundTripMs: number;
  /** Whether Redis has replied lately. */
  readonly isAnswering: boolean;
}

/** @param onBug whatever else than RedisDown was thrown */
export const createRequests = (
  redis: Pick<RedisLink, 'publish'>,
  clock: Clock,
  onBug: (error: unknown) => void,
): Requests => {
  let meanMs = 0;
  let repliedAt = Number.NEGATIVE_INFINITY;
  const underWay = new Set<Promise<void>>();

  const measure = async <Result>(request: Promise<Result>): Promise<Result> => {
    const sentAt = clock.elapsed();
    const result = await request;
    repliedAt = clock.elapsed();
    meanMs += (repliedAt - sentAt - meanMs) * newShare;
    return result;
  };

  const keep = (work: Promise<unknown>): void => {
    const kept: Promise<void> = work
      .then(
        () => {},
        (error) => {
          if (!(error instanceof RedisDown)) onBug(error);
        },
      )
      .finally(() => underWay.delete(kept));
    underWay.add(kept);
  };

  return {
    measure,
    keep,
    publish: (channel, message) => keep(measure(redis.publish(channel, message))),
    drain: async () => {
      await Promise.all(underWay);
    },
    get roundTripMs() {
      return meanMs;
    },
    get isAnswering() {
      return clock.elapsed() - repliedAt < longestReplyMs;
    },
  };
};
