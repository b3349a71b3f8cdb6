import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { WebSocket } from 'ws';
import { createTimeSlices } from '../../src/graphql/time-slices.ts';
import { toNetwork } from '../../src/server/address-count.ts';
import { createRouterAuth } from '../../src/server/router-auth.ts';
import { socketLimits } from '../../src/server/socket-guard.ts';
import { serveWebSockets } from '../../src/server/web-sockets.ts';
import { waitFor } from '../support/wait.ts';

/** What is read from WebSocket clients, and held for them. */

const secret = 'a-secret-of-the-router';
const limits = { ...socketLimits, sockets: 6, socketsPerAddress: 3 };

let http: Server;
let close: (() => Promise<void>) | undefined;
let accepted: Socket[];

const open = async (routerSecrets: readonly string[]): Promise<void> => {
  accepted = [];
  http = createServer();
  http.on('connection', (socket: Socket) => accepted.push(socket));
  close = serveWebSockets(http, {
    operations: {
      isSubscription: () => true,
      prepare: () => [new GraphQLError('x'.repeat(200_000))],
      toPublicResult: () => ({}),
    },
    isAuthorized: createRouterAuth(routerSecrets),
    isAllowedOrigin: () => true,
    identifyCaller: () => '',
    slices: createTimeSlices(),
    onError: (error) => {
      throw error;
    },
    limits,
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
};

afterEach(async () => {
  await close?.();
  if (close) http.close();
  close = undefined;
});

const connect = (headers: Readonly<Record<string, string>> = {}): InstanceType<typeof WebSocket> => {
  const { port } = http.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { headers });
  socket.on('error', () => {});
  return socket;
};

const rawOf = async (socket: InstanceType<typeof WebSocket>): Promise<string> =>
  String((await once(socket, 'message'))[0]);

/** The first message, or the code with which the socket was closed. */
const firstOf = (socket: InstanceType<typeof WebSocket>): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data)).type));
    socket.once('close', resolve);
  });

const send = async (message: object, headers = {}): Promise<unknown> => {
  const socket = connect(headers);
  socket.once('open', () => socket.send(JSON.stringify(message)));
  const first = await firstOf(socket);
  socket.terminate();
  return first;
};

/** "open", or the status with which the upgrade is refused. */
const outcomeOf = (socket: InstanceType<typeof WebSocket>): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
  });

const connectInTurn = async (count: number, headers = {}): Promise<unknown[]> => {
  const outcomes: unknown[] = [];
  for (let n = 0; n < count; n += 1) outcomes.push(await outcomeOf(connect(headers)));
  return outcomes;
};

describe.each([
  ['with secrets', [secret]],
  ['without secrets', []],
])('before the handshake is accepted, %s', (_, secrets: readonly string[]) => {
  beforeEach(() => open(secrets));

  it('a ping closes the socket with 4401, and is not answered', async () => {
    expect(await send({ type: 'ping', payload: { text: 'x'.repeat(100) } })).toBe(4401);
    expect(await send({ type: 'pong' })).toBe(4401);
  });

  it('8 kB close the socket with 1009, in one message or in many', async () => {
    expect(await send({ type: 'connection_init', payload: { text: 'x'.repeat(8_192) } })).toBe(1009);
    const socket = connect();
    const closed = firstOf(socket);
    await once(socket, 'open');
    for (let n = 0; n < 100; n += 1) socket.send('x'.repeat(100), { fin: false });
    expect(await closed).toBe(1009);
  });

  it('a connection_init of 4 kB is read', async () => {
    const payload = { 'router-authorization': secret, text: 'x'.repeat(4_096) };
    expect(await send({ type: 'connection_init', payload })).toBe('connection_ack');
  });
});

describe('after the handshake', () => {
  beforeEach(() => open([]));

  it('a ping is answered, without what it holds', async () => {
    const socket = connect();
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    expect(await firstOf(socket)).toBe('connection_ack');
    socket.send('{"type":"ping","payload":{"text":"to be echoed"}}');
    expect(await rawOf(socket)).toBe('{"type":"pong"}');
    socket.terminate();
  });

  it('a message of more than 256 kB closes the socket with 1009', async () => {
    const socket = connect();
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await firstOf(socket);
    socket.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(262_144) } }));
    expect(await firstOf(socket)).toBe(1009);
  });

  it('a client that does not read what it asks for is disconnected before 4 MB wait for it', async () => {
    const socket = connect();
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await firstOf(socket);
    socket.pause();
    let most = 0;
    const payload = { query: 'subscription { mediaTaskUpdates }' };
    for (let n = 0; n < 300 && !accepted[0]?.destroyed; n += 1) {
      await new Promise((sent) => {
        socket.send(JSON.stringify({ id: `${n}`, type: 'subscribe', payload }), sent);
      });
      await new Promise(setImmediate);
      most = Math.max(most, accepted[0]?.writableLength ?? 0);
    }
    await waitFor(
      async () => accepted[0]?.destroyed,
      (destroyed) => destroyed === true,
    );
    expect(most).toBeLessThan(4_000_000);
    socket.terminate();
  });
});

describe('sockets', () => {
  const withSecret = { 'router-authorization': secret };

  it('of one address without a secret are capped, whether or not there are secrets', async () => {
    await open([]);
    expect(await connectInTurn(4, withSecret)).toEqual(['open', 'open', 'open', 503]);
  });

  it('with the secret are capped in all', async () => {
    await open([secret]);
    expect(await connectInTurn(7, withSecret)).toEqual([...Array(6).fill('open'), 503]);
  });

  it('that bring the secret in connection_init do not count for their address any more', async () => {
    await open([secret]);
    const init = { type: 'connection_init', payload: withSecret };
    for (let n = 0; n < 3; n += 1) {
      const socket = connect();
      await once(socket, 'open');
      socket.send(JSON.stringify(init));
      expect(await firstOf(socket)).toBe('connection_ack');
    }
    expect(await connectInTurn(4)).toEqual(['open', 'open', 'open', 503]);
  });

  it('that are closed leave room for others', async () => {
    await open([]);
    const sockets = [connect(), connect(), connect()];
    expect(await Promise.all(sockets.map(outcomeOf))).toEqual(['open', 'open', 'open']);
    for (const socket of sockets) socket.terminate();
    await Promise.all(accepted.map((socket) => socket.destroyed || once(socket, 'close')));
    expect(await connectInTurn(4)).toEqual(['open', 'open', 'open', 503]);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001::2:3:4:5:6:7', '2001:0:2:3'],
  ['::1', '0:0:0:0'],
])('%s belongs to the network %s', (address, network) => {
  expect(toNetwork(address)).toBe(network);
});
