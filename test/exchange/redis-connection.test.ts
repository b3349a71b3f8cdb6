import { afterEach, expect, test } from '@jest/globals';
import { connectRedis, type RedisConnection, type RedisEvent } from '../../src/exchange/redis-connection.ts';
import { describeWithRedis, openRedis, type RedisServer, reserveRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const openServer = async (...options: string[]): Promise<RedisServer> => {
  const server = await openRedis(...options);
  closers.push(server.close);
  return server;
};

const connect = (url: string): { link: RedisConnection; events: RedisEvent[] } => {
  const events: RedisEvent[] = [];
  const link = connectRedis({ url, onEvent: (event) => events.push(event) });
  closers.push(link.close);
  return { link, events };
};

const isThere = (link: RedisConnection): Promise<boolean> =>
  link.set('key', 'text', 10_000).then(
    () => true,
    () => false,
  );

const whenThere = (link: RedisConnection): Promise<boolean> => waitFor(() => isThere(link), Boolean);

describeWithRedis('a connection to Redis', () => {
  test('is lost and back once when Redis is killed and started again, with its subscriptions', async () => {
    const server = await openServer();
    const { link, events } = connect(server.url);
    const heard: string[] = [];
    let subscribed = 0;
    const subscription = link.subscribe('news', {
      onMessage: (message) => heard.push(message),
      onSubscribed: () => {
        subscribed += 1;
      },
    });
    await whenThere(link);
    await waitFor(async () => subscription.isActive, Boolean);
    await server.stop();
    await waitFor(
      async () => subscription.isActive,
      (isActive) => !isActive,
    );
    expect(await isThere(link)).toBe(false);
    await server.start();
    await waitFor(async () => subscription.isActive, Boolean);
    await whenThere(link);
    await link.publish('news', 'hello');
    await waitFor(
      async () => heard,
      (all) => all.length > 0,
    );
    expect(subscribed).toBe(2);
    expect(events.map(({ kind }) => kind)).toEqual(['redis-lost', 'redis-back']);
  });

  test('comes up when Redis, missing at the start, comes up', async () => {
    const server = await reserveRedis();
    closers.push(server.close);
    const { link, events } = connect(server.url);
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    await server.start();
    await whenThere(link);
    expect(events).toMatchObject([
      { kind: 'redis-lost', cause: 'nobody listens at its address.' },
      { kind: 'redis-back' },
    ]);
  });

  test('to a Redis that hangs is made anew after three seconds, and works when it goes on', async () => {
    const server = await openServer();
    const { link, events } = connect(server.url);
    await whenThere(link);
    server.pause();
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'it did not answer.' }]);
    server.resume();
    await whenThere(link);
    await waitFor(
      async () => events,
      (all) => all.length === 2,
    );
  });

  test.each([
    { options: ['--requirepass', 'right'], login: '', cause: 'it wants a password.' },
    { options: ['--requirepass', 'right'], login: ':wrong@', cause: 'it refuses the user or the password.' },
  ])('tells once that $cause', async ({ options, login, cause }) => {
    const server = await reserveRedis(...options);
    closers.push(server.close);
    server.client.options.password = 'right';
    await server.start();
    const { link, events } = connect(server.url.replace('//', `//${login}`));
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    for (let count = 0; count < 20; count += 1) {
      expect(await isThere(link)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(events).toEqual([{ kind: 'redis-lost', cause }]);
  });

  test('tells that Redis is full', async () => {
    const server = await openServer('--maxmemory', '1');
    const { link, events } = connect(server.url);
    await waitFor(
      () =>
        link.publish('news', 'x').then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    expect(await isThere(link)).toBe(false);
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'it is full.' }]);
  });
});
