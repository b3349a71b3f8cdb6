import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { waitFor } from '../support/wait.ts';
import { createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** A task is no longer looked up once its last client has unsubscribed or disconnected. */

let server: TestServer;
const clients = createClientPool(() => server.url);

beforeAll(async () => {
  server = await openTestServer({ stepMs: 100 });
});

afterAll(() => server.close());

beforeEach(() => {
  server.lookup.finds.set('zego:tencent:running', taskOf('running'));
});

afterEach(() => {
  clients.closeAll();
});

const payload = updatesOf('zego:tencent:running');

/** Lookups within ten seconds of the server's clock: one each second while the task is followed. */
const countLookups = async (): Promise<number> => {
  const before = server.lookups();
  await server.clock.sleep(10_000);
  return server.lookups() - before;
};

it.each([
  ['a WebSocket client unsubscribes', () => clients.webSocket().subscribe(payload)],
  [
    'a WebSocket client closes its connection',
    () => {
      const socket = clients.webSocket();
      return { ...socket.subscribe(payload), unsubscribe: socket.close };
    },
  ],
  ['a client of server-sent events disconnects', () => clients.events(payload)],
])('when %s', async (_, subscribe) => {
  const staying = clients.webSocket().subscribe(payload);
  const leaving = subscribe();
  await Promise.all([staying.atLeast(1), leaving.atLeast(1)]);
  leaving.unsubscribe();
  expect(await countLookups()).toBeGreaterThan(5);

  const last = subscribe();
  await last.atLeast(1);
  staying.unsubscribe();
  expect(await countLookups()).toBeGreaterThan(5);
  last.unsubscribe();
  // The server notices later than the client.
  expect(await waitFor(countLookups, (lookups) => lookups === 0)).toBe(0);
});
