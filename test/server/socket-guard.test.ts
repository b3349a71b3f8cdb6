import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectRaw, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { WebSocket } from 'ws';
import { createTimeSlices, type TimeSlices } from '../../src/graphql/time-slices.ts';
import { toNetwork } from '../../src/server/address-count.ts';
import { createRouterAuth } from '../../src/server/router-auth.ts';
import { socketLimits } from '../../src/server/socket-guard.ts';
import { serveWebSockets } from '../../src/server/web-sockets.ts';
import { waitFor } from '../support/wait.ts';

/** What is read from WebSocket clients, and held for them. */

const secret = 'a-secret-of-the-router';
const limits = { ...socketLimits, sockets: 6, socketsPerAddress: 3, closeMs: 100 };

let http: Server;
let close: (() => Promise<void>) | undefined;
let accepted: Socket[];
let messages: number;

/** Counts the messages that are handled. */
const createCountingSlices = (): TimeSlices => {
  const slices = createTimeSlices();
  // The upgrade is no message.
  messages = -1;
  return {
    ...slices,
    run: (caller, work) => {
      messages += 1;
      slices.run(caller, work);
    },
  };
};

const open = async (
  routerSecrets: readonly string[],
  { pingMs = socketLimits.pingMs, slices = createCountingSlices() } = {},
): Promise<void> => {
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
    slices,
    onError: (error) => {
      throw error;
    },
    limits: { ...limits, pingMs },
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
};

afterEach(async () => {
  await close?.();
  if (close) http.close();
  close = undefined;
});

const connect = (
  headers: Readonly<Record<string, string>> = {},
  options: object = {},
): InstanceType<typeof WebSocket> => {
  const { port } = http.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    ...options,
    headers,
  });
  socket.on('error', () => {});
  return socket;
};

/** Asks for an upgrade, and never closes the connection by itself. */
const upgradeRaw = (path: string, headers: readonly string[] = []): Socket => {
  const { port } = http.address() as AddressInfo;
  const socket = connectRaw({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  const lines = [
    `GET ${path} HTTP/1.1`,
    'host: a',
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${'a'.repeat(22)}==`,
    'sec-websocket-protocol: graphql-transport-ws',
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return socket;
};

/** A whole text of less than 126 bytes, masked with zeros. */
const toFrame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

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

  it('nothing that comes after a ping is handled', async () => {
    const socket = upgradeRaw('/graphql');
    await once(socket, 'data');
    socket.write(toFrame('{"type":"ping"}'));
    await once(socket, 'data');
    const ended = once(socket, 'end');
    socket.write(toFrame('{"type":"ping"}'));
    await ended;
    expect(messages).toBe(1);
    socket.destroy();
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

it('a refused upgrade is answered, and its connection closed, whether the client closes it or not', async () => {
  await open([]);
  const socket = upgradeRaw('/elsewhere');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
  if (!accepted[0]?.destroyed) await once(accepted[0] as Socket, 'close');
  socket.destroy();
});

it('a client that does not answer the close frame is disconnected', async () => {
  await open([]);
  const socket = upgradeRaw('/graphql');
  await once(socket, 'data');
  // A whole text of no bytes, which is no message.
  socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
  await once(socket, 'data');
  await once(socket, 'end');
  socket.destroy();
});

it('messages that wait for their turn do not pile up: no more are read', async () => {
  let handed = 0;
  const run = (_: unknown, work: () => void): void => {
    handed += 1;
    // The upgrade and the handshake.
    if (handed <= 2) work();
  };
  await open([], { slices: { ...createTimeSlices(), run } });
  http.on('request', (_request, response) => response.end());
  const socket = connect();
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await firstOf(socket);
  const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(4_000) } });
  for (let n = 0; n < 1_000; n += 1) socket.send(ping);
  // Each is answered in a later turn of the event loop, in all of which the pings could be read.
  const { port } = http.address() as AddressInfo;
  for (let n = 0; n < 50; n += 1) await (await fetch(`http://127.0.0.1:${port}`)).text();
  expect(handed).toBeGreaterThan(2);
  expect(handed).toBeLessThan(40);
  socket.terminate();
});

it('of the messages that arrive together, one is handled in a turn of the event loop', async () => {
  let turn = 0;
  const turns: number[] = [];
  const run = (_: unknown, work: () => void): void => {
    turns.push(turn);
    setImmediate(() => {
      turn += 1;
    });
    work();
  };
  await open([], { slices: { ...createTimeSlices(), run } });
  const socket = upgradeRaw('/graphql');
  await once(socket, 'data');
  socket.write(toFrame('{"type":"connection_init"}'));
  await once(socket, 'data');
  turns.length = 0;
  let answers = '';
  socket.on('data', (data) => {
    answers += String(data);
  });
  socket.write(Buffer.concat(Array(3).fill(toFrame('{"type":"ping"}'))));
  await waitFor(
    async () => answers.split('pong').length,
    (pieces) => pieces === 4,
  );
  expect(new Set(turns).size).toBe(3);
  socket.destroy();
});

it('an upgrade waits for its turn, and clients that leave before it take no place', async () => {
  const works: (() => void)[] = [];
  const run = (_: unknown, work: () => void) => void works.push(work);
  await open([secret], { slices: { ...createTimeSlices(), run } });
  const upgradeNext = async (): Promise<Socket> => {
    const count = works.length;
    const socket = upgradeRaw('/graphql', [`router-authorization: ${secret}`]);
    await waitFor(
      async () => works.length,
      (now) => now > count,
    );
    return socket;
  };
  for (let n = 0; n < limits.sockets; n += 1) {
    const left = await upgradeNext();
    // `once` would reject with its error.
    const closed = new Promise((resolve) => accepted[n]?.once('close', resolve));
    left.resetAndDestroy();
    await closed;
  }
  const waiting = await upgradeNext();
  for (const work of works) work();
  expect(String((await once(waiting, 'data'))[0])).toMatch(/^HTTP\/1\.1 101 /);
  waiting.destroy();
});

it('what is no frame closes its socket with 1002, and throws nothing', async () => {
  await open([]);
  const socket = upgradeRaw('/graphql');
  await once(socket, 'data');
  // All reserved bits are set.
  socket.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
  const [close] = (await once(socket, 'data')) as [Buffer];
  expect(close.readUInt16BE(2)).toBe(1002);
  socket.end();
  if (!accepted[0]?.destroyed) await once(accepted[0] as Socket, 'close');
});

it('a client that does not answer pings is disconnected, and one that does is not', async () => {
  // Long enough for a pong on a busy machine.
  await open([], { pingMs: 1_000 });
  const [silent, living] = [connect({}, { autoPong: false }), connect()];
  const closed = once(silent, 'close');
  for (const socket of [silent, living]) {
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
  }
  await closed;
  await once(living, 'ping');
  expect(living.readyState).toBe(WebSocket.OPEN);
  living.terminate();
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
