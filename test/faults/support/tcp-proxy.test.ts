import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { openTcpProxy } from './tcp-proxy.ts';
import { sleep } from './time.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('what is sent through a slow network arrives whole and in its order, also what is sent just before the end', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  closers.push(() => server.close());
  await once(server, 'listening');
  const proxy = await openTcpProxy((server.address() as AddressInfo).port);
  closers.push(proxy.close);
  // One piece in a hundred is late, so the others are held up behind it most of the time.
  proxy.setNetwork({ kind: 'open', roundTripMs: 20, tailMs: 200 });
  const accepted = once(server, 'connection') as Promise<Socket[]>;
  const client = connect(proxy.port, '127.0.0.1').setNoDelay();
  const [received] = await accepted;
  const arrived = text(received as Socket);
  const lines = Array.from({ length: 300 }, (_, n) => `${n}\n`);
  for (const line of lines) {
    client.write(line);
    await sleep(1);
  }
  client.end();
  expect(await arrived).toBe(lines.join(''));
});
