import { type Cluster, Redis, type RedisOptions, SentinelConnector, SentinelIterator } from 'ioredis';
import { isRedisReply } from './trouble.ts';

/**
 * ioredis believes what servers send: its parser recurses and keeps replies of any size, and what it throws, or what the
 * code behind it throws, would end this process. Each connection that it makes is guarded: those of a cluster and of
 * sentinels as well, which it makes by itself.
 */

/** So much without an answered ping is none of Redis' replies to us. */
const mostUnansweredBytes = 128 * 2 ** 20;

/** After this part of it, a ping shows that what came before was read. */
const pingAfter = 1 / 128;

/** Whoever sends what cannot be parsed, or is too large, loses the connection. */
export const guardConnection = (connection: Redis, mostBytes = mostUnansweredBytes): Redis => {
  connection.on('connect', () => {
    const { stream } = connection;
    let bytes = 0;
    let isPinging = false;
    const ping = async (): Promise<void> => {
      isPinging = true;
      const isAnswered = await connection.ping().then(() => true, isRedisReply);
      isPinging = false;
      if (isAnswered) bytes = 0;
    };
    for (const parse of stream.listeners('data')) {
      stream.off('data', parse as () => void);
      stream.prependListener('data', (data: Buffer) => {
        try {
          bytes += data.length;
          if (bytes > mostBytes) throw new Error('Redis sends more than it is asked for.');
          parse(data);
          if (bytes > mostBytes * pingAfter && !isPinging) void ping();
        } catch (error) {
          stream.destroy(error as Error);
        }
      });
    }
  });
  return connection;
};

const slots = 16_384;

/** Of one cluster. Redis recommends a thousand at most. */
const mostNodes = 2_000;

/** What two thousand nodes and as many ranges of slots take. */
const mostSlotBytes = 16 * 2 ** 20;

/**
 * Guards the connections to the nodes of a cluster, and those that are made to ask them for the slots.
 * @param onError called with errors that ioredis would ignore, or that would end the process
 */
export const guardCluster = (cluster: Cluster, onError: (error: unknown) => void): void => {
  cluster.on('+node', (node: Redis) => {
    if (cluster.nodes().length > mostNodes) {
      node.disconnect();
      return;
    }
    guardConnection(node);
    // ioredis sends ASKING while a slot moves and ignores the reply: a refusal would end this process.
    node.asking = () => Redis.prototype.asking.call(node).catch(onError) as Promise<'OK'>;
    node.duplicate = (override) => {
      const connection = new Redis({ ...node.options, ...override });
      return checkSlots(guardConnection(connection, mostSlotBytes), onError);
    };
  });
};

type Reply = (error: unknown, reply?: unknown) => void;

/** ioredis reads the reply to `CLUSTER SLOTS` in a callback, outside of the guard. */
const checkSlots = (connection: Redis, onError: (error: unknown) => void): Redis =>
  Object.assign(connection, {
    cluster: (subcommand: 'SLOTS', reply: Reply) => {
      connection
        .call('cluster', subcommand)
        .then(
          (read) => (isSlots(read) ? reply(null, read) : reply(new Error('This is not a map of slots.'))),
          reply,
        )
        .catch(onError);
    },
  });

/** Lists of a first slot, a last one, and nodes, which are lists of host, port and more. */
const isSlots = (reply: unknown): boolean => {
  if (!Array.isArray(reply) || reply.length > slots) return false;
  const nodes = new Set<string>();
  return reply.every((range) => {
    if (!Array.isArray(range)) return false;
    const [first, last, ...owners] = range;
    const areOwners = owners.every((owner) => {
      if (!Array.isArray(owner)) return false;
      const [host, port] = owner;
      nodes.add(`${host}:${port}`);
      return (host === null || typeof host === 'string') && isWithin(port, 65_535);
    });
    return areOwners && nodes.size <= mostNodes && isWithin(first, slots - 1) && isWithin(last, slots - 1);
  });
};

const isWithin = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** For `reconnectOnError` of a cluster's nodes, which sees each error before the cluster follows it to another node. */
export const refuseMalformedRedirection = (error: Error): false => {
  if (!/^(MOVED|ASK)\b/.test(error.message)) return false;
  const [, slot = '', port = ''] = /^\w+ (\d{1,5}) \S*:(\d{1,5})$/.exec(error.message) ?? [];
  const isSound = slot !== '' && isWithin(Number(slot), slots - 1) && isWithin(Number(port), 65_535);
  if (!isSound) error.message = 'ERR malformed redirection';
  return false;
};

/** The longest reply of a sentinel: enough to name nearly a hundred others. */
const mostSentinelBytes = 2 ** 16;

/** How many sentinels are remembered, those that others have named included. */
const mostSentinels = 100;

/** What ioredis's own connector keeps private: there is no other way to what it makes. */
interface Internals {
  connectToSentinel(endpoint: unknown, options?: RedisOptions): Redis;
  readonly sentinelIterator: { readonly sentinels: readonly unknown[] };
}

/** Finds the primary, as ioredis does, by guarded connections to the sentinels. */
export class GuardedSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
    const internals = this as unknown as Internals;
    const connectToSentinel = internals.connectToSentinel.bind(this);
    internals.connectToSentinel = (endpoint, settings) => {
      const connection = guardConnection(connectToSentinel(endpoint, settings), mostSentinelBytes);
      // Without a listener, ioredis prints it.
      return connection.on('error', () => {});
    };
  }

  override connect(
    ...args: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    const { sentinels } = (this as unknown as Internals).sentinelIterator;
    if (sentinels.length > mostSentinels) {
      this.sentinelIterator = new SentinelIterator(this.options.sentinels ?? []);
    }
    return super.connect(...args);
  }
}
