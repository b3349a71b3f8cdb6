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

/** `true` takes the planner of Hive Router instead of the default one. The command line has the same switch. */
const { HIVE_ROUTER_RUNTIME, HTTP_CACHE, EVENTS_OVER } = process.env;

const cache = new InMemoryLruCache();
const secret = { [secretHeader]: routerSecret };

const gateway = createGatewayRuntime({
  supergraph: supergraphSdl,
  ...(HIVE_ROUTER_RUNTIME === 'true' ? { unifiedGraphHandler } : {}),
  transports: { http, ws },
  logging: 'error',
  propagateHeaders: {
    fromClientToSubgraphs: ({ subgraphName }) => (subgraphName === taskSubgraph ? secret : {}),
  },
  transportEntries: {
    [taskSubgraph]: {
      options:
        EVENTS_OVER === 'sse'
          ? {}
          : {
              subscriptions: { kind: 'ws', location: '/graphql', options: { connectionParams: secret } },
            },
    },
  },
  cache,
  plugins: () => (HTTP_CACHE === 'true' ? [useHttpCache({ cache })] : []),
});
const server = createServer(gateway);
server.listen(port, '127.0.0.1');
await once(server, 'listening');
announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, async () => {
  server.closeAllConnections();
  server.close();
  await gateway[Symbol.asyncDispose]();
});
