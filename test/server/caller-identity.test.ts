import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { createIdentifyCaller } from '../../src/server/caller-identity.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { postOperation } from '../support/stack.ts';
import { createClientPool, subscribeByEvents, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** Who shares the vendors' quotas with whom. */

const secret = 'a-secret-of-the-router';

describe('a caller is', () => {
  it.each<[string, boolean, unknown, string | undefined, string]>([
    ['whom the router names', true, 'alice', '10.0.0.1', 'caller alice'],
    ['unknown when the router names nobody', true, undefined, '10.0.0.1', ''],
    ['unknown when the name is empty', true, '', '10.0.0.1', ''],
    ['unknown when the name is no text', true, ['alice'], '10.0.0.1', ''],
    ['its address where there is no router', false, 'alice', '10.0.0.1', 'address 10.0.0.1'],
    ['its network, if that is of IPv6', false, 'alice', '2001:db8:1:2:3::4', 'address 2001:db8:1:2'],
    ['nobody in particular without an address', false, 'alice', undefined, 'address '],
  ])('%s', (_, isBehindRouter, name, address, identity) => {
    expect(createIdentifyCaller(isBehindRouter)(name, address)).toBe(identity);
  });

  it('named by at most 200 characters of valid Unicode', () => {
    const identify = createIdentifyCaller(true);
    expect(identify('x'.repeat(10_000), '')).toBe(`caller ${'x'.repeat(200)}`);
    expect(identify(`${'x'.repeat(199)}😀`, '').isWellFormed()).toBe(true);
  });
});

describe.each([
  ['behind a router', [secret], 'caller alice'],
  ['without a router', [], 'address 127.0.0.1'],
])('%s, lookups know the caller', (_, routerSecrets: readonly string[], identity) => {
  let server: TestServer;
  const headers = { 'router-authorization': secret, 'x-caller-id': 'alice' };
  const clients = createClientPool(() => server.url);

  beforeAll(async () => {
    server = await openTestServer({ routerSecrets });
    server.lookup.finds.set('zego:tencent:a', taskOf('a', 'SUCCEEDED'));
  });

  afterAll(() => server.close());

  afterEach(() => {
    clients.closeAll();
    server.lookup.callers.length = 0;
  });

  const callers = () => server.lookup.callers.map(({ identity: found, request }) => [found, request]);

  it('of a query', async () => {
    await postOperation(
      `${server.url}/graphql`,
      { query: '{ mediaTask(id: "zego:tencent:a") { status } }' },
      headers,
    );
    expect(callers()).toEqual([[identity, expect.any(String)]]);
  });

  it('of an event stream', async () => {
    await subscribeByEvents(server.url, updatesOf('zego:tencent:a'), headers).ended;
    expect(callers()).toEqual([['subscriptions', identity]]);
  });

  it('of a WebSocket, by headers and by connection parameters', async () => {
    await clients.webSocket({ headers }).subscribe(updatesOf('zego:tencent:a')).ended;
    const parameters = { 'Router-Authorization': secret, 'X-Caller-Id': 'alice' };
    await clients.webSocket({ connectionParams: parameters }).subscribe(updatesOf('zego:tencent:a')).ended;
    expect(callers()).toEqual([
      ['subscriptions', identity],
      ['subscriptions', identity],
    ]);
  });
});

describe('a connection', () => {
  let server: TestServer;
  const clients = createClientPool(() => server.url);
  const id = 'zego:tencent:watched';

  beforeAll(async () => {
    server = await openTestServer();
    server.lookup.finds.set(id, taskOf('watched'));
  });

  afterAll(() => server.close());

  afterEach(() => clients.closeAll());

  it('follows ten pages of ids: more are refused until others end', async () => {
    const page = updatesOf(...Array.from({ length: 200 }, () => id));
    const socket = clients.webSocket();
    const subscriptions = Array.from({ length: 10 }, () => socket.subscribe(page));
    await Promise.all(subscriptions.map((each) => each.atLeast(1)));
    const refused = socket.subscribe(updatesOf(id));
    await refused.ended;
    expect(refused.updates.flatMap(({ errors = [] }) => errors)).toEqual([
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', limit: 'followedIds' } }),
    ]);
    subscriptions[0]?.unsubscribe();
    await subscriptions[0]?.ended;
    for (const open of [socket, clients.webSocket()]) {
      const next = open.subscribe(updatesOf(id));
      await next.atLeast(1);
      expect(next.tasks()).toHaveLength(1);
    }
  });

  it.each([9_000, 60_000])('may not subscribe with variables of %d levels', async (levels) => {
    const deep = '['.repeat(levels) + ']'.repeat(levels);
    const payload = `{"query":${JSON.stringify(updatesOf(id).query)},"variables":{"ids":[],"x":${deep}}}`;
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    const events = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: payload });
    expect(await events.text()).toMatch(/"limit":"valueDepth"|nested at most 100 levels/);

    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const messages: string[] = [];
    await new Promise((resolve) => {
      socket.on('close', resolve);
      socket.on('message', (data) => {
        if (messages.push(String(data)) > 1) resolve(undefined);
        else socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
      });
      socket.once('open', () => socket.send('{"type":"connection_init"}'));
    });
    socket.terminate();
    expect(messages[1]).toContain('"limit":"valueDepth"');
    expect(server.logLines.filter((line) => line.includes('Unhandled'))).toEqual([]);
  });
});
