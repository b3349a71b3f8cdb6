import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, parse } from 'graphql';

type Modules = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>;

/** A subgraph's resolvers; a field without one is a property of its parent's result. */
export type Resolvers = NonNullable<Exclude<Modules[number], DocumentNode>['resolvers']>;

/** A subgraph that listens. */
export interface RunningSubgraph {
  readonly url: string;
  close(): Promise<void>;
}

/** Called for each request. */
export type RequestListener = () => void;

/** The SDL of one of the two subgraphs here. */
export const readSiblingSdl = (name: 'notes' | 'bookings'): string =>
  readFileSync(new URL(`${name}.graphql`, import.meta.url), 'utf8');

/** Serves a subgraph on any free port of this machine. */
export const serveSubgraph = async (
  sdl: string,
  resolvers: Resolvers,
  onRequest: RequestListener = () => {},
): Promise<RunningSubgraph> => {
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]),
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async () => {
      onRequest();
      return {};
    },
  });
  return { url, close: () => server.stop() };
};
