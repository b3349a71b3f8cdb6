import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { createSandbox } from '../../sandbox/index.ts';
import type { Task } from '../../src/domain/task.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { addressOf, makeDirectory, startProcess } from '../support/process.ts';
import { postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { createClientPool, openWebSocket, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** Subscriptions during a graceful shutdown. */

const ids = Array.from({ length: 200 }, (_, n) => `zego:tencent:task-${n}`);
const [firstId = ''] = ids;

let server: TestServer;
const clients = createClientPool(() => server.url);
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  clients.closeAll();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const openServer = async (options?: Parameters<typeof openTestServer>[0], vendorStatus = '1') => {
  server = await openTestServer(options);
  cleanUps.push(server.close);
  for (const [n, id] of ids.entries()) {
    server.lookup.finds.set(id, taskOf(`task-${n}`, 'RUNNING', { vendorStatus }));
  }
};

const openRawSocket = (): WebSocket => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  cleanUps.push(() => socket.terminate());
  return socket;
};

/** Subscribes by server-sent events over a connection that the client keeps open after the stream has ended. */
const streamOverKeptConnection = async (url: string, payload: object): Promise<IncomingMessage> => {
  const agent = new Agent({ keepAlive: true });
  cleanUps.push(() => agent.destroy());
  const sending = request(`${url}/graphql`, {
    agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  sending.end(JSON.stringify(payload));
  const [reply] = (await once(sending, 'response')) as [IncomingMessage];
  return reply;
};

describe('a server that shuts down', () => {
  it('closes WebSockets with 1001, also those without a subscription', async () => {
    await openServer();
    const socket = clients.webSocket();
    await socket.subscribe(updatesOf(firstId)).atLeast(1);
    const idle = clients.webSocket();
    server.lookup.finds.set('zego:tencent:done', taskOf('done', 'SUCCEEDED'));
    await idle.subscribe(updatesOf('zego:tencent:done')).ended;
    await server.shutDown();
    expect(await Promise.all([socket.closed, idle.closed])).toMatchObject([{ code: 1001 }, { code: 1001 }]);
  });

  it.each(clients.transports)(
    'sends no "complete" over %s, so that clients subscribe again elsewhere',
    async (_, subscribe) => {
      await openServer();
      const subscription = subscribe(updatesOf(firstId));
      await subscription.atLeast(1);
      await server.shutDown();
      expect(await subscription.ended).not.toBe('complete');
    },
  );

  it('sends queued updates over a WebSocket before it closes it', async () => {
    // More than the network buffers at once, and the client needs some real time to read it.
    await openServer({ stepMs: 1 }, 'x'.repeat(500_000));
    const waiting = ids.slice(0, 20);
    const query = 'subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id vendorStatus } }';
    const socket = openRawSocket();
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const received: string[] = [];
    const hasPaused = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data)) as {
          type: string;
          payload?: { data: { mediaTaskUpdates: { id: string } } };
        };
        if (type === 'connection_ack') {
          const operation = { query, variables: { ids: waiting } };
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: operation }));
        }
        if (type === 'next' && payload && received.push(payload.data.mediaTaskUpdates.id) === 1) {
          socket.pause();
          resolve();
        }
      });
    });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await hasPaused;
    const shutDown = server.shutDown();
    socket.resume();
    expect(await closed).toBe(1001);
    expect(received).toEqual(waiting);
    await shutDown;
  });

  it('ends event streams after their queued updates', async () => {
    await openServer({ stepMs: 1 });
    const subscription = clients.events(updatesOf(...ids));
    await subscription.atLeast(1);
    const shutDown = server.shutDown();
    await subscription.ended;
    expect(subscription.tasks().map(({ id }) => id)).toEqual(ids);
    await shutDown;
  });

  it('does not wait for the connection of an event stream whose client reads slowly and keeps it open', async () => {
    // More than the network buffers, so that the stream has not ended when the server closes idle connections.
    await openServer({}, 'x'.repeat(500_000));
    const query = 'subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id vendorStatus } }';
    const stream = await streamOverKeptConnection(server.url, {
      query,
      variables: { ids: ids.slice(0, 60) },
    });
    await once(stream, 'readable');
    const shutDown = server.shutDown();
    await waitFor(
      async () => server.http.listening,
      (isListening) => !isListening,
      { everyMs: 5 },
    );
    await server.clock.sleep(1_000);
    stream.resume();
    await shutDown;
  });

  it('still answers for a while, with "Connection: close", not ready, and without new WebSockets', async () => {
    await openServer({ closeDelayMs: 2_000 });
    const shutDown = server.shutDown();
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    const answer = await postOperation(`${server.url}/graphql`, { query: '{ __typename }' });
    expect([answer.httpStatus, answer.headers.get('connection')]).toEqual([200, 'close']);
    const [error] = await once(openRawSocket(), 'error');
    expect(String(error)).toContain('503');
    await shutDown;
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
  });

  it('answers a request in progress, and does not wait for its connection', async () => {
    await openServer();
    const found = Promise.withResolvers<Task>();
    server.lookup.finds.set(firstId, () => found.promise);
    const query = `{ mediaTask(id: "${firstId}") { status } }`;
    const answer = postOperation(`${server.url}/graphql`, { query });
    await waitFor(async () => server.lookup.times.has(firstId), Boolean, { everyMs: 5 });
    const shutDown = server.shutDown();
    await waitFor(
      async () => server.http.listening,
      (isListening) => !isListening,
      { everyMs: 5 },
    );
    found.resolve(taskOf('task-0'));
    const { data, headers } = await answer;
    expect([data, headers.get('connection')]).toEqual([{ mediaTask: { status: 'RUNNING' } }, 'close']);
    await shutDown;
  });

  it('makes no further lookup, and accepts no WebSocket', async () => {
    await openServer();
    await clients
      .webSocket()
      .subscribe(updatesOf(...ids))
      .atLeast(ids.length);
    await server.shutDown();
    const before = server.lookups();
    await server.clock.sleep(5_000);
    expect(server.lookups()).toBe(before);
    const late = clients.webSocket().subscribe(updatesOf(firstId));
    expect(await late.ended).not.toBe('complete');
    expect(late.updates).toEqual([]);
  });

  it('does not wait for a WebSocket whose client does not read', async () => {
    await openServer();
    const socket = openRawSocket();
    await once(socket, 'open');
    socket.pause();
    await server.shutDown();
  });
});

it('SIGTERM closes WebSockets with 1001, ends event streams, and ends the process with exit code 0', async () => {
  const [directory, sandbox] = await Promise.all([makeDirectory(), createSandbox()]);
  const child = startProcess({ PORT: '0', GRAPHIQL: 'false', ...sandbox.environment() }, directory.path);
  cleanUps.push(directory.remove, sandbox.close, async () => {
    child.child.kill('SIGKILL');
    await child.ended;
  });
  const url = await addressOf(child);
  const socket = openWebSocket(url, { path: '/ws' });
  cleanUps.push(socket.close);
  const subscription = socket.subscribe(updatesOf('zego:tencent:processing'));
  const stream = await streamOverKeptConnection(url, updatesOf('zego:tencent:processing'));
  await Promise.all([once(stream, 'data'), subscription.atLeast(1)]);
  const streamEnded = once(stream.resume(), 'end');
  await postOperation(`${url}/graphql`, { query: '{ __typename }' });

  child.child.kill('SIGTERM');
  expect(await socket.closed).toMatchObject({ code: 1001 });
  await streamEnded;
  expect(await child.ended).toBe(0);
});
