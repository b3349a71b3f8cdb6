import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, makeVar } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import possibleTypes from './gql/possible-types.ts';

const endpoint = new URL('/graphql', location.origin).href;

/** Whether the server can send changes at this moment. */
export const isConnected = makeVar(false);

/** The socket is opened at once, and again for as long as it takes; `live-tasks.ts` polls meanwhile. */
const socket = createClient({
  url: endpoint.replace(/^http/, 'ws'),
  lazy: false,
  keepAlive: 10_000,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  // Not all pages at the same moment after a restart of the server.
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 500 + 2_500 * Math.random())),
  onNonLazyError: () => {},
  on: { connected: () => isConnected(true), closed: () => isConnected(false) },
});

/** A request that does not reach the server is sent again, after 2 s at most. */
const retries = new RetryLink({ delay: { max: 2_000 }, attempts: { max: Number.POSITIVE_INFINITY } });

export const client = new ApolloClient({
  cache: new InMemoryCache({
    ...possibleTypes,
    typePolicies: { MediaTaskProviderInfo: { keyFields: ['provider'] } },
  }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    retries.concat(new HttpLink({ uri: endpoint })),
  ),
});
