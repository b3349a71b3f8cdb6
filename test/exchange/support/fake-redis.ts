import type { Clock } from '../../../src/domain/clock.ts';
import { type ChannelListener, RedisDown, type RedisLink } from '../../../src/exchange/redis/connection.ts';

/** How one process's way to Redis is. */
export interface Network {
  /** How long a message takes in one direction, in ms. Asked for each. */
  latencyMs: () => number;
  /** Connections are broken, and no new one comes about. */
  isCut: boolean;
  /** What is sent arrives only after this moment, by the clock: the network holds it up, and loses nothing. */
  stalledUntil: number;
}

export interface FakeRedis {
  /** A process's two connections. Its clock can be held up, which is how a process freezes. */
  connect(clock: Clock, network?: Partial<Network>): FakeLink;
  /** Loses everything that it was told. */
  flush(): void;
  /** Sets its time of day, by which texts end, forward; back if negative. */
  putForward(ms: number): void;
  /** What is stored under a key, put there by somebody else. */
  put(key: string, text: string): void;
  get(key: string): string | undefined;
}

export interface FakeLink extends RedisLink {
  readonly network: Network;
  /** Breaks its connections for good, as the end of the process does. */
  kill(): void;
  cut(): void;
  mend(): void;
}

const commandTimeoutMs = 2_000;

interface Subscriber {
  readonly channel: string;
  deliver(message: string): void;
}

/** Redis as far as the exchange uses it, in virtual time: with latency, and ways to break it. */
export const createFakeRedis = (serverClock: Clock): FakeRedis => {
  const texts = new Map<string, { readonly text: string; readonly until: number }>();
  const subscribers = new Set<Subscriber>();
  let offsetMs = 0;
  const timeOfDay = (): number => serverClock.elapsed() + offsetMs;

  const get = (key: string): string | undefined => {
    const stored = texts.get(key);
    return stored && stored.until > timeOfDay() ? stored.text : undefined;
  };
  const set = (key: string, text: string, keepMs: number): void => {
    texts.set(key, { text, until: timeOfDay() + keepMs });
  };
  const publish = (channel: string, message: string): void => {
    for (const subscriber of subscribers) if (subscriber.channel === channel) subscriber.deliver(message);
  };

  const connect = (clock: Clock, options: Partial<Network> = {}): FakeLink => {
    const network: Network = { latencyMs: () => 0, isCut: false, stalledUntil: 0, ...options };
    let isDead = false;
    /** Counts connections: what was under way in an earlier one is lost. */
    let connection = 0;
    const entries = new Set<{ start(): void; stop(): void }>();

    /** One direction of one connection: what is sent first arrives first. */
    const createPipe = (arrivalClock: Clock): ((arrive: () => void) => void) => {
      let lastAt = 0;
      return (arrive) => {
        const of = connection;
        const now = serverClock.elapsed();
        lastAt = Math.max(lastAt, now + network.latencyMs(), network.stalledUntil);
        arrivalClock.sleep(lastAt - now).then(() => {
          if (!isDead && !network.isCut && of === connection) arrive();
        });
      };
    };
    const toServer = createPipe(serverClock);
    const fromServer = createPipe(clock);
    const subscriptionToServer = createPipe(serverClock);
    const pushes = createPipe(clock);

    let roundTripMs = 0;
    let repliedAt = Number.NEGATIVE_INFINITY;
    const run = <Result>(command: () => Result): Promise<Result> =>
      new Promise((resolve, reject) => {
        const sentAt = clock.elapsed();
        const fail = () => reject(new RedisDown('Redis: it did not answer.'));
        if (network.isCut || isDead) {
          clock.sleep(0).then(fail);
          return;
        }
        clock.sleep(commandTimeoutMs).then(fail);
        toServer(() => {
          const result = command();
          fromServer(() => {
            repliedAt = clock.elapsed();
            roundTripMs += (repliedAt - sentAt - roundTripMs) * 0.2;
            resolve(result);
          });
        });
      });

    const subscribe = (channel: string, listener: ChannelListener) => {
      let isActive = false;
      let subscriber: Subscriber | undefined;
      const entry = {
        start: () => {
          subscriptionToServer(() => {
            if (!entries.has(entry)) return;
            subscriber = {
              channel,
              deliver: (message) => pushes(() => entries.has(entry) && listener.onMessage(message)),
            };
            subscribers.add(subscriber);
            pushes(() => {
              if (!entries.has(entry)) return;
              isActive = true;
              listener.onSubscribed();
            });
          });
        },
        stop: () => {
          isActive = false;
          if (subscriber) subscribers.delete(subscriber);
        },
      };
      entries.add(entry);
      entry.start();
      return {
        get isActive() {
          return isActive;
        },
        close: () => {
          entries.delete(entry);
          entry.stop();
        },
      };
    };

    const stopAll = (): void => {
      connection += 1;
      for (const entry of entries) entry.stop();
    };

    return {
      network,
      database: 0,
      get roundTripMs() {
        return roundTripMs;
      },
      get isAnswering() {
        return clock.elapsed() - repliedAt < 1_500;
      },
      compareAndSet: (key, { expected, next, keepMs, channel }) =>
        run(() => {
          const stored = get(key) ?? '';
          const current = /^lease \S+ \d+ \d+ /.test(stored) ? stored : '';
          const isAsExpected = expected === '' ? current === '' : current.startsWith(expected);
          if (!isAsExpected) return current;
          set(key, next, keepMs);
          publish(channel, next);
          return undefined;
        }),
      read: (keys) =>
        run(() =>
          keys.map((key) => {
            const stored = texts.get(key);
            const leftMs = (stored?.until ?? 0) - timeOfDay();
            return stored && leftMs > 0 ? { text: stored.text, leftMs } : undefined;
          }),
        ),
      setAndPublish: (key, { text, keepMs, channel, head }) =>
        run(() => {
          set(key, text, keepMs);
          publish(channel, head + text);
        }),
      publish: (channel, message) => run(() => publish(channel, message)),
      subscribe,
      kill: () => {
        isDead = true;
        stopAll();
      },
      cut: () => {
        network.isCut = true;
        stopAll();
      },
      mend: () => {
        network.isCut = false;
        connection += 1;
        for (const entry of entries) entry.start();
      },
    };
  };

  return {
    connect,
    flush: () => texts.clear(),
    putForward: (ms) => {
      offsetMs += ms;
    },
    put: (key, text) => set(key, text, 3_600_000),
    get,
  };
};
