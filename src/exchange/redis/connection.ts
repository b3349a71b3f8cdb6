import { type Cluster, Redis } from 'ioredis';
import { openCommandClient, openMessageClient, toRedisLink } from './clients.ts';
import { RedisDown, type RedisLink } from './link.ts';
import { probeRedis } from './probe.ts';
import { createSubscriber } from './subscriber.ts';
import { readRedisTarget } from './target.ts';
import { isRedisReply, toTrouble, toWord } from './trouble.ts';
import { watchConnections } from './watchdog.ts';

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

/** After trouble, what is needed is tried again so often. */
const proveEveryMs = 500;

/**
 * Connects in the background: Redis may be down now, and come up or go away at any time.
 * @throws Error when the address is none
 */
export const connectRedis = ({ url, ca, onEvent }: RedisConnectionOptions): RedisConnection => {
  const target = readRedisTarget(url, ca);
  const commands = openCommandClient(target);
  const messages = openMessageClient(target);
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

  // ioredis sends ASKING while a slot moves and ignores the reply: a refusal would end this process.
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

  const stopWatching = watchConnections(connections, () => lose({ code: 'ETIMEDOUT' }));
  const subscriber = createSubscriber(messages, lose);
  const direct = toRedisLink(commands, subscriber, target.database);

  const ask = async <Reply>(request: () => Promise<Reply>): Promise<Reply> => {
    if (!isProven) throw new RedisDown('Redis cannot be used just now.');
    try {
      return await request();
    } catch (error) {
      if (isRedisReply(error)) lose(error);
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
      stopWatching();
      clearTimeout(proveTimer);
      for (const connection of connections) connection.disconnect();
    },
  };
};
