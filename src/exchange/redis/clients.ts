import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { GuardedSentinelConnector, refuseMalformedRedirection } from './guard.ts';
import type { RedisTarget } from './target.ts';

/** What takes longer is not waited for any more. */
const longestReplyMs = 2_000;

const readScript = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/** Given to ioredis, which sends a script once for each connection, and then only its hash. */
const scripts = {
  compareAndSet: { lua: readScript('compare-and-set.lua'), numberOfKeys: 1 },
  readTexts: { lua: readScript('read.lua') },
  setAndPublish: { lua: readScript('set-and-publish.lua'), numberOfKeys: 1 },
};

/** What `scripts` become. */
interface Scripts {
  compareAndSet(
    key: string,
    expected: string,
    next: string,
    keepMs: number,
    channel: string,
  ): Promise<[isDone: 0 | 1, current: string]>;
  readTexts(count: number, ...keys: readonly string[]): Promise<(string | number)[]>;
  setAndPublish(key: string, text: string, keepMs: number, channel: string, head: string): Promise<'OK'>;
}

const toRetryMs = (attempt: number): number => Math.min(attempt * 50, 500);

const settings: RedisOptions = {
  // What cannot be sent now fails now: the exchange knows when to send it again.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  // Would need the right to INFO.
  enableReadyCheck: false,
  disableClientInfo: true,
  connectTimeout: 2_000,
  // A connection is only closed when nobody waits for it. ioredis's own 2 s keep a process from ending.
  disconnectTimeout: 200,
  commandTimeout: longestReplyMs,
  // One that hangs would be waited for instead of asking the next.
  sentinelCommandTimeout: longestReplyMs,
  keepAlive: 10_000,
  retryStrategy: toRetryMs,
};

const toOptions = ({ options }: RedisTarget): RedisOptions => ({
  ...settings,
  ...options,
  ...(options.sentinels && { Connector: GuardedSentinelConnector }),
});

/** A client that runs our scripts beside Redis's own commands. */
export type CommandClient = (Redis | Cluster) & Scripts;

/** Connects for everything but messages. */
export const openCommandClient = (target: RedisTarget): CommandClient => {
  const options = toOptions(target);
  const connection =
    target.kind === 'single'
      ? new Redis({ ...options, scripts })
      : new Cluster([...target.nodes], {
          redisOptions: { ...options, reconnectOnError: refuseMalformedRedirection },
          scripts,
          enableOfflineQueue: false,
          clusterRetryStrategy: toRetryMs,
          slotsRefreshTimeout: longestReplyMs,
        });
  if (connection instanceof Redis) writeTogether(connection);
  else connection.on('+node', writeTogether);
  return connection as CommandClient;
};

/** Commands of one pass of the event loop are written together: a write costs more than all else about a command. */
const writeTogether = (connection: Redis): void => {
  connection.on('connect', () => {
    const { stream } = connection;
    const write = stream.write.bind(stream);
    stream.write = ((...data: Parameters<typeof write>) => {
      if (stream.writableCorked === 0) {
        stream.cork();
        setImmediate(() => stream.uncork());
      }
      return write(...data);
    }) as typeof write;
  });
};

/**
 * Connects for messages. Any node of a cluster will do: each receives what is published at the others. After a failure the
 * next one is tried.
 */
export const openMessageClient = (target: RedisTarget): Redis => {
  const options = toOptions(target);
  if (target.kind === 'single') return new Redis(options);
  const connection: Redis = new Redis({
    ...options,
    ...target.nodes[0],
    retryStrategy: (attempt) => {
      Object.assign(connection.options, target.nodes[attempt % target.nodes.length]);
      return toRetryMs(attempt);
    },
  });
  return connection;
};
