import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../src/domain/clock.ts';
import type { ExchangeEvent } from '../../src/exchange/events.ts';
import type { Exchange } from '../../src/exchange/exchange.ts';
import { connectRedis, type RedisEvent } from '../../src/exchange/redis/connection.ts';
import { createRedisExchange } from '../../src/exchange/redis-exchange.ts';
import { describeWithRedis, openRedis, type RedisServer } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { createFakeOwner, createFakeVendor, type FakeVendor } from './fake-owner.ts';
import { type Received, toWant } from './replicas.ts';

interface Process {
  readonly exchange: Exchange;
  readonly vendor: FakeVendor;
  readonly received: Received[];
  readonly events: (ExchangeEvent | RedisEvent)[];
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const openServer = async (): Promise<RedisServer> => {
  const server = await openRedis();
  closers.push(server.close);
  return server;
};

const open = (url: string, vendor: FakeVendor = createFakeVendor(), account = 'vendor-a1'): Process => {
  const quota = { calls: 100, perMs: 1_000 };
  const events: Process['events'] = [];
  const received: Received[] = [];
  const redis = connectRedis({ url, onEvent: (event) => events.push(event) });
  const exchange = createRedisExchange({
    redis,
    account,
    fingerprint: 'good',
    replicas: 1,
    quota,
    clock: systemClock,
    replicaId: randomUUID(),
    onEvent: (event) => events.push(event),
    createOwner: (links) =>
      createFakeOwner({ name: account, clock: systemClock, vendor, quota, links, isKilled: () => false }),
  });
  exchange.listen({
    onNewOwner: () => {},
    onAnswer: ({ id }) => received.push({ kind: 'answer', id, at: 0 }),
    onFailure: ({ id }) => received.push({ kind: 'failure', id, at: 0 }),
    onRefusal: ({ id }) => received.push({ kind: 'refusal', id, at: 0 }),
  });
  closers.push(async () => {
    await exchange.close();
    redis.close();
  });
  return { exchange, vendor, received, events };
};

const whenOwned = (...processes: Process[]): Promise<unknown> =>
  waitFor(
    async () => processes.map(({ exchange }) => exchange.state.kind),
    (kinds) => kinds.every((kind) => kind === 'owner' || kind === 'follower'),
  );

const whenReceived = ({ received }: Process, count: number): Promise<unknown> =>
  waitFor(
    async () => received,
    (all) => all.length >= count,
  );

describeWithRedis('exchanges on one Redis', () => {
  test('share answers: one call, pushed to both, and stored for a third', async () => {
    const server = await openServer();
    const vendor = createFakeVendor();
    const [first, second] = [open(server.url, vendor), open(server.url, vendor)];
    await whenOwned(first, second);
    first.exchange.want(toWant('a'));
    second.exchange.want(toWant('a'));
    await Promise.all([whenReceived(first, 1), whenReceived(second, 1)]);
    expect(vendor.calls).toHaveLength(1);
    const third = open(server.url, vendor);
    await whenOwned(third);
    expect((await third.exchange.read(toWant('a')))?.content).toEqual({ status: 'RUNNING' });
  });

  test('see nothing of another account or another database', async () => {
    const server = await openServer();
    const one = open(server.url);
    const others = [open(server.url, undefined, 'vendor-b2'), open(`${server.url}/1`)];
    await whenOwned(one, ...others);
    one.exchange.want(toWant('a'));
    await whenReceived(one, 1);
    for (const { exchange, received } of others) {
      expect(exchange.state.kind).toBe('owner');
      expect(await exchange.read(toWant('a'))).toBeUndefined();
      expect(received).toEqual([]);
    }
  });

  test('take garbage for nothing', async () => {
    const server = await openServer();
    await server.client.set('media-tasks:lease:{vendor-a1}', 'lease somebody 1 1 garbage');
    await server.client.lpush('media-tasks:1:{vendor-a1}:answer:Task:a', 'a list');
    await server.client.set('media-tasks:1:{vendor-a1}:answer:Task:b', '{"content":{}}', 'PX', 60_000);
    const process = open(server.url);
    for (const message of [
      '',
      'answer',
      'answer x Task a {}',
      'lease - 1 1 {}',
      'error',
      'refusals x',
      '\u0000',
    ]) {
      await server.client.publish('media-tasks:replicas:0:{vendor-a1}', message);
      await server.client.publish('media-tasks:owner:0:{vendor-a1}', message);
    }
    await whenOwned(process);
    expect(await process.exchange.read(toWant('a'))).toBeUndefined();
    expect(await process.exchange.read(toWant('b'))).toBeUndefined();
    process.exchange.want(toWant('a'));
    await whenReceived(process, 1);
    expect((await process.exchange.read(toWant('a')))?.content).toEqual({ status: 'RUNNING' });
  });

  test('work alone while Redis is lost, and together again after, and say so once', async () => {
    const server = await openServer();
    const [first, second] = [open(server.url), open(server.url)];
    await whenOwned(first, second);
    await server.stop();
    await waitFor(
      async () => [first, second].map(({ exchange }) => exchange.state.kind),
      (kinds) => kinds.every((kind) => kind === 'alone'),
    );
    first.exchange.want(toWant('a'));
    await whenReceived(first, 1);
    await server.start();
    await whenOwned(first, second);
    second.exchange.want(toWant('b'));
    await Promise.all([whenReceived(first, 2), whenReceived(second, 1)]);
    for (const { events } of [first, second]) {
      const kinds = events.map(({ kind }) => kind).filter((kind) => !kind.startsWith('owner'));
      expect(kinds).toEqual(['redis-lost', 'alone', 'redis-back', 'rejoined']);
    }
  }, 30_000);
});
