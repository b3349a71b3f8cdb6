import { ApolloProvider } from '@apollo/client/react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { Client, cacheExchange, fetchExchange, Provider } from 'urql';
import { createApollo } from './dist/src/apollo';
import { LiveTable as ApolloLive } from './dist/src/apollo-live';
import { PolledTable as ApolloPolled } from './dist/src/apollo-polling';
import { createEventStreamLink } from './dist/src/event-stream-link';
import { createUrql, LiveTable as UrqlLive, PolledTable as UrqlPolled } from './dist/src/urql';

/** Shows one table of docs/clients.md; `?table=…&url=…&id=…&id=…` says which, of which tasks. */

const search = new URLSearchParams(location.search);
const url = search.get('url') ?? '';
const ids = search.getAll('id');

const tables: Record<string, () => ReactElement> = {
  'apollo polling': () => (
    <ApolloProvider client={createApollo(url)}>
      <ApolloPolled ids={ids} />
    </ApolloProvider>
  ),
  'apollo over WebSocket': () => (
    <ApolloProvider client={createApollo(url)}>
      <ApolloLive ids={ids} />
    </ApolloProvider>
  ),
  'apollo over server-sent events': () => (
    <ApolloProvider client={createApollo(url, createEventStreamLink(url))}>
      <ApolloLive ids={ids} />
    </ApolloProvider>
  ),
  'urql polling': () => (
    <Provider value={createUrql(url)}>
      <UrqlPolled ids={ids} />
    </Provider>
  ),
  'urql over WebSocket': () => (
    <Provider value={createUrql(url)}>
      <UrqlLive ids={ids} />
    </Provider>
  ),
  'urql over server-sent events': () => (
    <Provider
      value={new Client({ url, exchanges: [cacheExchange, fetchExchange], fetchSubscriptions: true })}
    >
      <UrqlLive ids={ids} />
    </Provider>
  ),
};

const root = document.getElementById('root');
const table = tables[search.get('table') ?? ''];
if (root && table) createRoot(root).render(table());
