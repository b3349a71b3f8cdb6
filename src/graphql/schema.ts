import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLFieldResolver, type GraphQLResolveInfo, type GraphQLSchema, parse } from 'graphql';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';
import { createResolvers, type ResolverOptions } from './resolvers.ts';

const sdlDirectory = new URL('../../schema/', import.meta.url);

/** The SDL: all files of `schema/`, ordered by name. */
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
 * Resolves each representation by itself. @apollo/subgraph resolves them in one loop, in which an unknown type or an
 * exception would null the whole `_entities` list.
 */
const isolateEntities = (schema: GraphQLSchema, { providers, maxRepresentations }: ResolverOptions): void => {
  const entities = schema.getQueryType()?.getFields()._entities;
  const resolveAll = entities?.resolve;
  if (!entities || !resolveAll) throw new Error('The schema has no _entities field to resolve.');
  const typenames = new Set([
    'MediaTask',
    ...providers.flatMap(({ typename, jobKind }) => [typename, jobKind?.typename ?? []].flat()),
  ]);

  const resolveOne = async (representation: unknown, context: Context, info: GraphQLResolveInfo) => {
    const typename = (representation as { __typename?: unknown } | null)?.__typename;
    if (typeof typename !== 'string' || !typenames.has(typename)) {
      throw badUserInput(`A representation's __typename must be one of ${[...typenames].join(', ')}.`);
    }
    const results = await resolveAll({}, { representations: [representation] }, context, info);
    const [entity] = results as readonly { readonly id?: string }[];
    return entity;
  };

  const resolveAt = async (
    index: number,
    representation: unknown,
    context: Context,
    info: GraphQLResolveInfo,
  ) => {
    const entity = await resolveOne(representation, context, info);
    if (entity?.id) context.cachePolicy.addEntity(index, entity.id);
    return entity;
  };

  const resolveEach: GraphQLFieldResolver<unknown, Context, { representations: readonly unknown[] }> = (
    _source,
    { representations },
    context,
    info,
  ) => {
    if (representations.length > maxRepresentations) {
      const count = representations.length;
      throw badUserInput(`representations holds ${count}: send at most ${maxRepresentations} at once.`);
    }
    context.cachePolicy.expectEntities(representations.length);
    return representations.map((representation, index) => resolveAt(index, representation, context, info));
  };
  entities.resolve = resolveEach;
};
