import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLFieldResolver, type GraphQLResolveInfo, type GraphQLSchema, parse } from 'graphql';
import type { Context } from './context.ts';
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
    place: number,
    representation: unknown,
    context: Context,
    info: GraphQLResolveInfo,
  ) => {
    const entity = await resolveOne(representation, context, info);
    if (entity?.id) context.cacheTally.countEntity(place, entity.id);
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
    context.cacheTally.expectEntities(representations.length);
    return representations.map((representation, place) => resolveAt(place, representation, context, info));
  };
  entities.resolve = resolveEach;
};
