import { randomUUID } from 'node:crypto';
import type { RedisLink } from './link.ts';

const probeMs = 2_000;

/**
 * Does once what the exchange does all the time: a script that writes and announces, a script that reads, a text, a message.
 * @throws whatever Redis says when one of them is forbidden or impossible
 */
export const probeRedis = async (redis: RedisLink): Promise<void> => {
  const id = randomUUID();
  const key = `media-tasks:probe:{${id}}`;
  const channel = `media-tasks:probe:${redis.database}:{${id}}`;
  let subscription: ReturnType<RedisLink['subscribe']> | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error('deaf'), { code: 'DEAF' })), probeMs);
      // A connection that is closed meanwhile has nobody who waits for this.
      timer.unref();
      const work = async (): Promise<void> => {
        await redis.compareAndSet(key, { expected: '', next: 'lease - 0 0 {}', keepMs: 1_000, channel });
        await redis.read([key]);
        await redis.set(key, '', 1_000);
        await redis.publish(channel, 'probe');
      };
      subscription = redis.subscribe(channel, {
        onMessage: (message) => {
          if (message === 'probe') resolve();
        },
        onSubscribed: () => {
          work().catch(reject);
        },
        onRefused: reject,
      });
    });
  } finally {
    clearTimeout(timer);
    subscription?.close();
  }
};
