import { ApolloClient, type ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';

/** What Apollo Client shows of requests in forms that the server does not support. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack();
});

afterAll(async () => stack.close());

it('@defer', async () => {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${stack.url}/graphql` }),
    incrementalHandler: new Defer20220824Handler(),
  });
  const query = gql`{ mediaTask(id: "zego:tencent:compose") { id ... @defer { status } } }`;
  await expect(client.query({ query })).rejects.toThrow('Unknown directive "@defer".');
});

it('HTTP batching', async () => {
  const link: ApolloLink = new BatchHttpLink({ uri: `${stack.url}/graphql` });
  const client = new ApolloClient({ cache: new InMemoryCache(), link });
  const ask = (id: string) =>
    client.query({ query: gql`query($id: ID!) { mediaTask(id: $id) { id } }`, variables: { id } });
  await expect(
    Promise.all([ask('zego:tencent:compose'), ask('zego:huawei:succeeded')]),
  ).rejects.toMatchObject({
    statusCode: 400,
    bodyText: expect.stringContaining('use HttpLink instead of BatchHttpLink'),
  });
});

it('a subscription over multipart HTTP', async () => {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${stack.url}/graphql` }),
  });
  const query = gql`subscription { mediaTaskUpdates(ids: ["zego:tencent:compose"]) { id } }`;
  const error = await new Promise<unknown>((resolve) => {
    client.subscribe({ query }).subscribe(({ error }) => resolve(error));
  });
  expect(String(error)).toContain('Subscriptions are served over graphql-transport-ws');
});
