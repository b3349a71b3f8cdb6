import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import fastify from 'fastify';
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Context } from '../../src/graphql/context.ts';
import { createLimits } from '../../src/graphql/limits.ts';
import { createSubscriptionOperations } from '../../src/graphql/subscription-operations.ts';
import { createTimeSlices, type TimeSlices } from '../../src/graphql/time-slices.ts';
import { createEventStreams } from '../../src/server/server-sent-events.ts';
import { waitFor } from '../support/wait.ts';

/** A subscription that never has a result. */
const createSilentSchema = (onReturn: () => void = () => {}) => {
  const schema = buildSchema('type Query { now: Int } type Subscription { silence: Int }');
  const field = schema.getSubscriptionType()?.getFields().silence;
  if (!field) throw new Error('The schema has no subscription.');
  const end = { done: true, value: undefined } as const;
  field.subscribe = () => {
    const { promise, resolve } = Promise.withResolvers<typeof end>();
    return {
      next: () => promise,
      return: async () => {
        onReturn();
        resolve(end);
        return end;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return schema;
};

const open = async (
  schema: GraphQLSchema,
  pingMs = 5,
  slices: Pick<TimeSlices, 'run'> = { run: (_, work) => work() },
) => {
  const operations = createSubscriptionOperations({
    schema,
    createContext: () => ({}) as Context,
    toPublicError: (formatted) => formatted,
    limits: createLimits({ maxIdsPerQuery: 200, maxRepresentations: 1_000 }),
    slices: createTimeSlices(),
  });
  const eventStreams = createEventStreams(
    operations,
    () => false,
    () => '',
    slices,
    pingMs,
    20,
  );
  const server = fastify({ forceCloseConnections: true });
  server.get('/graphql', (request, reply) => eventStreams.serve(request, reply));
  return { server, url: await server.listen({ port: 0, host: '127.0.0.1' }) };
};

it('an event stream without results sends comments, so that proxies keep its connection open', async () => {
  const { server, url } = await open(createSilentSchema());
  const reply = await fetch(`${url}/graphql?query=${encodeURIComponent('subscription { silence }')}`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of reply.body ?? []) {
    text += decoder.decode(chunk as Uint8Array);
    if (text.length >= 5 * ':\n\n'.length) break;
  }
  expect(text.replaceAll(':\n\n', '')).toBe('');
  await server.close();
});

it('an event stream whose client does not read is ended, and so is its subscription', async () => {
  const schema = buildSchema('type Query { now: Int } type Subscription { text: String }');
  const field = schema.getSubscriptionType()?.getFields().text;
  if (!field) throw new Error('The schema has no subscription.');
  let hasEnded = false;
  field.subscribe = async function* () {
    try {
      for (;;) yield { text: 'x'.repeat(4_000_000) };
    } finally {
      hasEnded = true;
    }
  };
  const { server, url } = await open(schema);
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /graphql?query=subscription{text} HTTP/1.1\r\nhost: a\r\n\r\n');
  await waitFor(
    async () => hasEnded,
    (ended) => ended,
    { everyMs: 10 },
  );
  socket.destroy();
  await server.close();
});

it('an event stream that has ended is closed when its client does not read the end', async () => {
  const schema = buildSchema('type Query { now: Int } type Subscription { text: String }');
  const field = schema.getSubscriptionType()?.getFields().text;
  if (!field) throw new Error('The schema has no subscription.');
  field.subscribe = () => {
    throw new GraphQLError('x'.repeat(7_000_000));
  };
  // No ping ends it.
  const { server, url } = await open(schema, 60_000);
  const accepted = once(server.server, 'connection') as Promise<[Socket]>;
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /graphql?query=subscription{text} HTTP/1.1\r\nhost: a\r\n\r\n');
  const [connection] = await accepted;
  await once(connection, 'close');
  socket.destroy();
  await server.close();
});

it('the subscription of a client that has left is ended when there is time for it', async () => {
  let hasEnded = false;
  const schema = createSilentSchema(() => {
    hasEnded = true;
  });
  const works: (() => void)[] = [];
  const { server, url } = await open(schema, 60_000, { run: (_, work) => void works.push(work) });
  const leaving = new AbortController();
  await fetch(`${url}/graphql?query=subscription{silence}`, { signal: leaving.signal });
  leaving.abort();
  await waitFor(
    async () => works.length,
    (count) => count === 1,
  );
  expect(hasEnded).toBe(false);
  works[0]?.();
  expect(hasEnded).toBe(true);
  await server.close();
});
