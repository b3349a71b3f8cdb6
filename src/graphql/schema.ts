import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLFieldResolver, type GraphQLResolveInfo, type GraphQLSchema, parse } from 'graphql';
import type { Resolvers } from '../generated/resolvers.ts';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';
import { createResolvers, type ResolverOptions, settle } from './resolvers.ts';

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
  const resolvers = createResolvers(options);
  const schema = buildSubgraphSchema([{ typeDefs: parse(readSdl()), resolvers: { ...resolvers } }]);
  const entities = schema.getQueryType()?.getFields()._entities;
  if (!entities) throw new Error('The schema has no _entities field to resolve.');
  entities.resolve = createEntitiesResolver(resolvers, options.maxRepresentations);
  return schema;
};

type ResolveReference = (
  reference: object,
  context: Context,
  info: GraphQLResolveInfo,
) => Entity | Promise<Entity>;

/** A task, or a job, which has no `id`. */
interface Entity {
  readonly id?: string;
}

/**
 * Resolves each representation by itself, and at once if what it refers to is known. @apollo/subgraph resolves them in one
 * loop, in which an unknown type or an exception would null the whole `_entities` list.
 */
const createEntitiesResolver = (
  resolvers: Resolvers,
  maxRepresentations: number,
): GraphQLFieldResolver<unknown, Context, { representations: readonly unknown[] }> => {
  const byTypename = new Map<unknown, ResolveReference>(
    Object.entries(resolvers).flatMap(([typename, members]) =>
      '__resolveReference' in members ? [[typename, members.__resolveReference as ResolveReference]] : [],
    ),
  );

  const resolveOne = (representation: unknown, context: Context, info: GraphQLResolveInfo) => {
    const typename = (representation as { __typename?: unknown } | null)?.__typename;
    const resolveReference = byTypename.get(typename);
    if (!resolveReference) {
      throw badUserInput(
        `A representation's __typename must be one of ${[...byTypename.keys()].join(', ')}.`,
      );
    }
    return resolveReference(representation as object, context, info);
  };

  return (_source, { representations }, context, info) => {
    if (representations.length > maxRepresentations) {
      const count = representations.length;
      throw badUserInput(`representations holds ${count}: send at most ${maxRepresentations} at once.`);
    }
    const { cachePolicy } = context;
    cachePolicy.expectEntities(representations.length);
    return representations.map((representation, index) =>
      settle(context, () => {
        const note = (entity: Entity): Entity => {
          if (entity.id) cachePolicy.addEntity(index, entity.id);
          return entity;
        };
        const entity = resolveOne(representation, context, info);
        return entity instanceof Promise ? entity.then(note) : note(entity);
      }),
    );
  };
};
