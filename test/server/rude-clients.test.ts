import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressOf, makeDirectory, type ServerProcess, startProcess } from '../support/process.ts';

/** Clients that hang up in the middle of it. The process must outlive them. */

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let server: ServerProcess;
let url: URL;

beforeAll(async () => {
  directory = await makeDirectory();
  server = startProcess({ PORT: '0', GRAPHIQL: 'false' }, directory.path);
  url = new URL(await addressOf(server));
});

afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await directory.remove();
});

const upgradeOf = (path: string) =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '',
    '',
  ].join('\r\n');

describe('a client that asks for a socket and resets the connection', () => {
  it.each(['/graphql', '/ws', '/elsewhere', '/'])('at %s harms nobody else', async (path) => {
    for (let times = 0; times < 100; times += 1) {
      const socket = connect(Number(url.port), url.hostname);
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(upgradeOf(path), () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    const health = fetch(new URL('/health/live', url)).then((reply) => reply.json());
    expect(await health.catch(server.output)).toEqual({ status: 'ok' });
  });
});
