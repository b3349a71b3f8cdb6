import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SubscribePayload } from 'graphql-ws';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import type { AnswerError } from '../support/stack.ts';
import { followEvents, openSocket, type SocketClient, updatesOf } from './clients.ts';
import { type OwnServer, openOwnServer } from './own-server.ts';

/** What is refused, in whichever way it comes: clearly, and as the caller's own mistake. */

let own: OwnServer;
const sockets: SocketClient[] = [];

beforeAll(async () => {
  own = await openOwnServer({ maxIdsPerQuery: 5 });
  own.lookup.tells.set('zego:tencent:a', taskOf('a'));
});

afterAll(() => own.close());

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const open = (path = '/graphql'): SocketClient => {
  const socket = openSocket(own.url, { path });
  sockets.push(socket);
  return socket;
};

/** The errors with which a subscription ends that was never begun. */
const refusalOf = async ({ updates, ended }: ReturnType<SocketClient['follow']>): Promise<unknown> => {
  const ending = await ended;
  expect(updates.filter(({ data }) => data)).toEqual([]);
  return ending === 'complete' ? updates.flatMap(({ errors }) => errors ?? []) : ending;
};

const carriers: [string, (payload: SubscribePayload) => ReturnType<SocketClient['follow']>][] = [
  ['a socket', (payload) => open().follow(payload)],
  ['server-sent events', (payload) => followEvents(own.url, payload)],
];

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
  ['a text that does not parse', { query: 'subscription {' }, /Syntax Error/],
  ['an empty text', { query: '' }, /Syntax Error/],
  [
    'a field that is not there',
    { query: 'subscription { mediaTaskUpdates(ids: []) { nonsense } }' },
    /nonsense/,
  ],
  ['a variable that is missing', { query: updatesOf().query }, /\$ids/],
  ['a variable of the wrong type', { query: updatesOf().query, variables: { ids: [{}] } }, /\$ids/],
  [
    'two operations and no name',
    {
      query:
        'subscription A { mediaTaskUpdates(ids: []) { id } } subscription B { mediaTaskUpdates(ids: []) { id } }',
    },
    /operation|400/i,
  ],
  ['the name of no operation', { ...updatesOf('zego:tencent:a'), operationName: 'Other' }, /operation|400/i],
  [
    'a text of more tokens than anybody writes',
    { query: `subscription { mediaTaskUpdates(ids: []) { ${'id '.repeat(20_000)} } }` },
    /token/i,
  ],
];

describe.each(carriers)('over %s', (_, follow) => {
  it.each(badInput)(
    '%s is refused as a whole with BAD_USER_INPUT, and nobody is asked',
    async (_name, payload, fault) => {
      const before = own.lookup.times.size;
      const errors = (await refusalOf(follow(payload))) as AnswerError[];
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).toMatch(fault);
      expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
      expect(own.lookup.times.size).toBe(before);
    },
  );

  it.each(mistakes)(
    '%s is told to the caller, and not logged as a bug of ours',
    async (_name, payload, fault) => {
      const linesBefore = own.logLines.length;
      const refusal = await refusalOf(follow(payload));
      const text = refusal instanceof Error ? refusal.message : JSON.stringify(refusal);
      expect(text).toMatch(fault);
      expect(text).not.toMatch(/Internal server error|INTERNAL_SERVER_ERROR|node_modules/);
      expect(own.logLines.slice(linesBefore)).toEqual([]);
    },
  );

  it('the same ids that are refused elsewhere for being too many are taken when they are not', async () => {
    own.lookup.tells.set('zego:tencent:done', taskOf('done', 'SUCCEEDED'));
    const following = follow(updatesOf(...Array.from({ length: 5 }, () => 'zego:tencent:done')));
    expect(await following.ended).toBe('complete');
    expect(following.tasks().map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });
});

describe('one connection', () => {
  it('holds 100 subscriptions; the next is refused, and the others go on', async () => {
    own.lookup.tells.set('zego:tencent:crowd', taskOf('crowd'));
    const socket = open();
    const payload = updatesOf('zego:tencent:crowd');
    const followings = Array.from({ length: 100 }, () => socket.follow(payload));
    await Promise.all(followings.map((following) => following.atLeast(1)));

    const refusal = await socket.follow(payload).ended;
    expect(refusal).toEqual([expect.objectContaining({ message: expect.stringMatching(/at most 100/) })]);

    followings[0]?.leave();
    await followings[0]?.ended;
    const next = socket.follow(payload);
    await next.atLeast(1);
    own.lookup.tells.set('zego:tencent:crowd', taskOf('crowd', 'SUCCEEDED'));
    const endings = await Promise.all([...followings.slice(1), next].map(({ ended }) => ended));
    expect(new Set(endings)).toEqual(new Set(['complete']));
    for (const { tasks } of followings.slice(1)) {
      expect(tasks().map(({ status }) => status)).toEqual(['RUNNING', 'SUCCEEDED']);
    }
  });

  it('is closed when it speaks another language, or begins without greeting', async () => {
    const { WebSocket } = await import('ws');
    const address = `${own.url.replace('http', 'ws')}/graphql`;
    const codeOf = (socket: InstanceType<typeof WebSocket>) =>
      new Promise((resolve) => socket.once('close', resolve));
    const other = new WebSocket(address, 'graphql-ws');
    other.once('error', () => {});
    expect([1006, 4406]).toContain(await codeOf(other));
    const rude = new WebSocket(address, 'graphql-transport-ws');
    rude.once('open', () =>
      rude.send(JSON.stringify({ id: '1', type: 'subscribe', payload: updatesOf('zego:tencent:a') })),
    );
    expect(await codeOf(rude)).toBe(4401);
    const garbled = new WebSocket(address, 'graphql-transport-ws');
    garbled.once('open', () => garbled.send('{'));
    expect(await codeOf(garbled)).toBe(4400);
  });
});

describe('a socket at another address', () => {
  it('is not opened', async () => {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('404');
  });
});
