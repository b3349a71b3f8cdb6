import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { RedisDown, type RedisLink } from './redis.ts';
import { probeRedis } from './redis-probe.ts';
import { createSubscriber } from './redis-subscriber.ts';
import { type RedisTarget, readRedisTarget } from './redis-target.ts';
import { toTrouble, toWord } from './redis-trouble.ts';

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

/** After trouble, what is needed is tried again so often. */
const proveEveryMs = 500;

const readScript = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/** Given to ioredis, which sends a script once for each connection, and then only its hash. */
const scripts = {
  compareAndSet: { lua: readScript('compare-and-set.lua'), numberOfKeys: 1 },
  readTexts: { lua: readScript('read.lua') },
};

interface Scripts {
  compareAndSet(
    key: string,
    expected: string,
    next: string,
    keepMs: number,
    channel: string,
  ): Promise<[isDone: 0 | 1, current: string]>;
  readTexts(count: number, ...keys: readonly string[]): Promise<(string | number)[]>;
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
  commandTimeout: longestReplyMs,
  keepAlive: 10_000,
  retryStrategy: toRetryMs,
};

/**
 * Connects in the background: Redis may be down now, and come up or go away at any time.
 * @throws Error when the address is none
 */
export const connectRedis = ({ url, ca, onEvent }: RedisConnectionOptions): RedisConnection => {
  const target = readRedisTarget(url, ca);
  const commands = openCommands(target);
  const messages = openMessages(target);
  const connections: readonly (Redis | Cluster)[] = [commands, messages];

  let lastError: unknown;
  let lostAt: number | undefined;
  /** Whether both connections, as they are, have done once what is needed. Nothing else is sent before. */
  let isProven = false;
  let isProving = false;
  let isClosed = false;

  const lose = (error: unknown): void => {
    if (isClosed) return;
    proveSoon();
    if (lostAt !== undefined) return;
    lostAt = performance.now();
    // The refusal of a password comes after the first command was sent.
    const isRefused = toWord(error) === 'NOAUTH' && target.options.password !== undefined;
    onEvent({ kind: 'redis-lost', cause: toTrouble(isRefused ? new Error('WRONGPASS') : error) });
  };
  const recover = (): void => {
    isProven = true;
    lastError = undefined;
    if (lostAt === undefined) return;
    onEvent({ kind: 'redis-back', afterMs: performance.now() - lostAt });
    lostAt = undefined;
  };

  const prove = async (): Promise<void> => {
    if (isProving || isClosed || connections.some(({ status }) => status !== 'ready')) return;
    isProving = true;
    try {
      await probeRedis(direct);
      recover();
    } catch (error) {
      lose(error);
      // A primary that was demoted: another one may have its name by now.
      if (toWord(error) === 'READONLY') for (const connection of connections) connection.disconnect(true);
    }
    isProving = false;
  };
  let proveTimer: NodeJS.Timeout | undefined;
  const proveSoon = (): void => {
    clearTimeout(proveTimer);
    proveTimer = setTimeout(prove, proveEveryMs).unref();
  };

  // ioredis sends ASKING while a slot moves and forgets about the reply: a refusal would end this process.
  commands.on('+node', (node: Redis) => {
    node.asking = () => Redis.prototype.asking.call(node).catch(lose) as Promise<'OK'>;
  });
  for (const connection of connections) {
    connection.on('error', (error: Error & { command?: { name?: string } }) => {
      lastError = error;
      // Otherwise the commands would go to database 0.
      if (error.command?.name === 'select') {
        isProven = false;
        lose(error);
        connection.disconnect(true);
      }
    });
    connection.on('ready', prove);
    // The error, if there is one, comes before.
    connection.on('close', () => {
      isProven = false;
      lose(lastError);
    });
  }

  /** What the connection was asked and has not answered since. */
  const silentSince = new Map<Redis | Cluster, number>();
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

  const subscriber = createSubscriber(messages, lose);

  /** As they are: errors are what Redis says. */
  const direct: RedisLink = {
    database: target.database,
    compareAndSet: async (key, { expected, next, keepMs, channel }) => {
      const [isDone, current] = await commands.compareAndSet(key, expected, next, keepMs, channel);
      return isDone === 1 ? undefined : current;
    },
    read: async (keys) => {
      const replies = await commands.readTexts(keys.length, ...keys);
      return keys.map((_, index) => {
        const [text, leftMs] = [replies[2 * index], replies[2 * index + 1]];
        return typeof text === 'string' && typeof leftMs === 'number' && leftMs > 0
          ? { text, leftMs }
          : undefined;
      });
    },
    set: async (key, text, keepMs) => {
      await commands.set(key, text, 'PX', keepMs);
    },
    publish: async (channel, message) => {
      await commands.publish(channel, message);
    },
    subscribe: subscriber.subscribe,
  };

  const ask = async <Reply>(request: () => Promise<Reply>): Promise<Reply> => {
    if (!isProven) throw new RedisDown('Redis cannot be used just now.');
    try {
      return await request();
    } catch (error) {
      if (isReply(error)) lose(error);
      throw new RedisDown(`Redis: ${toTrouble(error)}`);
    }
  };

  return {
    database: target.database,
    compareAndSet: (key, change) => ask(() => direct.compareAndSet(key, change)),
    read: (keys) => ask(() => direct.read(keys)),
    set: (key, text, keepMs) => ask(() => direct.set(key, text, keepMs)),
    publish: (channel, message) => ask(() => direct.publish(channel, message)),
    subscribe: subscriber.subscribe,
    close: () => {
      isClosed = true;
      clearInterval(watch);
      clearTimeout(proveTimer);
      for (const connection of connections) connection.disconnect();
    },
  };
};

const openCommands = (target: RedisTarget): (Redis | Cluster) & Scripts => {
  const options = { ...settings, ...target.options };
  const connection =
    target.kind === 'single'
      ? new Redis({ ...options, scripts })
      : new Cluster([...target.nodes], {
          redisOptions: options,
          scripts,
          enableOfflineQueue: false,
          clusterRetryStrategy: toRetryMs,
          slotsRefreshTimeout: longestReplyMs,
        });
  return connection as (Redis | Cluster) & Scripts;
};

/** Of a cluster any node will do: each hears what is published at the others. The next one after each failure. */
const openMessages = (target: RedisTarget): Redis => {
  const options = { ...settings, ...target.options };
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

/** Whether Redis itself said so. */
const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';
