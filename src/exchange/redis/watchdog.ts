import type { Cluster, Redis } from 'ioredis';
import { isRedisReply } from './trouble.ts';

/** A connection that has been silent for so long, though it was asked something, is made anew. */
const longestSilenceMs = 3_000;
const watchEveryMs = 500;

/** Ends the watching. */
export type StopWatching = () => void;

/**
 * Notices a Redis that hangs: its connections stay open, and nothing is answered.
 * @param onSilent the connection is being made anew
 */
export const watchConnections = (
  connections: readonly (Redis | Cluster)[],
  onSilent: () => void,
): StopWatching => {
  /** What each connection was asked and has not answered since. */
  const silentSince = new Map<Redis | Cluster, number>();

  const check = (connection: Redis | Cluster): void => {
    const since = silentSince.get(connection);
    if (connection.status !== 'ready') {
      silentSince.delete(connection);
    } else if (since === undefined) {
      silentSince.set(connection, performance.now());
      connection.ping().then(
        () => silentSince.delete(connection),
        (error: unknown) => {
          if (isRedisReply(error)) silentSince.delete(connection);
        },
      );
    } else if (performance.now() - since >= longestSilenceMs) {
      silentSince.delete(connection);
      onSilent();
      connection.disconnect(true);
    }
  };

  const timer = setInterval(() => connections.forEach(check), watchEveryMs).unref();
  return () => clearInterval(timer);
};
