import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { announce, readSettings, secretHeader, taskSubgraph } from './process.ts';

/** Apollo Gateway, as a process of its own. */

const { port, supergraphSdl, routerSecret } = readSettings(process.env);

const gateway = new ApolloGateway({
  supergraphSdl,
  buildService: ({ name, url = '' }) =>
    new RemoteGraphQLDataSource({
      url,
      willSendRequest: ({ request }) => {
        if (name === taskSubgraph) request.http?.headers.set(secretHeader, routerSecret);
      },
    }),
});
const server = new ApolloServer({ gateway, stopOnTerminationSignals: false });
const { url } = await startStandaloneServer(server, { listen: { port, host: '127.0.0.1' } });
announce(url, () => server.stop());
