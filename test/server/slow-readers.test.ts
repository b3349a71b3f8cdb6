import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Task } from '../../src/domain/task.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { createFastClock } from '../support/fast-clock.ts';
import { waitFor } from '../support/wait.ts';
import { type OwnServer, openOwnServer } from './own-server.ts';
import { post, readEvents } from './raw-events.ts';

/** A client that takes its time gets the latest: what has been overtaken is not kept for it. */

const changes = 240;
/** Half a megabyte each: what the network itself holds back is some ten of them. */
const ballast = 'x'.repeat(500_000);

const queryOf = (taskId: string) =>
  `subscription { mediaTaskUpdates(ids: ["zego:tencent:${taskId}"]) { status progress vendorStatus } }`;

type Told = Pick<Task, 'status' | 'progress'>;
type Result = { data: { mediaTaskUpdates: Told } };

let own: OwnServer;

beforeAll(async () => {
  own = await openOwnServer({ clock: createFastClock(500) });
});

afterAll(() => own.close());

/** A task that changes each time it is looked up, and ends with the last change. */
const tellChanging = (taskId: string): void => {
  let count = 0;
  own.lookup.tells.set(`zego:tencent:${taskId}`, () => {
    count = Math.min(count + 1, changes);
    const status = count < changes ? 'RUNNING' : 'SUCCEEDED';
    return taskOf(taskId, status, { progress: count, vendorStatus: ballast });
  });
};

const allChangesOf = (taskId: string) =>
  waitFor(
    async () => own.lookup.times.get(`zego:tencent:${taskId}`)?.length ?? 0,
    (lookups) => lookups >= changes,
  );

const expectCoalesced = (told: readonly Told[]): void => {
  expect(told.at(-1)).toMatchObject({ status: 'SUCCEEDED', progress: changes });
  const progress = told.map((task) => task.progress ?? 0);
  expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  expect(told.length).toBeLessThan(changes / 2);
};

describe('a slow reader', () => {
  it('of a socket gets the latest, in order, to the end', async () => {
    tellChanging('socket');
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const told: Told[] = [];
    const ended = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as { type: string; payload?: Result };
        if (message.type === 'connection_ack') {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: queryOf('socket') } }));
        }
        if (message.type === 'next' && message.payload) {
          const { status, progress } = message.payload.data.mediaTaskUpdates;
          if (told.push({ status, progress } as Told) === 1) socket.pause();
        }
        if (message.type === 'complete') resolve();
      });
    });
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    await allChangesOf('socket');
    socket.resume();
    await ended;
    socket.close();
    expectCoalesced(told);
  });

  it('of server-sent events gets the latest, in order, to the end', async () => {
    tellChanging('events');
    const reply = await post(own.url, 'text/event-stream', { query: queryOf('events') });
    await allChangesOf('events');
    const events = await readEvents(reply);
    expect(events.at(-1)).toEqual({ event: 'complete', data: null });
    expectCoalesced(events.slice(0, -1).map(({ data }) => (data as Result).data.mediaTaskUpdates));
  });
});
