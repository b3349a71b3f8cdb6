import { randomUUID } from 'node:crypto';
import { type Cluster, Redis } from 'ioredis';
import type { ProcessEvent } from '../../domain/events.ts';
import type { CommandClient } from './clients.ts';
import type { RedisCommands } from './connection.ts';
import { guardCluster, guardConnection } from './guard.ts';
import type { RedisTarget } from './target.ts';
import { isRedisReply, toTrouble, toWord } from './trouble.ts';

export interface HealthOptions {
  readonly commandClient: CommandClient;
  readonly messageClient: Redis;
  readonly target: RedisTarget;
  /** What is to work. */
  readonly direct: RedisCommands;
  readonly emit: (event: ProcessEvent) => void;
}

/** `connecting`: since the start, nobody knows yet whether it can be used. */
export type RedisState = 'connecting' | 'works' | 'lost';

/** Whether Redis can be used: proven once for each pair of connections, and after each refusal. */
export interface Health {
  /** Whether both connections, as they are, have done once what is needed. Nothing else is to be sent before. */
  readonly isProven: boolean;
  readonly state: RedisState;
  /** Redis refuses something, or does not answer. */
  lose(error: unknown): void;
  /** Ends both connections. */
  close(): void;
}

/** After trouble, what is needed is tried again so often. */
const proveEveryMs = 500;

export const createHealth = (options: HealthOptions): Health => {
  const { commandClient, messageClient, target, direct, emit } = options;
  const connections: readonly (Redis | Cluster)[] = [commandClient, messageClient];
  let lastError: unknown;
  let lostAt: number | undefined;
  let isProven = false;
  let isProving = false;
  /** How often something went wrong. */
  let troubles = 0;
  let isClosed = false;
  let proveTimer: NodeJS.Timeout | undefined;

  const lose = (error: unknown): void => {
    if (isClosed) return;
    troubles += 1;
    clearTimeout(proveTimer);
    proveTimer = setTimeout(prove, proveEveryMs).unref();
    if (lostAt !== undefined) return;
    lostAt = performance.now();
    // The refusal of a password comes after the first command was sent.
    const isRefused = toWord(error) === 'NOAUTH' && target.options.password !== undefined;
    emit({ kind: 'redis-lost', cause: toTrouble(isRefused ? new Error('WRONGPASS') : error) });
  };

  const prove = async (): Promise<void> => {
    if (isProving || isClosed || connections.some(({ status }) => status !== 'ready')) return;
    isProving = true;
    const before = troubles;
    try {
      await probe(direct, target.database);
      // A refused SELECT comes while the probe works in database 0.
      if (troubles === before) {
        isProven = true;
        lastError = undefined;
        if (lostAt !== undefined) emit({ kind: 'redis-back', afterMs: performance.now() - lostAt });
        lostAt = undefined;
      }
    } catch (error) {
      lose(error);
      // A primary that was demoted: another one may have its name by now.
      if (toWord(error) === 'READONLY') for (const connection of connections) connection.disconnect(true);
    }
    isProving = false;
  };

  for (const connection of connections) {
    if (connection instanceof Redis) guardConnection(connection);
    else guardCluster(connection, lose);
    connection.on('error', (error: Error & { command?: { name?: string } }) => {
      lastError = error;
      // Otherwise the commands would go to database 0.
      if (error.command?.name !== 'select') return;
      isProven = false;
      lose(error);
      connection.disconnect(true);
    });
    connection.on('ready', prove);
    // The error, if there is one, comes before.
    connection.on('close', () => {
      isProven = false;
      lose(lastError);
    });
    // ioredis gives up when sentinels name what is not an address.
    connection.on('end', () => {
      lose(lastError);
      setTimeout(() => isClosed || connection.connect().catch(() => {}), proveEveryMs).unref();
    });
  }
  const stopWatching = watch(connections, () => lose({ code: 'ETIMEDOUT' }));

  return {
    get isProven() {
      return isProven;
    },
    get state() {
      if (lostAt !== undefined) return 'lost';
      return isProven ? 'works' : 'connecting';
    },
    lose,
    close: () => {
      isClosed = true;
      stopWatching();
      clearTimeout(proveTimer);
      for (const connection of connections) connection.disconnect();
    },
  };
};

const probeMs = 2_000;

/**
 * Does once what the exchange does all the time: scripts that write and announce, a script that reads, a message.
 * @throws whatever Redis says when one of them is forbidden or impossible
 */
const probe = async (direct: RedisCommands, database: number): Promise<void> => {
  const id = randomUUID();
  const key = `media-tasks:probe:{${id}}`;
  const channel = `media-tasks:probe:${database}:{${id}}`;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(Object.assign(new Error('deaf'), { code: 'DEAF' })), probeMs);
  // A connection that is closed meanwhile has nobody who waits for this.
  timer.unref();
  /** All in one round trip: one after the other would take too long where Redis is far. */
  const work = (): Promise<unknown> =>
    Promise.all([
      direct.compareAndSet(key, { expected: '', next: 'lease - 0 0 {}', keepMs: 1_000, channel }),
      direct.read([key]),
      direct.setAndPublish(key, { text: '', keepMs: 1_000, channel, head: '' }),
      direct.publish(channel, 'probe'),
      heard,
    ]);
  const subscription = direct.subscribe(channel, {
    onMessage: (message) => {
      if (message === 'probe') hear();
    },
    onSubscribed: () => {
      work().then(resolve, reject);
    },
    onRefused: reject,
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    subscription.close();
  }
};

/** A connection that has been silent for so long, though it was asked something, is made anew. */
const longestSilenceMs = 3_000;
const watchEveryMs = 500;

/**
 * Notices a Redis that hangs: its connections stay open, and nothing is answered.
 * @param onSilent the connection is being made anew
 * @returns ends the watching
 */
const watch = (connections: readonly (Redis | Cluster)[], onSilent: () => void): (() => void) => {
  /** What each connection was asked and has not answered since. */
  const silentSince = new Map<Redis | Cluster, number>();
  const check = (connection: Redis | Cluster): void => {
    const since = silentSince.get(connection);
    const answered = () => silentSince.delete(connection);
    if (connection.status !== 'ready') answered();
    else if (since === undefined) {
      silentSince.set(connection, performance.now());
      connection.ping().then(answered, (error: unknown) => isRedisReply(error) && answered());
    } else if (performance.now() - since >= longestSilenceMs) {
      answered();
      onSilent();
      connection.disconnect(true);
    }
  };
  const timer = setInterval(() => connections.forEach(check), watchEveryMs).unref();
  return () => clearInterval(timer);
};
