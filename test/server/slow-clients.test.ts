import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Task } from '../../src/domain/task.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { waitFor } from '../support/wait.ts';
import { post, readEvents } from './event-stream.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** A slow client gets the latest state of a task: updates that newer ones have replaced are not kept for it. */

const changes = 120;
/** In bytes, of each update: the network itself buffers about ten of them. */
const updateSize = 500_000;

const queryOf = (taskId: string) =>
  `subscription { mediaTaskUpdates(ids: ["zego:tencent:${taskId}"]) { status progress vendorStatus } }`;

type Update = Pick<Task, 'status' | 'progress'>;
type Result = { data: { mediaTaskUpdates: Update } };

let server: TestServer;

beforeAll(async () => {
  server = await openTestServer({ stepMs: 500 });
});

afterAll(() => server.close());

/** A task that changes with each lookup, and is final after the last change. */
const scriptChangingTask = (taskId: string): void => {
  let count = 0;
  server.lookup.finds.set(`zego:tencent:${taskId}`, () => {
    count = Math.min(count + 1, changes);
    const status = count < changes ? 'RUNNING' : 'SUCCEEDED';
    return taskOf(taskId, status, { progress: count, vendorStatus: 'x'.repeat(updateSize) });
  });
};

const whenAllChanged = (taskId: string) =>
  waitFor(
    async () => server.lookup.times.get(`zego:tencent:${taskId}`)?.length ?? 0,
    (lookups) => lookups >= changes,
    { everyMs: 5 },
  );

const expectConflated = (updates: readonly Update[]): void => {
  expect(updates.at(-1)).toMatchObject({ status: 'SUCCEEDED', progress: changes });
  const progress = updates.map((task) => task.progress ?? 0);
  expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  expect(updates.length).toBeLessThan(changes / 2);
};

it('a slow client of a WebSocket gets the latest states, in order, to the end', async () => {
  scriptChangingTask('socket');
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const updates: Update[] = [];
  const ended = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; payload?: Result };
      if (message.type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: queryOf('socket') } }));
      }
      if (message.type === 'next' && message.payload) {
        const { status, progress } = message.payload.data.mediaTaskUpdates;
        if (updates.push({ status, progress } as Update) === 1) socket.pause();
      }
      if (message.type === 'complete') resolve();
    });
  });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await whenAllChanged('socket');
  socket.resume();
  await ended;
  socket.close();
  expectConflated(updates);
  const conflated = server.events.filter(({ kind }) => kind === 'queue-conflated');
  expect(conflated).toHaveLength(changes - updates.length);
});

it('a slow client of server-sent events gets the latest states, in order, to the end', async () => {
  scriptChangingTask('events');
  const served = once(server.http, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  const reply = await post(server.url, 'text/event-stream', { query: queryOf('events') });
  const [, response] = await served;
  let mostListeners = 0;
  response.on('drain', () => {
    mostListeners = Math.max(mostListeners, response.listenerCount('close'));
  });
  await whenAllChanged('events');
  const events = await readEvents(reply);
  expect(events.at(-1)).toEqual({ event: 'complete', data: null });
  expectConflated(events.slice(0, -1).map(({ data }) => (data as Result).data.mediaTaskUpdates));
  expect(mostListeners).toBeGreaterThan(0);
  // Each wait for the client must remove its listeners.
  expect(mostListeners).toBeLessThan(6);
});

it('a client of a WebSocket that stops reading is disconnected when 2 MB of results wait for it', async () => {
  const ids = Array.from({ length: 30 }, (_, n) => `stopped-${n}`);
  const setAll = (progress: number, vendorStatus: string): void => {
    for (const id of ids) {
      server.lookup.finds.set(`zego:tencent:${id}`, taskOf(id, 'RUNNING', { progress, vendorStatus }));
    }
  };
  setAll(1, 'small');
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const firstResults = new Promise<void>((resolve) => {
    const left = new Set(ids);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; id?: string };
      if (message.type === 'connection_ack') {
        for (const id of ids) {
          socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: queryOf(id) } }));
        }
      }
      if (message.type === 'next' && left.delete(String(message.id)) && left.size === 0) resolve();
    });
  });
  socket.send('{"type":"connection_init"}');
  await firstResults;
  socket.pause();
  setAll(2, 'x'.repeat(updateSize));
  await waitFor(
    async () => server.events.filter((event) => event.kind === 'request-refused'),
    (refusals) => refusals.length > 0,
  );
  expect(server.events).toContainEqual({
    kind: 'request-refused',
    transport: 'websocket',
    rule: 'unread',
  });
  socket.terminate();
});
