import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import fastifyApollo from '@as-integrations/fastify';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createCache } from 'async-cache-dedupe';
import DataLoader from 'dataloader';
import fastify from 'fastify';
import { type GraphQLSchema, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import mercurius from 'mercurius';
import type { Open } from './contestant.ts';
import { type TaskJson, typenameOf } from './tasks.ts';

/**
 * Other servers of the same schema, each as its documentation recommends. All keep a task in memory for as long as this
 * subgraph considers it fresh.
 */

type Load<Context> = (id: string, context: Context) => unknown;

interface Reference {
  readonly id: string;
}

const createSchema = <Context>(load: Load<Context>): GraphQLSchema => {
  const directory = new URL('../../schema/', import.meta.url);
  const files = readdirSync(directory).filter((name) => name.endsWith('.graphql'));
  const sdl = files.map((name) => readFileSync(new URL(name, directory), 'utf8')).join('\n');
  const reference = { __resolveReference: ({ id }: Reference, context: Context) => load(id, context) };
  const resolvers = {
    Query: {
      mediaTask: (_: unknown, { id }: Reference, context: Context) => load(id, context),
      mediaTasks: (_: unknown, { ids }: { ids: readonly string[] }, context: Context) =>
        ids.map((id) => load(id, context)),
    },
    MediaTask: { __resolveType: ({ id }: Reference) => typenameOf(id), ...reference },
    AliyunTranscodeTask: reference,
    VisionularTranscodeTask: reference,
    WebCastTask: reference,
    WhiteboardTranscodeTask: reference,
    ZegoMediaTask: reference,
  };
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
};

/** Finished tasks do not change. */
const freshS = (task: TaskJson): number => (task.isFinal ? 3_600 : 2);

const stamp = (task: TaskJson): TaskJson => ({
  ...task,
  fetchedAt: new Date().toISOString(),
  stale: false,
  nextPollAfterMs: task.isFinal ? null : 2_250,
});

const createAsk =
  (vendorUrl: string) =>
  async (id: string): Promise<TaskJson> => {
    const response = await fetch(`${vendorUrl}/${encodeURIComponent(id)}`);
    return stamp((await response.json()) as TaskJson);
  };

/** Tasks in memory, each asked for once at a time. */
const createMemory = (vendorUrl: string) => {
  const ask = createAsk(vendorUrl);
  return new LRUCache<string, TaskJson>({
    max: 20_000,
    fetchMethod: async (id, _stale, { options }) => {
      const task = await ask(id);
      options.ttl = freshS(task) * 1_000;
      return task;
    },
  });
};

/** Mercurius with its JIT, and async-cache-dedupe, its authors' cache. */
export const openMercurius: Open = async (vendorUrl) => {
  const ask = createAsk(vendorUrl);
  const cache = createCache({ storage: { type: 'memory', options: { size: 20_000 } } }).define(
    'task',
    { ttl: freshS },
    ask,
  );
  const server = fastify();
  await server.register(mercurius, { schema: createSchema((id) => cache.task(id)), jit: 1 });
  return { url: await server.listen({ port: 0, host: '127.0.0.1' }) };
};

/** GraphQL Yoga with its response cache, which keeps whole answers, over tasks in memory. */
export const openYoga: Open = async (vendorUrl) => {
  const memory = createMemory(vendorUrl);
  const yoga = createYoga({
    schema: createSchema((id) => memory.fetch(id)),
    logging: false,
    // One lifetime for all answers: that of a task that runs.
    plugins: [useResponseCache({ session: () => null, ttl: 2_000, includeExtensionMetadata: false })],
  });
  const server = createServer(yoga);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

interface Loaders {
  readonly tasks: DataLoader<string, TaskJson | undefined>;
}

/** Apollo Server as it comes, with a DataLoader for each request over tasks in memory. */
export const openApollo: Open = async (vendorUrl) => {
  const memory = createMemory(vendorUrl);
  const apollo = new ApolloServer<Loaders>({
    schema: createSchema<Loaders>((id, { tasks }) => tasks.load(id)),
  });
  await apollo.start();
  const server = fastify();
  await server.register(fastifyApollo(apollo), {
    context: async () => ({
      tasks: new DataLoader((ids: readonly string[]) => Promise.all(ids.map((id) => memory.fetch(id)))),
    }),
  });
  return { url: await server.listen({ port: 0, host: '127.0.0.1' }) };
};

class Vendor extends RESTDataSource {
  async task(id: string): Promise<TaskJson> {
    return stamp(await this.get<TaskJson>(encodeURIComponent(id)));
  }
}

/** Apollo Server with Apollo's data source for REST, which keeps responses in Apollo's own cache. */
export const openApolloRest: Open = async (vendorUrl) => {
  const apollo = new ApolloServer<{ vendor: Vendor }>({
    schema: createSchema<{ vendor: Vendor }>((id, { vendor }) => vendor.task(id)),
  });
  await apollo.start();
  const server = fastify();
  await server.register(fastifyApollo(apollo), {
    context: async () => {
      const vendor = new Vendor({ cache: apollo.cache });
      vendor.baseURL = `${vendorUrl}/`;
      return { vendor };
    },
  });
  return { url: await server.listen({ port: 0, host: '127.0.0.1' }) };
};
