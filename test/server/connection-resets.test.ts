import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openTestServer, type TestServer } from './test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await openTestServer();
});

afterAll(() => server.close());

const toUpgrade = (path: string) =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '',
    '',
  ].join('\r\n');

// An error event without a listener is an uncaught exception: it would end the process, and here fails the test.
it.each(['/graphql', '/ws', '/elsewhere', '/'])(
  'clients that reset the connection while it is upgraded at %s cause no uncaught exception',
  async (path) => {
    const { port, hostname } = new URL(server.url);
    for (let times = 0; times < 100; times += 1) {
      const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
      socket.on('error', () => {});
      await once(socket, 'connect');
      // Before the answer and, as often, after it, when the server waits for nothing but the end of the connection.
      if (times % 2 === 0) socket.write(toUpgrade(path), () => socket.resetAndDestroy());
      else socket.once('data', () => socket.resetAndDestroy()).write(toUpgrade(path));
      await once(socket, 'close');
    }
    const health = await fetch(new URL('/health/live', server.url));
    expect(await health.json()).toEqual({ status: 'ok' });
  },
);

it('a client that resets the connection in the middle of a request does not count as refused', async () => {
  const { port, hostname } = new URL(server.url);
  const before = server.events.length;
  for (let times = 0; times < 10; times += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('POST /graphql HTTP/1.1\r\nhost: a\r\n', () => socket.resetAndDestroy());
    await once(socket, 'close');
    await (await fetch(new URL('/health/live', server.url))).text();
  }
  expect(server.events.slice(before)).toEqual([]);
});
