import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { useSyncExternalStore } from 'react';
import possibleTypes from './gql/possible-types.ts';

const endpoint = new URL('/graphql', location.origin);
const socketEndpoint = endpoint.href.replace(/^http/, 'ws');

/** A duration in ms becomes the moment that it leads to, in ms since 1970, because a row is still shown later. */
const toMoment = { merge: (_: unknown, ms: number | null) => (ms === null ? null : Date.now() + ms) };

const cache = new InMemoryCache({
  ...possibleTypes,
  typePolicies: {
    MediaTask: { fields: { nextPollAfterMs: toMoment } },
    MediaTaskProblem: { fields: { retryAfterMs: toMoment } },
    MediaTaskProviderInfo: { keyFields: ['provider'] },
  },
});

let isConnected = false;
const listeners = new Set<() => void>();

const setConnected = (value: boolean): void => {
  isConnected = value;
  for (const listener of listeners) listener();
};

/** The socket is opened at once, and again for as long as it takes: until then, `live-tasks.ts` polls. */
const sockets = createClient({
  url: socketEndpoint,
  lazy: false,
  keepAlive: 10_000,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  // Not all pages at the same moment after a restart of the server.
  retryWait: (attempt) =>
    new Promise((resolve) =>
      setTimeout(resolve, Math.min(500 * 2 ** attempt, 10_000) * (0.5 + Math.random() / 2)),
    ),
  onNonLazyError: () => {},
  on: { connected: () => setConnected(true), closed: () => setConnected(false) },
});

export const client = new ApolloClient({
  cache,
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: endpoint.href }),
  ),
});

/** Whether the server can send changes at this moment. */
export const useConnected = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isConnected,
  );
