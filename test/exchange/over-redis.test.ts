import { afterEach, expect, test } from '@jest/globals';
import { describeWithRedis, openRedis, type RedisServer } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { createFakeVendor } from './support/fake-owner.ts';
import {
  openProcess,
  type Process,
  type ProcessOptions,
  readStored,
  whenHeard,
  whenOwned,
} from './support/processes.ts';
import { toWant } from './support/replicas.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const openServer = async (): Promise<RedisServer> => {
  const server = await openRedis();
  closers.push(server.close);
  return server;
};

const open = (url: string, options: Partial<ProcessOptions> = {}): Process => {
  const process = openProcess({ ...options, url });
  closers.push(process.close);
  return process;
};

describeWithRedis('exchanges on one Redis', () => {
  test('share answers: one call, pushed to both, and stored for a third', async () => {
    const server = await openServer();
    const vendor = createFakeVendor();
    const [first, second] = [open(server.url, { vendor }), open(server.url, { vendor })];
    await whenOwned(first, second);
    first.exchange.want(toWant('a'));
    second.exchange.want(toWant('a'));
    await Promise.all([whenHeard(first, 'a'), whenHeard(second, 'a')]);
    expect(vendor.calls).toHaveLength(1);
    const third = open(server.url, { vendor });
    await whenOwned(third);
    expect(await readStored(third, 'a')).toMatchObject([{ content: { status: 'RUNNING' } }]);
  });

  test('see nothing of another account or another database', async () => {
    const server = await openServer();
    const one = open(server.url);
    const others = [open(server.url, { account: 'vendor-b2' }), open(`${server.url}/1`)];
    await whenOwned(one, ...others);
    one.exchange.want(toWant('a'));
    await whenHeard(one, 'a');
    for (const { exchange, heard } of others) {
      expect(exchange.state.kind).toBe('owner');
      expect(await exchange.read(toWant('a'))).toBeUndefined();
      expect(heard).toEqual([]);
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
    const running = { content: { status: 'RUNNING' } };
    process.exchange.want(toWant('good'));
    await whenHeard(process, 'good');
    const [good, ...garbage] = await readStored(process, 'good', 'a', 'b');
    expect(good).toMatchObject(running);
    expect(garbage).toEqual([undefined, undefined]);
    process.exchange.want(toWant('a'));
    await whenHeard(process, 'a');
    expect(await readStored(process, 'a')).toMatchObject([running]);
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
    await whenHeard(first, 'a');
    await server.start();
    await whenOwned(first, second);
    second.exchange.want(toWant('b'));
    await Promise.all([whenHeard(first, 'b'), whenHeard(second, 'b')]);
    for (const { events } of [first, second]) {
      const kinds = events.map(({ kind }) => kind).filter((kind) => !kind.startsWith('lease'));
      // A Redis that has only just started may be so slow that it counts as lost once more.
      expect(kinds.join(' ')).toMatch(/^redis-lost alone( redis-back redis-lost)* redis-back rejoined/);
      expect(kinds.filter((kind) => kind === 'alone' || kind === 'rejoined')).toHaveLength(2);
    }
  });
});
