import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLError, getIntrospectionQuery } from 'graphql';
import { readyQueries } from '../../src/graphiql/queries.ts';
import { createAdmission } from '../../src/graphql/admission.ts';
import { createLimits } from '../../src/graphql/limits.ts';
import { providers } from '../../src/providers/index.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { manyIds, type Oversized, oversizedDocuments, oversizedRequests } from '../support/oversized.ts';
import { selectEverything } from '../support/selection.ts';
import { type Answer, postOperation } from '../support/stack.ts';
import { createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** What is refused before it is executed, and what is not. */

let server: TestServer;
const clients = createClientPool(() => server.url);

beforeAll(async () => {
  server = await openTestServer({ maxRepresentations: 1_000 });
  for (const id of manyIds(1_000))
    server.lookup.finds.set(id, taskOf(id.slice('zego:tencent:'.length), 'SUCCEEDED'));
});

afterAll(() => server.close());

afterEach(() => clients.closeAll());

const ask = <Data>(operation: object): Promise<Answer<Data>> =>
  postOperation(`${server.url}/graphql`, operation);

const refusalOf = (limit: string) => ({
  message: expect.stringMatching(new RegExp(`limit "${limit}", which is \\d+`)),
  extensions: { code: 'BAD_USER_INPUT', limit },
});

describe('a query over HTTP with', () => {
  it.each([...oversizedDocuments, ...oversizedRequests])(
    '%s is refused by the name of the limit, without a lookup',
    async (_, { limit, query, variables }: Oversized) => {
      const before = [server.lookups(), server.logLines.length];
      const { httpStatus, errors, text } = await ask({ query, variables });
      expect(errors).toEqual([refusalOf(limit)]);
      expect(httpStatus).toBe(400);
      expect(text.length).toBeLessThan(300);
      expect([server.lookups(), server.logLines.length]).toEqual(before);
    },
  );

  it('50 validation errors is answered with 20 of them, and a last one that says so', async () => {
    const query = `{ ${Array.from({ length: 50 }, (_, n) => `nonsense${n}`).join(' ')} }`;
    const { errors = [] } = await ask({ query });
    expect(errors).toHaveLength(21);
    expect(errors.at(-1)?.message).toMatch(/Too many validation errors/);
  });

  it('too many aliases is refused as a GET, too', async () => {
    const query = `{ ${Array.from({ length: 300 }, (_, n) => `a${n}: __typename`).join(' ')} }`;
    const reply = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`);
    expect(await reply.json()).toEqual({ errors: [refusalOf('aliases')] });
  });

  it('too many ids is refused with 400 to clients of application/json, too', async () => {
    const [, { query, variables }] = oversizedRequests[2] ?? ['', { query: '' }];
    const accept = { accept: 'application/json' };
    const { httpStatus, errors } = await postOperation(`${server.url}/graphql`, { query, variables }, accept);
    expect([httpStatus, errors]).toEqual([400, [refusalOf('ids')]]);
  });

  it('more than 100 errors is answered with 100, of which the last one says how many there are', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => `malformed-${n}`);
    const { data, errors = [] } = await ask<{ mediaTasks: unknown[] }>({
      query: 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id } }',
      variables: { ids },
    });
    expect(data.mediaTasks).toHaveLength(200);
    expect(errors).toHaveLength(100);
    expect(errors.at(-2)?.message).toContain('malformed-98');
    expect(errors.at(-1)).toMatchObject({
      message: expect.stringContaining('101 more errors'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});

it('a document that uses up the stack of the parser is refused by its depth', () => {
  const admission = createAdmission(createLimits({ maxIdsPerQuery: 200, maxRepresentations: 1_000 }));
  const admit = (): unknown => {
    try {
      return admission.admit(`{ a(b: ${'['.repeat(3_900)}`);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return (error as GraphQLError).extensions.limit;
    }
  };
  // As far down the stack as there is room for anything.
  const admitAtTheEnd = (): unknown => {
    try {
      return admitAtTheEnd();
    } catch {
      return admit();
    }
  };
  expect(admitAtTheEnd()).toBe('depth');
});

describe.each(clients.transports)('a subscription over %s with', (_, subscribe) => {
  // A longer message closes a WebSocket.
  const documents = oversizedDocuments.filter(
    ([, { query, variables }]) => !variables && query.length < 250_000,
  );

  it.each(documents)('%s is refused', async (_name, { query }) => {
    const subscription = subscribe({ query });
    const ending = await subscription.ended;
    const errors =
      ending === 'complete' ? subscription.updates.flatMap((update) => update.errors ?? []) : ending;
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/limit "\w+"/),
        extensions: { code: 'BAD_USER_INPUT', limit: expect.any(String) },
      },
    ]);
  });

  it('more than 1,000 tokens is refused', async () => {
    const query = `subscription { mediaTaskUpdates(ids: []) { ${'id '.repeat(1_000)} } }`;
    const subscription = subscribe({ query });
    const ending = await subscription.ended;
    const errors =
      ending === 'complete' ? subscription.updates.flatMap((update) => update.errors ?? []) : ending;
    expect(errors).toEqual([refusalOf('subscriptionTokens')]);
  });

  it('every field of every type is served', async () => {
    const selection = selectEveryType();
    const payload = {
      ...updatesOf('zego:tencent:many-0'),
      query: `subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ${selection} } }`,
    };
    const subscription = subscribe(payload);
    expect(await subscription.ended).toBe('complete');
    expect(subscription.tasks()).toHaveLength(1);
  });
});

const selectEveryType = (): string =>
  `id ${providers.map(({ typename }) => `... on ${typename} ${selectEverything(typename)}`).join(' ')}`;

describe('an honest query', () => {
  const everything = selectEveryType();

  it('for 200 tasks with every field of every type, as a page or as references, is answered', async () => {
    const ids = manyIds(200);
    const page = await ask<{ mediaTasks: unknown[] }>({
      query: `query ($ids: [ID!]!) { mediaTasks(ids: $ids) { ${everything} } }`,
      variables: { ids },
    });
    expect(page.errors).toBeUndefined();
    expect(page.data.mediaTasks).toHaveLength(200);
    const references = await ask<{ _entities: unknown[] }>({
      query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on MediaTask { ${everything} } } }`,
      variables: { r: ids.map((id) => ({ __typename: 'MediaTask', id })) },
    });
    expect(references.errors).toBeUndefined();
    expect(references.data._entities).toHaveLength(200);
  });

  it('for 200 tasks by aliases, and for 1,000 references beside 200 ids, is answered', async () => {
    const aliases = manyIds(200).map((id, n) => `a${n}: mediaTask(id: "${id}") { ...F }`);
    const byAliases = await ask<Record<string, unknown>>({
      query: `{ ${aliases.join(' ')} } fragment F on MediaTask { id status problem { code } }`,
    });
    expect(byAliases.errors).toBeUndefined();
    expect(Object.keys(byAliases.data)).toHaveLength(200);
    const beside = await ask({
      query: `query ($r: [_Any!]!, $ids: [ID!]!) {
        _entities(representations: $r) { ... on MediaTask { status } } mediaTasks(ids: $ids) { status } }`,
      variables: { r: manyIds(1_000).map((id) => ({ __typename: 'MediaTask', id })), ids: manyIds(200) },
    });
    expect(beside.errors).toBeUndefined();
  });

  it('for one task many times is answered', async () => {
    const [id] = manyIds(1);
    const aliases = Array.from({ length: 200 }, (_, n) => `a${n}: mediaTask(id: "${id}") { status }`);
    const { errors } = await ask({
      query: `{ ${aliases.join(' ')} mediaTasks(ids: ["${id}", "${id}"]) { id } }`,
    });
    expect(errors).toBeUndefined();
  });

  /** By this factor the limits on documents could be lower. */
  it.each([
    ...readyQueries.map(({ title, query }) => [title, query, 8] as const),
    ['the introspection of GraphiQL', getIntrospectionQuery(), 1.3] as const,
    [
      'a plan for every field of every type',
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on MediaTask { ${everything} } } }`,
      2,
    ] as const,
  ])('%s passes limits that are much lower', (_, query, factor) => {
    const limits = createLimits({ maxIdsPerQuery: 200, maxRepresentations: 1_000 });
    const { characters, tokens, depth, selections } = limits;
    const lower = {
      ...limits,
      characters: characters / factor,
      tokens: tokens / factor,
      depth: Math.floor(depth / Math.min(factor, 3)),
      selections: selections / factor,
    };
    expect(() => createAdmission(lower).admit(query)).not.toThrow();
  });
});
