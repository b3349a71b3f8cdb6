import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { AppEvent } from '../../src/domain/events.ts';
import { createTimeSlices } from '../../src/graphql/time-slices.ts';
import { limitConnections, limitPipelining } from '../../src/server/connections.ts';
import { createClientErrorHandler } from '../../src/server/refusals.ts';

let server: Server;
let events: AppEvent[];
let clients: Socket[];

const open = async (isPublic: boolean): Promise<void> => {
  events = [];
  clients = [];
  server = createServer((_request, response) => response.end());
  limitConnections(server, isPublic, (event) => events.push(event), { all: 5, perAddress: 3 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
};

/** Connects, and sends a request. @returns whether it is answered; the connection stays open then */
const isServed = async (localAddress = '127.0.0.1'): Promise<boolean> => {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  clients.push(socket);
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  return Promise.race([
    once(socket, 'data').then(
      () => true,
      () => false,
    ),
    once(socket, 'close').then(() => false),
  ]);
};

const areServed = async (count: number, localAddress?: string): Promise<number> => {
  let served = 0;
  for (let n = 0; n < count; n += 1) if (await isServed(localAddress)) served += 1;
  return served;
};

const refusal = { kind: 'request-refused', transport: 'http', rule: 'connections' };

afterEach(() => {
  for (const client of clients) client.destroy();
  server.close();
});

test('an address holds no more connections than its limit, and another address has its own', async () => {
  await open(true);
  expect(await areServed(5)).toBe(3);
  expect(events).toEqual([refusal, refusal]);
  expect(await areServed(1, '127.0.0.2')).toBe(1);
});

test('a connection that is closed makes room for another of its address', async () => {
  await open(true);
  expect(await areServed(3)).toBe(3);
  expect(await isServed()).toBe(false);
  clients[0]?.destroy();
  while (!(await isServed()));
  expect(await isServed()).toBe(false);
});

test('behind a router, which is one address, only the number of all connections is limited', async () => {
  await open(false);
  expect(await areServed(6)).toBe(5);
  expect(events).toEqual([refusal]);
});

test('a connection with too many requests that wait for earlier answers is closed', async () => {
  await open(false);
  const responses: ServerResponse[] = [];
  server.removeAllListeners('request');
  server.on('request', (_request, response: ServerResponse) => responses.push(response));
  limitPipelining(server, { run: (_, work) => work() }, (event) => events.push(event), 3);
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(socket);
  const send = (count: number) => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(count));
  let answers = '';
  socket.on('data', (data) => {
    answers += String(data);
  });
  // One, and three behind it, again and again.
  for (let round = 1; round <= 3; round += 1) {
    send(4);
    while (responses.length < 4) await once(server, 'request');
    for (const response of responses.splice(0)) response.end();
    while (answers.split('HTTP/1.1 200').length <= 4 * round) await once(socket, 'data');
  }
  expect(events).toEqual([]);
  send(9);
  await once(socket, 'close');
  // What has been read with the one that is too many is not served.
  expect(responses).toHaveLength(4);
  expect(events).toEqual([
    { kind: 'request-refused', transport: 'http', rule: 'limit', limit: 'pipelinedRequests' },
  ]);
});

test('what is no HTTP is answered once, when there is time for it', async () => {
  await open(false);
  const works: (() => void)[] = [];
  const slices = { run: (_: unknown, work: () => void) => works.push(work) };
  server.on(
    'clientError',
    createClientErrorHandler((event) => events.push(event), slices),
  );
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  clients.push(socket);
  let answers = '';
  socket.on('data', (data) => {
    answers += String(data);
  });
  for (let n = 0; n < 3; n += 1) {
    await new Promise((resolve) => socket.write('nonsense\r\n\r\n', resolve));
    // When it is answered, whatever was sent before it has been read.
    expect(await isServed()).toBe(true);
  }
  expect([works.length, answers]).toEqual([1, '']);
  works[0]?.();
  await once(socket, 'close');
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  expect(events).toEqual([{ kind: 'request-refused', transport: 'http', rule: 'malformed' }]);
});

test('what is not sent in time is answered with 408', async () => {
  await open(false);
  server.close();
  server = createServer({ headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 });
  server.on(
    'clientError',
    createClientErrorHandler((event) => events.push(event), createTimeSlices()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(socket);
  socket.write('GET / HTTP/1.1\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 [\s\S]*"The request was not sent in time\."/);
  expect(events).toEqual([{ kind: 'request-refused', transport: 'http', rule: 'limit', limit: 'requestMs' }]);
});
