import { once } from 'node:events';
import { request as sendRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { LookupError } from '../../src/domain/errors.ts';
import type { AppEvent } from '../../src/domain/events.ts';
import { problemTaskOf, taskOf } from '../subscriptions/scripted-lookup.ts';
import { postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { type ClientSubscription, createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** What the server tells of requests, refusals and subscriptions. */

type EventOf<Kind extends AppEvent['kind']> = Extract<AppEvent, { kind: Kind }>;

const secret = 'router-secret-of-test';
const headers = { 'router-authorization': secret };
const ids = ['zego:tencent:a', 'zego:tencent:b', 'zego:tencent:c'];
const tasksQuery = 'query Tasks($ids: [ID!]!) { mediaTasks(ids: $ids) { status problem { code } } }';

let server: TestServer;
const clients = createClientPool(() => server.url);

beforeEach(async () => {
  server = await openTestServer({ routerSecrets: [secret], maxIdsPerQuery: 3 });
  server.lookup.finds.set('zego:tencent:a', taskOf('a'));
  server.lookup.finds.set('zego:tencent:b', taskOf('b', 'RUNNING', { stale: true }));
  server.lookup.finds.set('zego:tencent:c', problemTaskOf('c', new LookupError('RATE_LIMITED', 'Wait.')));
});

afterEach(async () => {
  clients.closeAll();
  await server.close();
});

/** The events of this kind, once there are so many. */
const told = async <Kind extends AppEvent['kind']>(kind: Kind, count = 1): Promise<EventOf<Kind>[]> =>
  waitFor(
    async () => server.events.filter((event): event is EventOf<Kind> => event.kind === kind),
    (events) => events.length >= count,
  );

const ask = (operation: object, more: Record<string, string> = {}) =>
  postOperation(`${server.url}/graphql`, operation, { ...headers, ...more });

describe('a request', () => {
  it('emits an event with operation, client, status, size and its tasks by outcome', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const client = { 'apollographql-client-name': 'dashboard', 'apollographql-client-version': '1.2' };
    const { text } = await ask({ query: tasksQuery, variables: { ids } }, { ...client, traceparent: trace });
    expect(await told('request-finished')).toEqual([
      {
        kind: 'request-finished',
        transport: 'http',
        operation: 'Tasks',
        outcome: 'ok',
        status: 200,
        durationMs: expect.any(Number),
        bytes: Buffer.byteLength(text),
        tasks: { OK: 1, STALE: 1, RATE_LIMITED: 1 },
        isFastLane: false,
        clientName: 'dashboard',
        clientVersion: '1.2',
        trace,
      },
    ]);
  });

  it.each<[EventOf<'request-finished'>['outcome'], object]>([
    ['invalid', { query: '{ mediaTask(id: "nonsense") { status } }' }],
    ['invalid', { query: '{ noSuchField }' }],
    ['invalid', { query: '{' }],
    ['error', { query: '{ mediaTask(id: "zego:tencent:unset") { status } }' }],
  ])('is %s when it is %j', async (outcome, operation) => {
    await ask(operation);
    expect(await told('request-finished')).toMatchObject([{ outcome, tasks: {} }]);
  });

  it('emits no event where a browser only asks whether it may send it', async () => {
    const asked = { origin: server.url, 'access-control-request-method': 'POST' };
    await fetch(`${server.url}/graphql`, { method: 'OPTIONS', headers: asked });
    await ask({ query: '{ __typename }' });
    expect(await told('request-finished')).toMatchObject([{ outcome: 'ok', status: 200 }]);
  });

  it('is aborted when the client goes away before the answer', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.lookup.finds.set('zego:tencent:a', async () => {
      await promise;
      return taskOf('a');
    });
    const body = JSON.stringify({ query: '{ mediaTask(id: "zego:tencent:a") { status } }' });
    const request = sendRequest(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
    });
    request.on('error', () => {});
    request.end(body);
    await waitFor(
      async () => server.lookups(),
      (lookups) => lookups === 1,
    );
    request.destroy();
    expect(await told('request-finished')).toMatchObject([{ outcome: 'aborted', status: 0 }]);
    resolve();
  });
});

describe('a refusal', () => {
  it('of a wrong secret names the rule, at every transport', async () => {
    await ask({ query: '{ __typename }' }, { 'router-authorization': 'wrong' });
    const socket = clients.webSocket();
    socket.subscribe(updatesOf('zego:tencent:a'));
    await socket.closed;
    expect(await told('request-refused', 2)).toEqual([
      { kind: 'request-refused', transport: 'http', rule: 'router-authorization' },
      { kind: 'request-refused', transport: 'websocket', rule: 'router-authorization' },
    ]);
    expect(await told('request-finished')).toMatchObject([{ outcome: 'refused', status: 401 }]);
  });

  it('of a page of another site names the rule', async () => {
    await ask({ query: '{ __typename }' }, { origin: 'https://elsewhere.example.com' });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      origin: 'https://elsewhere.example.com',
    });
    await once(socket, 'error');
    expect(await told('request-refused', 2)).toMatchObject([
      { transport: 'http', rule: 'origin' },
      { transport: 'websocket', rule: 'origin' },
    ]);
  });

  it('of too large a request names the limit, before and after it is parsed', async () => {
    await ask({ query: `{ ${'a: __typename '.repeat(5_000)} }` });
    const idsOf = (suffix: string) => JSON.stringify(ids.map((id) => id + suffix));
    await ask({
      query: `{ a: mediaTasks(ids: ${idsOf('1')}) { id } b: mediaTasks(ids: ${idsOf('2')}) { id } }`,
    });
    const refusals = await told('request-refused', 2);
    expect(refusals.map(({ rule, limit }) => [rule, limit])).toEqual([
      ['limit', 'tokens'],
      ['limit', 'ids'],
    ]);
  });
});

describe.each(clients.transports)('a subscription over %s', (name) => {
  const subscribe = (): ClientSubscription =>
    name === 'a WebSocket'
      ? clients.webSocket({ headers }).subscribe(updatesOf('zego:tencent:a'))
      : clients.events(updatesOf('zego:tencent:a'), headers);
  const transport = name === 'a WebSocket' ? 'websocket' : 'event-stream';

  it('emits an event when it begins, and when none of its tasks can change any more', async () => {
    server.lookup.finds.set('zego:tencent:a', taskOf('a', 'SUCCEEDED', { nextPollAfterMs: null }));
    await subscribe().ended;
    expect(await told('subscription-ended')).toMatchObject([
      { transport, why: 'final', tasks: 1, results: 1 },
    ]);
    expect(await told('subscription-opened')).toEqual([{ kind: 'subscription-opened', transport, tasks: 1 }]);
    expect(await told('request-finished')).toMatchObject([{ transport, outcome: 'ok' }]);
  });

  it('emits whether it ended because of the client, of a shutdown, or of an error', async () => {
    const first = subscribe();
    await first.atLeast(1);
    first.unsubscribe();
    expect(await told('subscription-ended', 1)).toMatchObject([{ transport, why: 'client' }]);

    server.lookup.finds.set('zego:tencent:a', new Error('A bug.'));
    await subscribe().ended;
    expect((await told('subscription-ended', 2))[1]).toMatchObject({ why: 'error' });

    server.lookup.finds.set('zego:tencent:a', taskOf('a'));
    const third = subscribe();
    await third.atLeast(1);
    await server.shutDown();
    expect((await told('subscription-ended', 3))[2]).toMatchObject({ why: 'shutdown' });
  });
});
