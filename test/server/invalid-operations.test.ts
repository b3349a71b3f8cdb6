import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import type { AnswerError } from '../support/stack.ts';
import { type ClientSubscription, createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** Operations that are refused, the same over every transport, as the caller's own mistake. */

let server: TestServer;
const clients = createClientPool(() => server.url);

beforeAll(async () => {
  server = await openTestServer({ maxIdsPerQuery: 5 });
  server.lookup.finds.set('zego:tencent:a', taskOf('a'));
});

afterAll(() => server.close());

afterEach(() => {
  clients.closeAll();
});

/** The errors of a subscription that is refused. */
const refusalOf = async ({ updates, ended }: ClientSubscription): Promise<unknown> => {
  const ending = await ended;
  expect(updates.filter(({ data }) => data)).toEqual([]);
  return ending === 'complete' ? updates.flatMap(({ errors }) => errors ?? []) : ending;
};

const badInput: [string, SubscribePayload, RegExp][] = [
  ['a malformed id', updatesOf('zego:tencent:a', 'nonsense'), /"nonsense".*must begin with one of/],
  ['an id with a part missing', updatesOf('zego:tencent'), /zego:<vendor>:<taskId>/],
  [
    'more ids than MAX_IDS_PER_QUERY',
    updatesOf(...'aaaaaa'.replaceAll('a', 'zego:tencent:a ').trim().split(' ')),
    /6.*5/,
  ],
  ['a query', { query: '{ mediaTaskProviders { provider } }' }, /Only subscriptions/],
  ['a mutation', { query: 'mutation { remove }' }, /Only subscriptions/],
  [
    'a query beside a subscription',
    {
      query:
        'subscription S { mediaTaskUpdates(ids: []) { id } } query Q { mediaTaskProviders { provider } }',
      operationName: 'Q',
    },
    /Only subscriptions/,
  ],
];

const mistakes: [string, SubscribePayload, RegExp][] = [
  ['a document that does not parse', { query: 'subscription {' }, /Syntax Error/],
  ['an empty document', { query: '' }, /Syntax Error/],
  ['an unknown field', { query: 'subscription { mediaTaskUpdates(ids: []) { nonsense } }' }, /nonsense/],
  [
    'a document with 50 validation errors',
    {
      query: `subscription { mediaTaskUpdates(ids: []) { ${Array.from({ length: 50 }, (_, n) => `nonsense${n}`).join(' ')} } }`,
    },
    /nonsense19.*Too many validation errors/s,
  ],
  ['a missing variable', { query: updatesOf().query }, /\$ids/],
  ['a variable of the wrong type', { query: updatesOf().query, variables: { ids: [{}] } }, /\$ids/],
  [
    'two operations without operationName',
    {
      query:
        'subscription A { mediaTaskUpdates(ids: []) { id } } subscription B { mediaTaskUpdates(ids: []) { id } }',
    },
    /operation|400/i,
  ],
  ['an unknown operationName', { ...updatesOf('zego:tencent:a'), operationName: 'Other' }, /operation|400/i],
  [
    'a document with too many tokens',
    { query: `subscription { mediaTaskUpdates(ids: []) { ${'id '.repeat(20_000)} } }` },
    /token/i,
  ],
];

describe.each(clients.transports)('over %s', (_, subscribe) => {
  it.each(badInput)(
    '%s is refused as a whole with BAD_USER_INPUT, without a lookup',
    async (_name, payload, fault) => {
      const before = server.lookups();
      const errors = (await refusalOf(subscribe(payload))) as AnswerError[];
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).toMatch(fault);
      expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
      expect(server.lookups()).toBe(before);
    },
  );

  it.each(mistakes)(
    '%s is reported to the caller, and not logged as an unhandled error',
    async (_name, payload, fault) => {
      const linesBefore = server.logLines.length;
      const refusal = await refusalOf(subscribe(payload));
      const text = refusal instanceof Error ? refusal.message : JSON.stringify(refusal);
      expect(text).toMatch(fault);
      expect(text).not.toMatch(/Internal server error|INTERNAL_SERVER_ERROR|node_modules/);
      expect(server.logLines.slice(linesBefore)).toEqual([]);
    },
  );

  it('as many ids as MAX_IDS_PER_QUERY are accepted, duplicates included', async () => {
    server.lookup.finds.set('zego:tencent:done', taskOf('done', 'SUCCEEDED'));
    const subscription = subscribe(updatesOf(...Array.from({ length: 5 }, () => 'zego:tencent:done')));
    expect(await subscription.ended).toBe('complete');
    expect(subscription.tasks().map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });
});

describe('a WebSocket', () => {
  it('holds 100 subscriptions; the next is refused, and the others continue', async () => {
    server.lookup.finds.set('zego:tencent:crowd', taskOf('crowd'));
    const socket = clients.webSocket();
    const payload = updatesOf('zego:tencent:crowd');
    const subscriptions = Array.from({ length: 100 }, () => socket.subscribe(payload));
    await Promise.all(subscriptions.map((subscription) => subscription.atLeast(1)));

    const refusal = await socket.subscribe(payload).ended;
    expect(refusal).toEqual([expect.objectContaining({ message: expect.stringMatching(/at most 100/) })]);

    subscriptions[0]?.unsubscribe();
    await subscriptions[0]?.ended;
    const next = socket.subscribe(payload);
    await next.atLeast(1);
    server.lookup.finds.set('zego:tencent:crowd', taskOf('crowd', 'SUCCEEDED'));
    const endings = await Promise.all([...subscriptions.slice(1), next].map(({ ended }) => ended));
    expect(new Set(endings)).toEqual(new Set(['complete']));
    for (const { tasks } of subscriptions.slice(1)) {
      expect(tasks().map(({ status }) => status)).toEqual(['RUNNING', 'SUCCEEDED']);
    }
  });

  it('is closed when it speaks another protocol, subscribes before connection_init, or sends what is not JSON', async () => {
    const address = `${server.url.replace('http', 'ws')}/graphql`;
    const codeOf = (socket: InstanceType<typeof WebSocket>) =>
      new Promise((resolve) => socket.once('close', resolve));
    const other = new WebSocket(address, 'graphql-ws');
    other.once('error', () => {});
    expect([1006, 4406]).toContain(await codeOf(other));
    const early = new WebSocket(address, 'graphql-transport-ws');
    early.once('open', () =>
      early.send(JSON.stringify({ id: '1', type: 'subscribe', payload: updatesOf('zego:tencent:a') })),
    );
    expect(await codeOf(early)).toBe(4401);
    const garbled = new WebSocket(address, 'graphql-transport-ws');
    garbled.once('open', () => garbled.send('{'));
    expect(await codeOf(garbled)).toBe(4400);
  });

  it('is closed with 1009, and nothing is printed, when it sends a message of more than 1 MB', async () => {
    const print = jest.spyOn(console, 'error').mockImplementation(() => {});
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.once('open', () => socket.send('x'.repeat(1_048_577)));
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(1009);
    expect(print.mock.calls).toEqual([]);
    print.mockRestore();
  });
});

describe('a WebSocket at another path', () => {
  it('is refused with 404', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('404');
  });
});
