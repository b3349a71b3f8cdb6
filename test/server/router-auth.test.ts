import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { get, post } from './event-stream.ts';
import { createClientPool, subscribeByEvents, updatesOf, updatesQuery } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** With ROUTER_SECRETS, only callers that send one of them may subscribe. */

let server: TestServer;
const clients = createClientPool(() => server.url);
const payload = updatesOf('zego:tencent:a');

beforeAll(async () => {
  server = await openTestServer({ routerSecrets: ['old-secret', 'new-secret'] });
  server.lookup.finds.set('zego:tencent:a', taskOf('a', 'SUCCEEDED'));
});

afterAll(() => server.close());

afterEach(() => {
  clients.closeAll();
});

describe.each(['/graphql', '/ws'])('a WebSocket at %s', (path) => {
  it.each<[string, object]>([
    ['the header', { headers: { 'Router-Authorization': 'new-secret' } }],
    ['the header in capitals', { headers: { 'ROUTER-AUTHORIZATION': 'old-secret' } }],
    ['a connection parameter', { connectionParams: { 'Router-Authorization': 'new-secret' } }],
    ['a connection parameter in lower case', { connectionParams: { 'router-authorization': 'old-secret' } }],
    ['a connection parameter in capitals', { connectionParams: { 'ROUTER-AUTHORIZATION': 'new-secret' } }],
    [
      'a connection parameter among others',
      { connectionParams: { a: 1, 'router-Authorization': 'new-secret' } },
    ],
  ])('is accepted with a secret in %s', async (_, options) => {
    const subscription = clients.webSocket({ path, ...options }).subscribe(payload);
    expect(await subscription.ended).toBe('complete');
    expect(subscription.tasks().map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['a wrong header', { headers: { 'router-authorization': 'older-secret' } }],
    ['a wrong parameter', { connectionParams: { 'router-authorization': 'new-secret ' } }],
    ['an empty parameter', { connectionParams: { 'router-authorization': '' } }],
    ['a parameter that is not a string', { connectionParams: { 'router-authorization': ['new-secret'] } }],
    ['the secret under another name', { connectionParams: { authorization: 'new-secret' } }],
    [
      'a parameter of the prototype',
      { connectionParams: JSON.parse('{"__proto__": {"router-authorization": "new-secret"}}') },
    ],
    [
      'a wrong header and the right parameter',
      {
        headers: { 'router-authorization': 'wrong' },
        connectionParams: { 'router-authorization': 'new-secret' },
      },
    ],
  ])('is closed with 4403 when it sends %s, and nothing is looked up', async (_, options) => {
    server.lookup.times.clear();
    const socket = clients.webSocket({ path, ...options });
    const subscription = socket.subscribe(payload);
    expect(await subscription.ended).toMatchObject({ code: 4403 });
    const { code, reason } = await socket.closed;
    expect(code).toBe(4403);
    expect(reason).not.toMatch(/secret/);
    expect([subscription.updates, server.lookups()]).toEqual([[], 0]);
  });
});

describe('server-sent events', () => {
  it.each(['old-secret', 'new-secret'])('are sent to a caller with %s', async (secret) => {
    const subscription = subscribeByEvents(server.url, payload, { 'router-authorization': secret });
    expect(await subscription.ended).toBe('complete');
    expect(subscription.tasks()).toHaveLength(1);
  });

  it.each<[string, Record<string, string>]>([
    ['no secret', {}],
    ['a wrong one', { 'router-authorization': 'wrong' }],
    ['one in another header', { authorization: 'new-secret' }],
  ])('are refused with 401 to a caller with %s, by POST and by GET', async (_, headers) => {
    server.lookup.times.clear();
    const subscription = subscribeByEvents(server.url, payload, headers);
    expect(String(await subscription.ended)).toContain('401');
    const operation = { query: updatesQuery, variables: { ids: ['zego:tencent:a'] } };
    const got = await get(server.url, 'text/event-stream', operation, headers);
    expect(got.status).toBe(401);
    expect(await got.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(server.lookups()).toBe(0);
  });

  it('are refused to a caller that sends a secret in the body or the URL', async () => {
    const operation = { ...payload, extensions: { 'router-authorization': 'new-secret' } };
    const replies = [
      await post(server.url, 'text/event-stream', operation),
      await fetch(
        `${server.url}/graphql?router-authorization=new-secret&token=new-secret&query=${encodeURIComponent(updatesQuery)}`,
        {
          headers: { accept: 'text/event-stream' },
        },
      ),
    ];
    expect(replies.map(({ status }) => status)).toEqual([401, 401]);
    for (const reply of replies) await reply.text();
  });
});
