import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { followEvents, openSocket, type SocketClient, updatesOf, updatesQuery } from './clients.ts';
import { type OwnServer, openOwnServer } from './own-server.ts';
import { get, post } from './raw-events.ts';

/** With ROUTER_SECRETS, who may follow tasks. */

let own: OwnServer;
const sockets: SocketClient[] = [];
const payload = updatesOf('zego:tencent:a');

beforeAll(async () => {
  own = await openOwnServer({ routerSecrets: ['old-secret', 'new-secret'] });
  own.lookup.tells.set('zego:tencent:a', taskOf('a', 'SUCCEEDED'));
});

afterAll(() => own.close());

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const open = (options: Parameters<typeof openSocket>[1]): SocketClient => {
  const socket = openSocket(own.url, options);
  sockets.push(socket);
  return socket;
};

describe.each(['/graphql', '/ws'])('a socket at %s', (path) => {
  it.each<[string, object]>([
    ['the header', { headers: { 'Router-Authorization': 'new-secret' } }],
    ['the header in capitals', { headers: { 'ROUTER-AUTHORIZATION': 'old-secret' } }],
    ['a connection parameter', { connectionParams: { 'Router-Authorization': 'new-secret' } }],
    [
      'a connection parameter in small letters',
      { connectionParams: { 'router-authorization': 'old-secret' } },
    ],
    ['a connection parameter in capitals', { connectionParams: { 'ROUTER-AUTHORIZATION': 'new-secret' } }],
    [
      'a connection parameter among others',
      { connectionParams: { a: 1, 'router-Authorization': 'new-secret' } },
    ],
  ])('is opened by a secret in %s', async (_, options) => {
    const following = open({ path, ...options }).follow(payload);
    expect(await following.ended).toBe('complete');
    expect(following.tasks().map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['a wrong header', { headers: { 'router-authorization': 'older-secret' } }],
    ['a wrong parameter', { connectionParams: { 'router-authorization': 'new-secret ' } }],
    ['an empty parameter', { connectionParams: { 'router-authorization': '' } }],
    ['a parameter that is no text', { connectionParams: { 'router-authorization': ['new-secret'] } }],
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
  ])('is closed with 4403 when it brings %s, and nothing is looked up', async (_, options) => {
    own.lookup.times.clear();
    const socket = open({ path, ...options });
    const following = socket.follow(payload);
    expect(await following.ended).toMatchObject({ code: 4403 });
    const { code, reason } = await socket.closed;
    expect(code).toBe(4403);
    expect(reason).not.toMatch(/secret/);
    expect([following.updates, own.lookup.times.size]).toEqual([[], 0]);
  });
});

describe('server-sent events', () => {
  it.each(['old-secret', 'new-secret'])('are sent to who brings %s', async (secret) => {
    const following = followEvents(own.url, payload, { 'router-authorization': secret });
    expect(await following.ended).toBe('complete');
    expect(following.tasks()).toHaveLength(1);
  });

  it.each<[string, Record<string, string>]>([
    ['no secret', {}],
    ['a wrong one', { 'router-authorization': 'wrong' }],
    ['one in another header', { authorization: 'new-secret' }],
  ])('are refused with 401 to who brings %s, by POST and by GET', async (_, headers) => {
    own.lookup.times.clear();
    const following = followEvents(own.url, payload, headers);
    expect(String(await following.ended)).toContain('401');
    const operation = { query: updatesQuery, variables: { ids: ['zego:tencent:a'] } };
    const got = await get(own.url, 'text/event-stream', operation, headers);
    expect(got.status).toBe(401);
    expect(await got.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(own.lookup.times.size).toBe(0);
  });

  it('are refused to who sends a secret in the body or the address', async () => {
    const operation = { ...payload, extensions: { 'router-authorization': 'new-secret' } };
    const replies = [
      await post(own.url, 'text/event-stream', operation),
      await fetch(
        `${own.url}/graphql?router-authorization=new-secret&token=new-secret&query=${encodeURIComponent(updatesQuery)}`,
        {
          headers: { accept: 'text/event-stream' },
        },
      ),
    ];
    expect(replies.map(({ status }) => status)).toEqual([401, 401]);
    for (const reply of replies) await reply.text();
  });
});
