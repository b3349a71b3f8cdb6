import type { Redis } from 'ioredis';
import type { ChannelListener, Subscription } from './link.ts';

interface Entry {
  readonly listener: ChannelListener;
  isActive: boolean;
}

/** The channels that one connection is subscribed to. A connection that has subscribed can do nothing else. */
export interface Subscriber {
  subscribe(channel: string, listener: ChannelListener): Subscription;
}

/** @param onRefused Redis does not let us subscribe */
export const createSubscriber = (connection: Redis, onRefused: (error: Error) => void): Subscriber => {
  /** No EventEmitter: whoever publishes `error` must not raise Node's event of that name. */
  const channels = new Map<string, Set<Entry>>();
  const entries = (): Entry[] => [...channels.values()].flatMap((of) => [...of]);

  const activate = (channel: string): void => {
    for (const entry of channels.get(channel) ?? []) {
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
        for (const { listener } of channels.get(channel) ?? []) listener.onRefused?.(error);
      },
    );
  };

  connection.on('message', (channel, message) => {
    for (const { listener } of channels.get(channel) ?? []) listener.onMessage(message);
  });
  // Again after each new connection.
  connection.on('ready', () => {
    for (const channel of channels.keys()) start(channel);
  });
  connection.on('close', () => {
    for (const entry of entries()) entry.isActive = false;
  });

  return {
    subscribe: (channel, listener) => {
      const entry: Entry = { listener, isActive: false };
      const known = channels.get(channel);
      channels.set(channel, (known ?? new Set()).add(entry));
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
          if (connection.status === 'ready') connection.unsubscribe(channel).catch(ignore);
        },
      };
    },
  };
};

/** What is not unsubscribed has no listener. */
const ignore = (): void => {};
