import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import fastify, { type FastifyInstance } from 'fastify';
import { type GraphQLSchema, graphql, parse } from 'graphql';
import { serveGraphiql } from '../../src/graphiql/serve.ts';
import { providers } from '../../src/providers/index.ts';

const schemaDirectory = join(import.meta.dirname, '../../schema');

/** The schema as the server publishes it, from the files themselves. */
export async function readSchema(resolvers: GraphQLResolverMap<unknown> = {}): Promise<GraphQLSchema> {
  const names = (await readdir(schemaDirectory)).filter((name) => name.endsWith('.graphql')).sort();
  const sources = await Promise.all(names.map((name) => readFile(join(schemaDirectory, name), 'utf8')));
  const [first, ...rest] = sources.map((source) => ({ typeDefs: parse(source) }));
  if (first === undefined) {
    throw new Error(`no schema in ${schemaDirectory}`);
  }
  return buildSubgraphSchema([{ ...first, resolvers }, ...rest]);
}

const typenames = new Map<string, string>(providers.map(({ name, typename }) => [name, typename]));

/** Just enough of an answer for the page to have something to show. */
function cannedTask(id: string) {
  const prefix = id.split(':')[0] ?? '';
  const task = { __typename: typenames.get(prefix), id, provider: prefix.toUpperCase().replace('-', '_') };
  if (id.endsWith(':nobody-knows')) {
    const problem = { code: 'TASK_NOT_FOUND', message: 'The vendor knows no such task.', retryable: false };
    return { ...task, stale: false, problem };
  }
  return { ...task, stale: false, kind: 'UNKNOWN', status: 'SUCCEEDED', isFinal: true, progress: 100 };
}

/** A reference holds an id, or the parts of one. */
function cannedEntity({ __typename: typename, id, ...key }: Record<string, string>) {
  const prefix = [...typenames].find(([, name]) => name === typename)?.[0];
  return { ...cannedTask(id ?? [prefix, ...Object.values(key)].join(':').toLowerCase()), ...key };
}

const entities = [...typenames.values(), 'MediaTask'].map((name) => [
  name,
  { __resolveReference: cannedEntity },
]);

const cannedResolvers: GraphQLResolverMap<unknown> = {
  ...Object.fromEntries(entities),
  Query: {
    mediaTasks: (_root: unknown, { ids }: { ids: string[] }) => ids.map(cannedTask),
    aliyunTranscodeTask: (_root: unknown, { transcodeTaskId }: { transcodeTaskId: string }) => ({
      ...cannedTask(`aliyun-vod:${transcodeTaskId}`),
      transcodeTaskId,
    }),
  },
};

/** GraphiQL from `directory` in front of a real endpoint that answers with made-up tasks. */
export async function startCannedServer(
  directory: string,
): Promise<{ server: FastifyInstance; url: string }> {
  const schema = await readSchema(cannedResolvers);
  const server = fastify();
  server.post<{ Body: { query: string; variables?: Record<string, unknown> } }>('/graphql', ({ body }) =>
    graphql({ schema, source: body.query, variableValues: body.variables ?? null }),
  );
  await serveGraphiql(server, directory);
  return { server, url: await server.listen({ host: '127.0.0.1', port: 0 }) };
}
