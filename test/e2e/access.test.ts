import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { providers } from '../../src/providers/index.ts';
import { openStack, postOperation, readAnswer, type Stack } from '../support/stack.ts';

/** Which callers may query over HTTP, and which requests are refused. */

const providersQuery = '{ mediaTaskProviders { provider } }';

const opened: Stack[] = [];

const open = async (variables: Readonly<Record<string, string>>): Promise<Stack> => {
  const stack = await openStack({ variables });
  opened.push(stack);
  return stack;
};

afterAll(async () => {
  for (const stack of opened) await stack.close();
});

describe('with ROUTER_SECRETS', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await open({ ROUTER_SECRETS: ' old-secret , new-secret,' });
  });

  it.each([
    ['the old secret', 'old-secret'],
    ['the new secret', 'new-secret'],
  ])('a router with %s is answered', async (_, secret) => {
    const { httpStatus, errors } = await stack.ask(providersQuery, {}, { 'router-authorization': secret });
    expect([httpStatus, errors]).toEqual([200, undefined]);
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['an empty header', { 'router-authorization': '' }],
    ['a wrong secret', { 'router-authorization': 'older-secret' }],
    ['a secret with something after it', { 'router-authorization': 'new-secret ,' }],
    ['both secrets in one', { 'router-authorization': 'old-secret,new-secret' }],
    ['the secret in another header', { authorization: 'new-secret' }],
  ])('a caller with %s gets 401, without any data or secret', async (_, headers) => {
    const { httpStatus, data, errors, text } = await stack.ask(providersQuery, {}, headers);
    expect([httpStatus, data]).toEqual([401, undefined]);
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAUTHENTICATED' }]);
    expect(text).not.toMatch(/ALIYUN|-secret/);
  });

  it('a router gets a federated trace (ftv1) if it requests one', async () => {
    const secret = { 'router-authorization': 'new-secret' };
    const ftv1 = { ...secret, 'apollo-federation-include-trace': 'ftv1' };
    const traced = await stack.ask(providersQuery, {}, ftv1);
    expect(JSON.parse(traced.text)).toMatchObject({ extensions: { ftv1: expect.any(String) } });
    expect((await stack.ask(providersQuery, {}, secret)).text).not.toContain('ftv1');
  });

  it('GET needs a secret, too, and a malformed body is refused with 401 before it is parsed', async () => {
    const get = await fetch(`${stack.url}/graphql?query=${encodeURIComponent(providersQuery)}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(get.status).toBe(401);
    const broken = await fetch(`${stack.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":',
    });
    expect(broken.status).toBe(401);
  });

  it('health checks need no secret', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      expect((await fetch(stack.url + path)).status).toBe(200);
    }
  });
});

describe('without ROUTER_SECRETS', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await open({ INTROSPECTION: 'false' });
  });

  it('every caller may query, whatever the header contains', async () => {
    const { httpStatus } = await stack.ask(providersQuery, {}, { 'router-authorization': 'anything' });
    expect(httpStatus).toBe(200);
  });

  it('GET is answered, without any further header', async () => {
    const reply = await fetch(`${stack.url}/graphql?query=${encodeURIComponent(providersQuery)}`);
    const { httpStatus, data, errors } = await readAnswer<{ mediaTaskProviders: unknown[] }>(reply);
    expect([httpStatus, errors]).toEqual([200, undefined]);
    expect(data.mediaTaskProviders).toHaveLength(providers.length);
  });

  it('GET that a page of another site sends is refused', async () => {
    const url = `${stack.url}/graphql?query=${encodeURIComponent(providersQuery)}`;
    const reply = await fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(reply.status).toBe(403);
    expect(await reply.text()).not.toContain('ALIYUN');
  });

  it('INTROSPECTION=false refuses introspection', async () => {
    const { data, errors } = await stack.ask('{ __schema { types { name } } }');
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toMatch(/introspection/i);
    expect((await stack.ask('{ __type(name: "MediaTask") { name } }')).errors).toHaveLength(1);
  });

  it.each([
    ['half of a JSON', 'application/json', '{"query": "{ media'],
    ['nothing', 'application/json', ''],
    ['a list', 'application/json', '[]'],
    ['a string', 'application/json', '"{ __typename }"'],
    ['null', 'application/json', 'null'],
    ['an operation without a query', 'application/json', '{"variables": {}}'],
    ['a query that is a number', 'application/json', '{"query": 5}'],
    ['variables that are a text', 'application/json', '{"query": "{ __typename }", "variables": "{"}'],
    ['a form', 'application/x-www-form-urlencoded', 'query={__typename}'],
    ['plain text', 'text/plain', '{"query": "{ __typename }"}'],
    ['a query that does not parse', 'application/json', '{"query": "{ mediaTask("}'],
    ['an unknown field', 'application/json', '{"query": "{ nonsense }"}'],
    [
      'a body of 2 MB',
      'application/json',
      JSON.stringify({ query: `{ __typename } #${'x'.repeat(2_000_000)}` }),
    ],
    ['JSON with a prototype in it', 'application/json', '{"__proto__": {"query": "{ __typename }"}}'],
  ])('a body that is %s is answered with 4xx', async (_, contentType, body) => {
    const reply = await fetch(`${stack.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    const text = await reply.text();
    expect(text).not.toMatch(/node_modules|\.ts:\d+/);
  });

  it.each(['mutation { remove }', 'subscription { changes }'])(
    "%s is refused as the caller's mistake, and not logged as an unhandled error",
    async (operation) => {
      const { httpStatus, data, errors } = await stack.ask(operation);
      expect(httpStatus).toBeLessThan(500);
      expect(data ?? null).toBeNull();
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
      const levels = stack.logLines.map((line) => (JSON.parse(line) as { level: number }).level);
      expect(levels.filter((level) => level >= 50)).toEqual([]);
    },
  );

  it('GRAPHIQL=false serves no page and none of its files', async () => {
    for (const path of ['/', '/graphiql/', '/graphiql/index.html', '/index.html']) {
      const reply = await fetch(stack.url + path, { headers: { accept: 'text/html' } });
      expect([path, reply.status]).toEqual([path, 404]);
    }
  });

  it('an error holds no stack trace and no file path', async () => {
    const { text } = await stack.ask('{ mediaTask(id: "nonsense") { id } }');
    expect(text).not.toMatch(/stacktrace|node_modules|\.ts/);
  });
});

it('INTROSPECTION=true lets tools read the schema', async () => {
  const stack = await open({ INTROSPECTION: 'true' });
  const { data, errors } = await postOperation<{ __type: { kind: string } }>(`${stack.url}/graphql`, {
    query: '{ __type(name: "MediaTask") { kind } }',
  });
  expect([errors, data.__type]).toEqual([undefined, { kind: 'INTERFACE' }]);
});

it('in production, GraphiQL and introspection are off by default', async () => {
  const stack = await open({ NODE_ENV: 'production', ALLOW_PUBLIC: 'true', GRAPHIQL: '', INTROSPECTION: '' });
  expect((await fetch(stack.url, { headers: { accept: 'text/html' } })).status).toBe(404);
  expect((await stack.ask('{ __schema { types { name } } }')).errors).toHaveLength(1);
});

describe('without ROUTER_SECRETS', () => {
  it('no caller gets a federated trace (ftv1)', async () => {
    const stack = await open({});
    const headers = { 'apollo-federation-include-trace': 'ftv1' };
    const { httpStatus, text } = await stack.ask(providersQuery, {}, headers);
    expect([httpStatus, text.includes('ftv1')]).toEqual([200, false]);
  });
});
