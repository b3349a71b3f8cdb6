import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { createTimeSlices } from '../../src/graphql/time-slices.ts';
import { limitPipelining, serveInTurns } from '../../src/server/connections.ts';
import { createTurns } from '../../src/server/server.ts';
import { postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** Steps of requests between which others have their turn. */

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** On a connection of its own. */
const sendGet = (port: string, path: string): Socket => {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  return socket;
};

it('a request whose client has left is not handled when it is its turn', async () => {
  const works: (() => void)[] = [];
  const responses = new Map<string, ServerResponse>();
  const handled: string[] = [];
  const http = fastify();
  http.addHook('onRequest', async ({ url }, { raw }) => {
    responses.set(url, raw);
  });
  const run = (_: unknown, work: () => void) => void works.push(work);
  http.addHook(
    'preHandler',
    createTurns({ run }, () => ''),
  );
  http.get('/:client', async ({ url }) => {
    handled.push(url);
  });
  const { port } = new URL(await http.listen({ port: 0, host: '127.0.0.1' }));
  const [left, waiting] = [sendGet(port, '/left'), sendGet(port, '/waiting')];
  await waitFor(
    async () => works.length,
    (count) => count === 2,
  );
  const closed = once(responses.get('/left') as ServerResponse, 'close');
  left.destroy();
  await closed;
  for (const work of works) work();
  await once(waiting, 'data');
  expect(handled).toEqual(['/waiting']);
  waiting.destroy();
  await http.close();
});

it('a new document is parsed, validated, executed and answered in a turn each, and so is each root field', async () => {
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses += 1;
  };
  server = await openTestServer({ slices: { ...createTimeSlices(), pause } });
  const query = `{ a: mediaTasks(ids: []) { id } b: aliyunTranscodeJobs(transcodeJobIds: []) { __typename }
    c: zegoMediaTask(vendor: TENCENT, taskId: "x") { id } }`;
  const { errors } = await postOperation(`${server.url}/graphql`, { query });
  expect([errors, pauses]).toEqual([undefined, 9]);
  pauses = 0;
  await postOperation(`${server.url}/graphql`, { query });
  // It is known to be valid.
  expect(pauses).toBe(8);
});

it('a request without the secret is refused when there is time for it', async () => {
  const works: (() => void)[] = [];
  const run = (_: unknown, work: () => void) => void works.push(work);
  server = await openTestServer({ routerSecrets: ['a-secret'], slices: { ...createTimeSlices(), run } });
  const reply = fetch(`${server.url}/graphql`, { method: 'POST' });
  for (const step of ['the connection', 'the refusal'].keys()) {
    await waitFor(
      async () => works.length,
      (count) => count === step + 1,
    );
    works[step]?.();
  }
  expect((await reply).status).toBe(401);
});

it('nothing is read of a new connection before its turn, and it may be reset by then', async () => {
  const works: (() => void)[] = [];
  const accepted: Socket[] = [];
  const http = fastify();
  serveInTurns(http.server, { run: (_, work) => void works.push(work) });
  http.server.on('connection', (socket: Socket) => accepted.push(socket));
  http.get('/:client', async () => 'hello');
  const { port } = new URL(await http.listen({ port: 0, host: '127.0.0.1' }));
  const [reset, waiting] = [sendGet(port, '/reset'), sendGet(port, '/waiting')];
  await waitFor(
    async () => works.length,
    (count) => count === 2,
  );
  reset.resetAndDestroy();
  await once(reset, 'close');
  // By then, what the clients have sent would have been read.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(accepted.map(({ bytesRead }) => bytesRead)).toEqual([0, 0]);
  for (const work of works) work();
  expect(String(await once(waiting, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
  await http.close();
});

it('requests that wait behind another one are served when there is time, if their connection is still open', async () => {
  const works: (() => void)[] = [];
  const served: string[] = [];
  const http = fastify();
  limitPipelining(http.server, { run: (_, work) => void works.push(work) }, () => {});
  http.get('/:client', async ({ url }) => {
    served.push(url);
  });
  const { port } = new URL(await http.listen({ port: 0, host: '127.0.0.1' }));
  const accepted = once(http.server, 'connection') as Promise<[Socket]>;
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join(''));
  await once(socket, 'data');
  expect([served, works.length]).toEqual([['/1'], 2]);
  works[0]?.();
  await once(socket, 'data');
  socket.destroy();
  const [connection] = await accepted;
  if (!connection.destroyed) await once(connection, 'close');
  works[1]?.();
  await http.close();
  expect(served).toEqual(['/1', '/2']);
});
