import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { buildSchema, GraphQLError } from 'graphql';
import { WebSocket } from 'ws';
import { createLimits } from '../../src/graphql/limits.ts';
import { createSubscriptionDocuments } from '../../src/graphql/subscription-documents.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** How many subscriptions this process holds, and how many documents for them. */

let server: TestServer;
const clients = createClientPool(() => server.url);
const id = 'zego:tencent:watched';

beforeAll(async () => {
  server = await openTestServer();
  server.lookup.finds.set(id, taskOf('watched'));
});

afterAll(() => server.close());

afterEach(() => clients.closeAll());

const withDocument = (n: number) => ({
  ...updatesOf(id),
  query: `subscription S${n}($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id status } }`,
});

it('subscriptions with 200 different documents are held; one more is refused until another ends', async () => {
  const sockets = [clients.webSocket(), clients.webSocket(), clients.webSocket()];
  const subscribe = (n: number) => {
    const socket = sockets[Math.floor(n / 90)];
    if (!socket) throw new Error('There are not enough sockets.');
    return socket.subscribe(withDocument(n));
  };
  const subscriptions = Array.from({ length: 200 }, (_, n) => subscribe(n));
  await Promise.all(subscriptions.map(({ atLeast }) => atLeast(1)));

  const refused = subscribe(200);
  await refused.ended;
  expect(refused.updates).toEqual([
    expect.objectContaining({
      errors: [
        expect.objectContaining({
          message: expect.stringContaining('200 different documents'),
          extensions: { code: 'BAD_USER_INPUT' },
        }),
      ],
    }),
  ]);
  // The same document is shared.
  await subscribe(199).atLeast(1);
  subscriptions[0]?.unsubscribe();
  await subscriptions[0]?.ended;
  await subscribe(200).atLeast(1);
});

const schema = buildSchema('type Query { a: Int } type Subscription { a: Int b: Int }');
const limits = createLimits({ maxIdsPerQuery: 200, maxRepresentations: 1_000 });

it('a document is parsed and validated once, however many send it', () => {
  const documents = createSubscriptionDocuments(schema, limits);
  expect(documents.read('subscription { a }')).toBe(documents.read('subscription { a }'));
});

it.each([
  ['as many subscriptions', { subscriptions: 2 }],
  ['as many characters of their requests', { characters: 250 }],
])('%s are held as this process can hold', (_, most) => {
  const enough = { subscriptions: 10, documents: 10, characters: 1_000 };
  const documents = createSubscriptionDocuments(schema, limits, { ...enough, ...most });
  const { document } = documents.read('subscription { a }');
  const release = documents.hold(document, 100);
  documents.hold(document, 100);
  expect(() => documents.hold(document, 100)).toThrow(GraphQLError);
  release();
  expect(() => documents.hold(document, 100)).not.toThrow();
});

it.each([
  ['an id of 257 characters', 'x'.repeat(257), '[]', { message: "A subscription's id is too long." }],
  [
    'variables nested 50,000 deep',
    '1',
    `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    { extensions: { code: 'BAD_USER_INPUT', limit: 'valueDepth' } },
  ],
])('over a WebSocket, %s is refused', async (_, of, more, refusal) => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const { query } = updatesOf();
  const payload = `{"query":${JSON.stringify(query)},"variables":{"ids":["${id}"],"more":${more}}}`;
  socket.send(`{"id":"${of}","type":"subscribe","payload":${payload}}`);
  const [data] = await once(socket, 'message');
  expect(JSON.parse(String(data))).toMatchObject({ type: 'error', payload: [refusal] });
  socket.terminate();
});
