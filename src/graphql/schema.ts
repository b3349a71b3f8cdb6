import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLResolveInfo, type GraphQLSchema, parse } from 'graphql';
import { badUserInput } from './errors.ts';
import { createResolvers, type ResolverOptions } from './resolvers.ts';

const sdlDirectory = new URL('../../schema/', import.meta.url);

/** The SDL: every file of `schema/`, in order of their names. */
export const readSdl = (): string =>
  readdirSync(sdlDirectory)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(new URL(name, sdlDirectory), 'utf8'))
    .join('\n');

/** The executable subgraph schema. */
export const createSchema = (options: ResolverOptions): GraphQLSchema => {
  const schema = buildSubgraphSchema([
    { typeDefs: parse(readSdl()), resolvers: { ...createResolvers(options) } },
  ]);
  isolateEntities(schema, options);
  return schema;
};

/**
 * Resolves each representation on its own. @apollo/subgraph maps over them in one go, so that one of an unknown
 * type, or one whose resolver throws, would take the answers of all others with it.
 */
const isolateEntities = (schema: GraphQLSchema, { providers, maxRepresentations }: ResolverOptions): void => {
  const entities = schema.getQueryType()?.getFields()._entities;
  const resolveAll = entities?.resolve;
  if (!entities || !resolveAll) throw new Error('The schema has no _entities field to resolve.');
  const typenames = new Set(['MediaTask', ...providers.map(({ typename }) => typename)]);

  const resolveOne = async (representation: unknown, context: unknown, info: GraphQLResolveInfo) => {
    const typename = (representation as { __typename?: unknown } | null)?.__typename;
    if (typeof typename !== 'string' || !typenames.has(typename)) {
      throw badUserInput(`A representation's __typename must be one of ${[...typenames].join(', ')}.`);
    }
    const [entity] = (await resolveAll(
      {},
      { representations: [representation] },
      context,
      info,
    )) as unknown[];
    return entity;
  };

  entities.resolve = (
    _source,
    { representations }: { representations: readonly unknown[] },
    context,
    info,
  ) => {
    if (representations.length > maxRepresentations) {
      throw badUserInput(
        `representations holds ${representations.length}: send at most ${maxRepresentations} at once.`,
      );
    }
    return representations.map((representation) => resolveOne(representation, context, info));
  };
};
