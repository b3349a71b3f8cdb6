import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import InMemoryLruCache from '@graphql-mesh/cache-inmemory-lru';
import useHttpCache from '@graphql-mesh/plugin-http-cache';
import http from '@graphql-mesh/transport-http';
import ws from '@graphql-mesh/transport-ws';
import { announce, readSettings, secretHeader, taskSubgraph } from './process.ts';

/**
 * Hive Gateway, as a process of its own: the runtime of `@graphql-hive/gateway`, without the command line around it,
 * whose packages take as long to install as everything else here together.
 */

const { port, supergraphSdl, routerSecret } = readSettings(process.env);

/**
 * `HIVE_ROUTER_RUNTIME=true`, as for the command line, takes the planner of Hive Router instead of the default one.
 * `EVENTS_OVER=sse` and `HTTP_CACHE=true` are for the tests.
 */
const { HIVE_ROUTER_RUNTIME, EVENTS_OVER, HTTP_CACHE } = process.env;

const secret = { [secretHeader]: routerSecret };

/** Sockets have no headers of their own here. Without this, events come as server-sent events. */
const subscriptions = { kind: 'ws', location: '/graphql', options: { connectionParams: secret } };

const cache = new InMemoryLruCache();

const gateway = createGatewayRuntime({
  supergraph: supergraphSdl,
  ...(HIVE_ROUTER_RUNTIME === 'true' ? { unifiedGraphHandler } : {}),
  transports: { http, ws },
  propagateHeaders: {
    fromClientToSubgraphs: ({ subgraphName }) => (subgraphName === taskSubgraph ? secret : {}),
  },
  transportEntries: {
    [taskSubgraph]: { options: EVENTS_OVER === 'sse' ? {} : { subscriptions } },
  },
  cache,
  plugins: () => (HTTP_CACHE === 'true' ? [useHttpCache({ cache })] : []),
  logging: 'error',
});
const server = createServer(gateway);
server.listen(port, '127.0.0.1');
await once(server, 'listening');
announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, async () => {
  server.closeAllConnections();
  server.close();
  await gateway[Symbol.asyncDispose]();
});
