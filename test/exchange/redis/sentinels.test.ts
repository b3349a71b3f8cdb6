import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { ProcessEvent } from '../../../src/domain/events.ts';
import { connectRedis } from '../../../src/exchange/redis/connection.ts';
import { describeWithRedis, openRedis, type RedisServer } from '../../support/redis.ts';
import { waitFor } from '../../support/wait.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Undefined: no answer. */
type NamePrimary = () => readonly [host: string, port: string] | undefined;

/** @returns its address, as sentinels stand in REDIS_URL */
const openSentinel = async (namePrimary: NamePrimary): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const commands = String(data);
      socket.write('+OK\r\n'.repeat(commands.match(/\bclient\r\n/gi)?.length ?? 0));
      if (/get-master-addr-by-name/i.test(commands)) {
        const primary = namePrimary();
        if (!primary) return;
        socket.write(`*2\r\n${primary.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`);
      } else if (/sentinels/i.test(commands)) socket.write('*0\r\n');
      else if (/subscribe/i.test(commands))
        socket.write('*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const connect = (...sentinels: readonly string[]) => {
  const events: ProcessEvent[] = [];
  const url = `redis-sentinel://${sentinels.join(',')}/primary`;
  const link = connectRedis({ url, emit: (event) => events.push(event) });
  closers.push(link.close);
  return {
    events,
    link,
    isThere: (): Promise<boolean> =>
      link.read(['key']).then(
        () => true,
        () => false,
      ),
  };
};

describeWithRedis('sentinels', () => {
  const openServer = async (): Promise<RedisServer> => {
    const server = await openRedis();
    closers.push(server.close);
    return server;
  };

  test('that have named what is no address are asked again', async () => {
    const { port } = await openServer();
    let named = 0;
    const sentinel = await openSentinel(() => {
      named += 1;
      return ['127.0.0.1', named <= 4 ? '99999999' : String(port)];
    });
    const { events, isThere, link } = connect(sentinel);
    await waitFor(
      async () => link.state,
      (state) => state === 'lost',
    );
    await waitFor(isThere, Boolean);
    expect(events.map(({ kind }) => kind)).toEqual(['redis-lost', 'redis-back']);
  });

  test('of which one does not answer are asked in turn', async () => {
    const { port } = await openServer();
    let asked = 0;
    const silent = await openSentinel(() => {
      asked += 1;
      return undefined;
    });
    const sound = await openSentinel(() => ['127.0.0.1', String(port)]);
    const { isThere } = connect(silent, sound);
    await waitFor(isThere, Boolean);
    expect(asked).toBeGreaterThan(0);
  });
});
