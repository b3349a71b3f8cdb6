import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectRedis, type RedisLink } from '../../../src/exchange/redis/connection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { describeWithRedis, openRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait.ts';
import { createFakeRedis } from '../support/fake-redis.ts';
import { openRedisCluster } from '../support/redis-cluster.ts';

/** A Redis that the steps are done on; time passes as it needs. */
interface Subject {
  readonly link: RedisLink;
  /** Waits until what was sent has arrived. */
  until(hasArrived: () => boolean | Promise<boolean>): Promise<unknown>;
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
    until: async (hasArrived) => {
      while (!(await hasArrived())) await clock.sleep(1);
    },
    clean: async () => {
      isEnded = true;
    },
  };
};

/** @param server closed with the connection */
const openReal = async (server: { readonly url: string; close(): Promise<void> }): Promise<Subject> => {
  const link = connectRedis({ url: server.url, emit: () => {} });
  const ping = () =>
    link.publish('nobody', 'hello').then(
      () => true,
      () => false,
    );
  await waitFor(ping, Boolean);
  return {
    link,
    until: (hasArrived) => waitFor(async () => hasArrived(), Boolean, { everyMs: 5 }),
    clean: async () => {
      link.close();
      await server.close();
    },
  };
};

const set = (link: RedisLink, key: string, text: string, keepMs: number): Promise<void> =>
  link.setAndPublish(key, { text, keepMs, channel: 'nobody', head: '' });

/** Each test has keys and channels of its own. */
const promises = (open: () => Promise<Subject>): void => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.clean());

  test('a record is replaced only if it is as expected, and announced only then', async () => {
    const { link, until } = subject;
    const received: string[] = [];
    const onMessage = (message: string) => received.push(message);
    const subscription = link.subscribe('channel', { onMessage, onSubscribed: () => {} });
    await until(() => subscription.isActive);
    const change = (expected: string, next: string) =>
      link.compareAndSet('record', { expected, next, keepMs: 10_000, channel: 'channel' });
    expect(await change('lease a 1 ', 'lease b 2 1 {}')).toBe('');
    expect(await change('', 'lease a 1 1 {}')).toBeUndefined();
    expect(await change('', 'lease b 2 1 {}')).toBe('lease a 1 1 {}');
    expect(await change('lease a 1 2 ', 'lease b 2 1 {}')).toBe('lease a 1 1 {}');
    expect(await change('lease a 1 ', 'lease a 1 2 {}')).toBeUndefined();
    await until(() => received.includes('lease a 1 2 {}'));
    expect(received).toEqual(['lease a 1 1 {}', 'lease a 1 2 {}']);
  });

  test.each(['something else', 'lease of another kind'])(
    '%p is no record, and counts as missing',
    async (text) => {
      const { link } = subject;
      const key = `a key with ${text}`;
      await set(link, key, text, 10_000);
      const change = { expected: '', next: 'lease a 1 1 {}', keepMs: 10_000, channel: 'channel' };
      expect(await link.compareAndSet(key, change)).toBeUndefined();
      expect((await link.read([key]))[0]?.text).toBe('lease a 1 1 {}');
    },
  );

  test('texts are read with what is left of their lives, and not after', async () => {
    const { link, until } = subject;
    await set(link, '{a}short', 'gone', 10);
    await set(link, '{a}long', 'kept: ü', 1_000_000);
    await until(async () => (await link.read(['{a}short']))[0] === undefined);
    const [long, none] = await link.read(['{a}long', '{a}none']);
    expect(none).toBeUndefined();
    expect(long?.text).toBe('kept: ü');
    expect(long?.leftMs).toBeLessThan(1_000_000);
    expect(long?.leftMs).toBeGreaterThan(500_000);
  });

  test('a text is stored, and published behind what is to stand before it', async () => {
    const { link, until } = subject;
    const received: string[] = [];
    const onMessage = (message: string) => received.push(message);
    const subscription = link.subscribe('stored', { onMessage, onSubscribed: () => {} });
    await until(() => subscription.isActive);
    await link.setAndPublish('stored', { text: 'text', keepMs: 100_000, channel: 'stored', head: 'head ' });
    await until(() => received.length > 0);
    expect((await link.read(['stored']))[0]?.text).toBe('text');
    expect(received).toEqual(['head text']);
  });

  test('messages reach all who have subscribed to their channel, and nobody who has closed', async () => {
    const { link, until } = subject;
    const received: string[] = [];
    const listen = (name: string, channel: string) =>
      link.subscribe(channel, {
        onMessage: (message) => received.push(`${name}: ${message}`),
        onSubscribed: () => received.push(`${name} subscribed`),
      });
    const first = listen('first', 'error');
    expect(first.isActive).toBe(false);
    await until(() => first.isActive);
    const second = listen('second', 'error');
    await until(() => second.isActive);
    const third = listen('third', 'other');
    await until(() => third.isActive);
    await link.publish('error', 'one');
    await until(() => received.includes('second: one'));
    second.close();
    await link.publish('error', 'two');
    await until(() => received.includes('first: two'));
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

describeWithRedis('the real Redis', () => promises(async () => openReal(await openRedis())));
describeWithRedis('a cluster of real Redis', () => promises(async () => openReal(await openRedisCluster())));
describe('the Redis of the model tests', () => promises(openFake));
