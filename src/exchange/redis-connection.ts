import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { RedisDown, type RedisLink } from './redis.ts';
import { createSubscriber } from './redis-subscriber.ts';
import { readRedisTarget } from './redis-target.ts';
import { toTrouble } from './redis-trouble.ts';

/** What people who run this want to know of Redis. */
export type RedisEvent =
  /** Redis cannot be used. The cause names no address and no secret. */
  | { readonly kind: 'redis-lost'; readonly cause: string }
  | { readonly kind: 'redis-back'; readonly afterMs: number };

export interface RedisConnectionOptions {
  /** See `readRedisTarget`. */
  readonly url: string;
  /** Certificates in PEM that vouch for the server, beside those that Node trusts. */
  readonly ca?: string | undefined;
  readonly onEvent: (event: RedisEvent) => void;
}

/** The two connections of a process, for all its accounts. */
export interface RedisConnection extends RedisLink {
  close(): void;
}

/** What takes longer is not waited for any more. */
const longestReplyMs = 2_000;

/** A connection that has been silent for so long, though it was asked something, is made anew. */
const longestSilenceMs = 3_000;
const watchEveryMs = 500;

const readScript = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/** Given to ioredis, which sends a script once for each connection, and then only its hash. */
const scripts = {
  compareAndSet: { lua: readScript('compare-and-set.lua'), numberOfKeys: 1 },
  readTexts: { lua: readScript('read.lua') },
};

interface Commands extends Redis {
  compareAndSet(
    key: string,
    expected: string,
    next: string,
    keepMs: number,
    channel: string,
  ): Promise<[isDone: 0 | 1, current: string]>;
  readTexts(count: number, ...keys: readonly string[]): Promise<(string | number)[]>;
}

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
  commandTimeout: longestReplyMs,
  keepAlive: 10_000,
  retryStrategy: (attempt) => Math.min(attempt * 50, 500),
};

/**
 * Connects in the background: Redis may be down now, and come up or go away at any time.
 * @throws Error when the address is none
 */
export const connectRedis = ({ url, ca, onEvent }: RedisConnectionOptions): RedisConnection => {
  const target = readRedisTarget(url, ca);
  const options = { ...settings, ...target.options };
  const commands = new Redis({ ...options, scripts }) as Commands;
  const messages = new Redis(options);
  const connections = [commands, messages];

  let lastError: unknown;
  let lostAt: number | undefined;
  let isLostTold = false;
  let isClosed = false;

  const noteError = (error: unknown): void => {
    lastError = error;
  };
  const lose = (error: unknown): void => {
    if (isClosed) return;
    lostAt ??= performance.now();
    if (isLostTold) return;
    isLostTold = true;
    onEvent({ kind: 'redis-lost', cause: toTrouble(error) });
  };
  const recover = (): void => {
    if (lostAt === undefined) return;
    const afterMs = performance.now() - lostAt;
    lostAt = undefined;
    isLostTold = false;
    lastError = undefined;
    onEvent({ kind: 'redis-back', afterMs });
  };
  for (const connection of connections) {
    connection.on('error', noteError);
    // The error, if there is one, comes before.
    connection.on('close', () => lose(lastError));
  }

  /** What the connection was asked and has not answered since. */
  const silentSince = new Map<Redis, number>();
  const watch = setInterval(async () => {
    for (const connection of connections) {
      if (connection.status !== 'ready') {
        silentSince.delete(connection);
        continue;
      }
      const since = silentSince.get(connection);
      if (since === undefined) {
        silentSince.set(connection, performance.now());
        connection.ping().then(
          () => silentSince.delete(connection),
          (error: unknown) => {
            if (isReply(error)) silentSince.delete(connection);
          },
        );
      } else if (performance.now() - since >= longestSilenceMs) {
        silentSince.delete(connection);
        lose({ code: 'ETIMEDOUT' });
        connection.disconnect(true);
      }
    }
  }, watchEveryMs).unref();

  /** Translates what goes wrong, and notices that Redis is there or refuses to do its work. */
  const ask = async <Reply>(request: () => Promise<Reply>): Promise<Reply> => {
    try {
      const reply = await request();
      if (lostAt !== undefined && messages.status === 'ready') recover();
      return reply;
    } catch (error) {
      if (isReply(error)) lose(error);
      throw new RedisDown(`Redis: ${toTrouble(error)}`);
    }
  };

  const subscriber = createSubscriber(messages, lose);

  return {
    database: target.database,
    compareAndSet: async (key, { expected, next, keepMs, channel }) => {
      const [isDone, current] = await ask(() => commands.compareAndSet(key, expected, next, keepMs, channel));
      return isDone === 1 ? undefined : current;
    },
    read: async (keys) => {
      const replies = await ask(() => commands.readTexts(keys.length, ...keys));
      return keys.map((_, index) => {
        const [text, leftMs] = [replies[2 * index], replies[2 * index + 1]];
        return typeof text === 'string' && typeof leftMs === 'number' && leftMs > 0
          ? { text, leftMs }
          : undefined;
      });
    },
    set: async (key, text, keepMs) => {
      await ask(() => commands.set(key, text, 'PX', keepMs));
    },
    publish: async (channel, message) => {
      await ask(() => commands.publish(channel, message));
    },
    subscribe: subscriber.subscribe,
    close: () => {
      isClosed = true;
      clearInterval(watch);
      for (const connection of connections) connection.disconnect();
    },
  };
};

/** Whether Redis itself said so. */
const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';
