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

/**
 * The little that the exchange needs of Redis. Every promise rejects with RedisDown when Redis is not there, refuses, or
 * does not answer; what was asked may have been done all the same.
 */
export interface RedisLink {
  /** Pub/sub knows no databases: channels name it. */
  readonly database: number;
  /** @returns undefined when it was done, else the record as it is; empty when it is missing */
  compareAndSet(key: string, change: RecordChange): Promise<string | undefined>;
  /** Reads keys of one account. Undefined for what is missing, or is no text. */
  read(keys: readonly string[]): Promise<readonly (StoredText | undefined)[]>;
  set(key: string, text: string, keepMs: number): Promise<void>;
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: ChannelListener): Subscription;
}
