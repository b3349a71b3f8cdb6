import { afterEach, describe, expect, test } from '@jest/globals';
import { connectRedis, type RedisLink } from '../../../src/exchange/redis/connection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { describeWithRedis, openRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait.ts';
import { createFakeRedis } from '../support/fake-redis.ts';
import { openRedisCluster } from '../support/redis-cluster.ts';

/** A Redis that the steps are done on; time passes as it needs. */
interface Subject {
  readonly link: RedisLink;
  /** Lets what was sent arrive. */
  settle(): Promise<void>;
  /** Another program writes a list where a text belongs. */
  readonly clean: () => Promise<void>;
}

const openFake = async (): Promise<Subject> => {
  const clock = createFakeClock();
  const link = createFakeRedis(clock).connect(clock, { latencyMs: () => 1 });
  let isEnded = false;
  const run = async () => {
    while (!isEnded) await clock.advance(1);
  };
  void run();
  return {
    link,
    settle: () => clock.sleep(20),
    clean: async () => {
      isEnded = true;
    },
  };
};

const openReal = async (): Promise<Subject> => {
  const redis = await openRedis();
  const link = connectRedis({ url: redis.url, emit: () => {} });
  const ping = () =>
    link.publish('nobody', 'hello').then(
      () => true,
      () => false,
    );
  await waitFor(ping, Boolean);
  return {
    link,
    settle: () => new Promise((resolve) => setTimeout(resolve, 50)),
    clean: async () => {
      link.close();
      await redis.close();
    },
  };
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const set = (link: RedisLink, key: string, text: string, keepMs: number): Promise<void> =>
  link.setAndPublish(key, { text, keepMs, channel: 'nobody', head: '' });

const promises = (open: () => Promise<Subject>): void => {
  const start = async () => {
    const subject = await open();
    closers.push(subject.clean);
    return subject;
  };

  test('a record is replaced only if it is as expected, and announced only then', async () => {
    const { link, settle } = await start();
    const received: string[] = [];
    link.subscribe('channel', { onMessage: (message) => received.push(message), onSubscribed: () => {} });
    await settle();
    const change = (expected: string, next: string) =>
      link.compareAndSet('record', { expected, next, keepMs: 10_000, channel: 'channel' });
    expect(await change('lease a 1 ', 'lease b 2 1 {}')).toBe('');
    expect(await change('', 'lease a 1 1 {}')).toBeUndefined();
    expect(await change('', 'lease b 2 1 {}')).toBe('lease a 1 1 {}');
    expect(await change('lease a 1 2 ', 'lease b 2 1 {}')).toBe('lease a 1 1 {}');
    expect(await change('lease a 1 ', 'lease a 1 2 {}')).toBeUndefined();
    await settle();
    expect(received).toEqual(['lease a 1 1 {}', 'lease a 1 2 {}']);
  });

  test.each(['something else', 'lease of another kind'])(
    '%p is no record, and counts as missing',
    async (text) => {
      const { link } = await start();
      await set(link, 'record', text, 10_000);
      const change = { expected: '', next: 'lease a 1 1 {}', keepMs: 10_000, channel: 'channel' };
      expect(await link.compareAndSet('record', change)).toBeUndefined();
      expect((await link.read(['record']))[0]?.text).toBe('lease a 1 1 {}');
    },
  );

  test('texts are read with what is left of their lives, and not after', async () => {
    const { link, settle } = await start();
    await set(link, '{a}short', 'gone', 10);
    await set(link, '{a}long', 'kept: ü', 10_000);
    await settle();
    const [short, long, none] = await link.read(['{a}short', '{a}long', '{a}none']);
    expect(short).toBeUndefined();
    expect(none).toBeUndefined();
    expect(long?.text).toBe('kept: ü');
    expect(long?.leftMs).toBeLessThan(10_000);
    expect(long?.leftMs).toBeGreaterThan(5_000);
  });

  test('a text is stored, and published behind what is to stand before it', async () => {
    const { link, settle } = await start();
    const received: string[] = [];
    link.subscribe('channel', { onMessage: (message) => received.push(message), onSubscribed: () => {} });
    await settle();
    await link.setAndPublish('key', { text: 'text', keepMs: 10_000, channel: 'channel', head: 'head ' });
    await settle();
    expect((await link.read(['key']))[0]?.text).toBe('text');
    expect(received).toEqual(['head text']);
  });

  test('messages reach all who have subscribed to their channel, and nobody who has closed', async () => {
    const { link, settle } = await start();
    const received: string[] = [];
    const listen = (name: string, channel: string) =>
      link.subscribe(channel, {
        onMessage: (message) => received.push(`${name}: ${message}`),
        onSubscribed: () => received.push(`${name} subscribed`),
      });
    const first = listen('first', 'error');
    expect(first.isActive).toBe(false);
    await settle();
    expect(first.isActive).toBe(true);
    const second = listen('second', 'error');
    listen('third', 'other');
    await settle();
    await link.publish('error', 'one');
    await settle();
    second.close();
    await link.publish('error', 'two');
    await settle();
    expect(received).toEqual([
      'first subscribed',
      'second subscribed',
      'third subscribed',
      'first: one',
      'second: one',
      'first: two',
    ]);
  });
};

const openCluster = async (): Promise<Subject> => {
  const cluster = await openRedisCluster();
  const link = connectRedis({ url: cluster.url, emit: () => {} });
  await waitFor(
    () =>
      link.publish('nobody', 'hello').then(
        () => true,
        () => false,
      ),
    Boolean,
  );
  return {
    link,
    settle: () => new Promise((resolve) => setTimeout(resolve, 50)),
    clean: async () => {
      link.close();
      await cluster.close();
    },
  };
};

describeWithRedis('the real Redis', () => promises(openReal));
describeWithRedis('a cluster of real Redis', () => promises(openCluster));
describe('the Redis of the model tests', () => promises(openFake));
