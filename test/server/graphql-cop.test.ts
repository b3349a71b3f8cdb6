import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** The checks of graphql-cop (github.com/dolevf/graphql-cop), made again: it looks for these weaknesses of a public server. */

let server: TestServer;

beforeAll(async () => {
  server = await openTestServer({ introspection: false });
  server.lookup.finds.set('zego:tencent:a', taskOf('a', 'SUCCEEDED'));
});

afterAll(() => server.close());

interface Reply {
  readonly status: number;
  readonly text: string;
}

const send = async (path: string, init?: RequestInit): Promise<Reply> => {
  const reply = await fetch(`${server.url}/graphql${path}`, init);
  return { status: reply.status, text: await reply.text() };
};

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  send('', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const isRefused = ({ status, text }: Reply): boolean =>
  status >= 400 && status < 500 && text.includes('"errors"') && !text.includes('"data"');

describe('is not weak by', () => {
  it.each<[string, () => Promise<Reply>]>([
    ['alias overloading', () => post({ query: `{ ${repeat(101, (n) => `a${n}: _service { sdl }`)} }` })],
    ['batches in a list', () => post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))],
    ['directive overloading', () => post({ query: `{ __typename ${'@aa'.repeat(10)} }` })],
    [
      'directive overloading with known directives',
      () => post({ query: `{ __typename ${'@skip(if: false)'.repeat(10)} }` }),
    ],
    [
      'circular introspection',
      () =>
        post({
          query:
            '{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }',
        }),
    ],
    ['field duplication', () => post({ query: `{ ${'__typename '.repeat(500)} }` })],
    ['introspection', () => post({ query: '{ __schema { types { name } } }' })],
    ['mutations over GET', () => send('?query=mutation%20%7B__typename%7D')],
    [
      'queries over GET for pages of other sites',
      () => send('?query=%7B__typename%7D', { headers: { 'sec-fetch-site': 'cross-site' } }),
    ],
    [
      'forms',
      () =>
        send('', {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'query=%7B__typename%7D',
        }),
    ],
    [
      'plain text, which needs no preflight request',
      () =>
        send('', {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body: '{"query":"{__typename}"}',
        }),
    ],
    [
      'circular fragments',
      () => post({ query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }' }),
    ],
  ])('%s', async (_, ask) => {
    const reply = await ask();
    expect([isRefused(reply), reply.text.slice(0, 300)]).toEqual([true, expect.any(String)]);
  });

  it('suggestions of fields, traces, the stacks of errors, or GraphiQL', async () => {
    const suggestion = await post({ query: '{ mediaTaskk(id: "a") { id } }' });
    expect(suggestion.text).not.toMatch(/did you mean/i);
    const traced = await post({ query: '{ __typename }' }, { 'apollo-federation-include-trace': 'ftv1' });
    expect(traced.text).toBe('{"data":{"__typename":"Query"}}');
    const invalid = await post({ query: 'queryy { __typename }', extensions: { tracing: true } });
    expect(invalid.text).not.toMatch(/stack|exception|node_modules|tracing/);
    const page = await send('', { headers: { accept: 'text/html' } });
    expect(page.text).not.toMatch(/<html|graphiql|playground/i);
  });
});

const repeat = (count: number, text: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

describe('what nobody has a use for', () => {
  it.each<[string, () => Promise<Reply>, number]>([
    [
      'a compressed body',
      () =>
        send('', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
          body: new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
        }),
      400,
    ],
    [
      'a JSON of another character set',
      () => post({}, { 'content-type': 'application/json; charset=utf-16' }),
      400,
    ],
    [
      'names of the prototype as variables',
      () =>
        post(
          JSON.parse(
            '{"query":"query($i:ID!){mediaTask(id:$i){id}}","variables":{"__proto__":{"i":"zego:tencent:a"}}}',
          ),
        ),
      400,
    ],
    [
      'names of the prototype as operation',
      () => post({ query: 'query a { __typename } query b { __typename }', operationName: '__proto__' }),
      400,
    ],
    [
      'a persisted query that is none',
      () => post({ extensions: { persistedQuery: { version: 1, sha256Hash: { a: 1 } } } }),
      200,
    ],
    [
      'a persisted query of another hash',
      () =>
        post({ query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }),
      400,
    ],
    [
      'a subscription that is sent as a query',
      () => post({ query: 'subscription { mediaTaskUpdates(ids: []) { id } }' }),
      400,
    ],
    ['a mutation', () => post({ query: 'mutation { __typename }' }), 400],
    ['two queries in a query string', () => send('?query=%7B__typename%7D&query=%7B__typename%7D'), 400],
    [
      'variables that are no JSON in a query string',
      () => send('?query=%7B__typename%7D&variables=%7B'),
      400,
    ],
    ['a query string of 30 kB', () => send(`?query=${'a'.repeat(30_000)}`), 431],
    [
      'an Accept header of quotation marks',
      () => post({ query: '{' }, { accept: `"${','.repeat(10_000)}` }),
      406,
    ],
    [
      'an Accept header of nothing that is served',
      () => post({ query: '{ __typename }' }, { accept: 'image/png' }),
      406,
    ],
  ])('%s is refused, and logged nowhere', async (_, ask, status) => {
    const lines = server.logLines.length;
    const reply = await ask();
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      status,
      { errors: [expect.objectContaining({ extensions: { code: expect.stringMatching(/^(?!INTERNAL)/) } })] },
    ]);
    expect(server.logLines.slice(lines)).toEqual([]);
  });

  it('Last-Event-ID, an If-None-Match of 10,000 tags and forwarded headers change nothing', async () => {
    const headers = {
      'last-event-id': 'x'.repeat(5_000),
      'if-none-match': '"a",'.repeat(2_000),
      'x-forwarded-host': 'evil.example',
      'x-http-method-override': 'DELETE',
    };
    expect(await send('?query=%7B__typename%7D', { headers })).toMatchObject({ status: 200 });
    expect(await post({ query: '{ mediaTask(id: "zego:tencent:a") { status } }' }, headers)).toEqual({
      status: 200,
      text: '{"data":{"mediaTask":{"status":"SUCCEEDED"}}}',
    });
  });
});
