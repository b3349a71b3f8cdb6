import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { updatesQuery } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** Which pages may use the server with their visitor's browser. */

let server: TestServer;
let own: string;
const friend = 'https://dashboard.example.com';

beforeAll(async () => {
  server = await openTestServer({ allowedOrigins: [friend] });
  own = server.url;
  server.lookup.finds.set('zego:tencent:a', taskOf('a', 'SUCCEEDED'));
});

afterAll(() => server.close());

type Headers = Readonly<Record<string, string>>;

const variables = encodeURIComponent('{"ids":["zego:tencent:a"]}');

/** The HTTP status with which each way in answers. */
const transports: [string, (headers: Headers) => Promise<number | undefined>][] = [
  ['a query by GET', (headers) => statusOf('?query={__typename}', headers)],
  [
    'a query by POST',
    (headers) =>
      statusOf(
        '',
        { 'content-type': 'application/json', ...headers },
        JSON.stringify({ query: '{__typename}' }),
      ),
  ],
  [
    'an event stream by GET',
    (headers) =>
      statusOf(`?query=${encodeURIComponent(updatesQuery)}&variables=${variables}`, {
        accept: 'text/event-stream',
        ...headers,
      }),
  ],
  [
    'a WebSocket',
    async (headers) => {
      const socket = new WebSocket(`${own.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
        headers,
      });
      socket.on('error', () => {});
      const status = await Promise.race([
        once(socket, 'open').then(() => 200),
        once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
      ]);
      socket.terminate();
      return status;
    },
  ],
];

const statusOf = async (path: string, headers: Headers, body?: string): Promise<number> => {
  const reply = await fetch(`${own}/graphql${path}`, { headers, ...(body ? { method: 'POST', body } : {}) });
  await reply.text();
  return reply.status;
};

describe('a page of an allowed origin', () => {
  const headers = { origin: friend, 'sec-fetch-site': 'cross-site' };

  it.each([
    ['a query', { query: '{ __typename }' }, 'application/json'],
    ['an event stream', { query: updatesQuery, variables: { ids: ['zego:tencent:a'] } }, 'text/event-stream'],
  ])('may read the answer to %s', async (_, operation, accept) => {
    const reply = await fetch(`${own}/graphql`, {
      method: 'POST',
      headers: { ...headers, accept, 'content-type': 'application/json' },
      body: JSON.stringify(operation),
    });
    expect(await reply.text()).toContain('data');
    expect(reply.headers.get('access-control-allow-origin')).toBe(friend);
    expect(reply.headers.get('vary')).toBe('origin');
  });

  it('may post JSON, by the answer to its preflight request', async () => {
    const preflight = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const ask = (origin: string) =>
      fetch(`${own}/graphql`, { method: 'OPTIONS', headers: { ...headers, ...preflight, origin } });
    const { status, headers: answered } = await ask(friend);
    expect([status, answered.get('access-control-allow-origin')]).toEqual([204, friend]);
    expect(answered.get('access-control-allow-methods')).toBe('GET, POST');
    expect(answered.get('access-control-allow-headers')).toBe('content-type');
    expect((await ask('https://evil.example.com')).status).toBe(403);
  });
});

describe.each(transports)('%s', (_, ask) => {
  it.each<[string, () => Headers]>([
    ['a server, which sends no Origin', () => ({})],
    ['a page of this server', () => ({ origin: own })],
    [
      'a page of this server, by the word of the browser',
      () => ({ origin: 'https://public.example.com', 'sec-fetch-site': 'same-origin' }),
    ],
    ['the address line', () => ({ 'sec-fetch-site': 'none' })],
    ['an allowed origin', () => ({ origin: friend, 'sec-fetch-site': 'cross-site' })],
    ['an allowed origin in a browser that says no more', () => ({ origin: friend })],
  ])('is answered to %s, without any further header', async (_name, headers) => {
    expect(await ask(headers())).toBe(200);
  });

  it.each<[string, () => Headers]>([
    ['another site', () => ({ origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' })],
    ['another site without Origin', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['another site in a browser that says no more', () => ({ origin: 'https://evil.example.com' })],
    ['another port', () => ({ origin: 'http://127.0.0.1:1' })],
    ['a sandboxed frame', () => ({ origin: 'null' })],
    ['a longer name than an allowed one', () => ({ origin: `${friend}.evil.example.com` })],
    ['another site that rebinds our Host', () => ({ origin: own, 'sec-fetch-site': 'cross-site' })],
  ])('is refused to %s with 403', async (_name, headers) => {
    expect(await ask(headers())).toBe(403);
  });
});
