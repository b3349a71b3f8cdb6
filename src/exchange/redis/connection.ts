import type { Redis } from 'ioredis';
import type { ProcessEvent } from '../../domain/events.ts';
import { type CommandClient, openCommandClient, openMessageClient } from './clients.ts';
import { createHealth, type RedisState } from './health.ts';
import { readRedisTarget } from './target.ts';
import { isRedisReply, toTrouble } from './trouble.ts';

/** Redis cannot be used just now, or refuses. Nobody outside the exchange sees this. */
export class RedisDown extends Error {
  override readonly name = 'RedisDown';
}

/** A value, and how much of its life it has left, in ms. */
export interface StoredText {
  readonly text: string;
  readonly leftMs: number;
}

/** A record is replaced only if it is as expected, and the replacement is announced. */
export interface RecordChange {
  /** What the record must begin with. Empty: it must be missing. */
  readonly expected: string;
  readonly next: string;
  readonly keepMs: number;
  /** The channel on which the new record is published. */
  readonly channel: string;
}

/** A text that is stored, and published behind `head`. */
export interface StoredMessage {
  readonly text: string;
  readonly keepMs: number;
  readonly channel: string;
  readonly head: string;
}

/** Receives the messages of one channel. */
export interface ChannelListener {
  onMessage(message: string): void;
  /** Messages come from now on: for the first time, or again after the connection was lost. */
  onSubscribed(): void;
  /** Redis does not let this process subscribe. */
  onRefused?(error: unknown): void;
}

/** Ends when it is closed; until then it survives the connection. */
export interface Subscription {
  /** Whether messages come, as far as this process knows. */
  readonly isActive: boolean;
  close(): void;
}

/** What the exchange does at Redis, in these words. */
export interface RedisCommands {
  /** @returns undefined when it was done, else the record as it is; empty when it is missing */
  compareAndSet(key: string, change: RecordChange): Promise<string | undefined>;
  /** Reads keys of one account. Undefined for what is missing, never expires, or is not a text. */
  read(keys: readonly string[]): Promise<readonly (StoredText | undefined)[]>;
  setAndPublish(key: string, message: StoredMessage): Promise<void>;
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: ChannelListener): Subscription;
}

/**
 * The little that the exchange needs of Redis. Every promise rejects with RedisDown when Redis is not there, refuses, or
 * does not answer; what was asked may have been done all the same.
 */
export interface RedisLink extends RedisCommands {
  /** Pub/sub knows no databases: channels name it. */
  readonly database: number;
  /** How long a round trip takes: a moving mean, in ms. */
  readonly roundTripMs: number;
  /** Whether Redis has replied lately. */
  readonly isAnswering: boolean;
}

export interface RedisConnectionOptions {
  /** See `readRedisTarget`. */
  readonly url: string;
  /** Certificates in PEM that vouch for the server, beside those that Node trusts. */
  readonly ca?: string | undefined;
  readonly emit: (event: ProcessEvent) => void;
}

/** The two connections of a process, for all its accounts. */
export interface RedisConnection extends RedisLink {
  readonly state: RedisState;
  close(): void;
}

/** How quickly the mean of round trips follows. */
const newShare = 0.2;

/** Redis that has not replied for so long is not answering: it is asked something twice a second. */
const longestReplyMs = 1_500;

/**
 * Connects in the background: Redis may be down now, and come up or go away at any time.
 * @throws Error when the address is none
 */
export const connectRedis = ({ url, ca, emit }: RedisConnectionOptions): RedisConnection => {
  const target = readRedisTarget(url, ca);
  const commandClient = openCommandClient(target);
  const messageClient = openMessageClient(target);
  const direct = toCommands(commandClient, messageClient, (error) => health.lose(error));
  const health = createHealth({ commandClient, messageClient, target, direct, emit });
  let roundTripMs = 0;
  let repliedAt = Number.NEGATIVE_INFINITY;

  const ask = async <Reply>(request: () => Promise<Reply>): Promise<Reply> => {
    if (!health.isProven) throw new RedisDown('Redis cannot be used just now.');
    const sentAt = performance.now();
    try {
      const reply = await request();
      repliedAt = performance.now();
      roundTripMs += (repliedAt - sentAt - roundTripMs) * newShare;
      return reply;
    } catch (error) {
      if (isRedisReply(error)) health.lose(error);
      throw new RedisDown(`Redis: ${toTrouble(error)}`);
    }
  };

  return {
    get state() {
      return health.state;
    },
    database: target.database,
    get roundTripMs() {
      return roundTripMs;
    },
    get isAnswering() {
      return performance.now() - repliedAt < longestReplyMs;
    },
    compareAndSet: (key, change) => ask(() => direct.compareAndSet(key, change)),
    read: (keys) => ask(() => direct.read(keys)),
    setAndPublish: (key, message) => ask(() => direct.setAndPublish(key, message)),
    publish: (channel, message) => ask(() => direct.publish(channel, message)),
    subscribe: direct.subscribe,
    close: health.close,
  };
};

/** Commands on the clients themselves: errors are those of Redis, and replies may be anything. */
const toCommands = (
  commands: CommandClient,
  messages: Redis,
  onRefused: (error: Error) => void,
): RedisCommands => ({
  compareAndSet: async (key, { expected, next, keepMs, channel }) => {
    const [isDone, current] = await commands.compareAndSet(key, expected, next, keepMs, channel);
    if (isDone === 1) return undefined;
    if (isDone !== 0 || typeof current !== 'string')
      throw new TypeError('This is not a reply of the script.');
    return current;
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
  setAndPublish: async (key, { text, keepMs, channel, head }) => {
    await commands.setAndPublish(key, text, keepMs, channel, head);
  },
  publish: async (channel, message) => {
    await commands.publish(channel, message);
  },
  subscribe: createSubscribe(messages, onRefused),
});

interface Entry {
  readonly listener: ChannelListener;
  isActive: boolean;
}

/** Subscribes on one connection, which can do nothing else then, and again whenever it is made anew. */
const createSubscribe = (
  connection: Redis,
  onRefused: (error: Error) => void,
): RedisCommands['subscribe'] => {
  /** No EventEmitter: whoever publishes `error` must not raise Node's event of that name. */
  const channels = new Map<string, Set<Entry>>();
  const entriesOf = (channel: string): readonly Entry[] => [...(channels.get(channel) ?? [])];

  const activate = (channel: string): void => {
    for (const entry of entriesOf(channel)) {
      if (entry.isActive) continue;
      entry.isActive = true;
      entry.listener.onSubscribed();
    }
  };

  const start = (channel: string): void => {
    connection.subscribe(channel).then(
      () => activate(channel),
      (error: Error) => {
        onRefused(error);
        for (const { listener } of entriesOf(channel)) listener.onRefused?.(error);
      },
    );
  };

  connection.on('message', (channel, message) => {
    for (const { listener } of entriesOf(channel)) listener.onMessage(message);
  });
  connection.on('ready', () => [...channels.keys()].forEach(start));
  connection.on('close', () => {
    for (const entry of [...channels.values()].flatMap((of) => [...of])) entry.isActive = false;
  });

  return (channel, listener) => {
    const entry: Entry = { listener, isActive: false };
    channels.set(channel, (channels.get(channel) ?? new Set()).add(entry));
    if (connection.status === 'ready') start(channel);
    return {
      get isActive() {
        return entry.isActive;
      },
      close: () => {
        entry.isActive = false;
        const left = channels.get(channel);
        left?.delete(entry);
        if (left?.size !== 0) return;
        channels.delete(channel);
        // What is not unsubscribed has no listener.
        if (connection.status === 'ready') connection.unsubscribe(channel).catch(() => {});
      },
    };
  };
};

/** Gathers what comes in one turn of the event loop, and hands it over together. */
export const createBatch = <Item>(
  send: (items: readonly Item[]) => void,
  mostItems: number,
): ((item: Item) => void) => {
  let items: Item[] = [];
  const flush = (): void => {
    const gathered = items;
    items = [];
    for (let start = 0; start < gathered.length; start += mostItems) {
      send(gathered.slice(start, start + mostItems));
    }
  };
  return (item) => {
    items.push(item);
    // Behind the promises of this turn, which may bring more.
    if (items.length === 1) Promise.resolve().then(() => process.nextTick(flush));
  };
};
