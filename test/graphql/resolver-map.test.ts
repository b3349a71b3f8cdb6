import { buildSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, it } from '@jest/globals';
import { isAbstractType, isInterfaceType, isObjectType, parse } from 'graphql';
import { createResolvers } from '../../src/graphql/resolvers.ts';
import { readSdl } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';

/** @apollo/subgraph ignores resolvers for types and fields that the schema does not have. */

const schema = buildSubgraphSchema(parse(readSdl()));

const resolvers: Readonly<Record<string, object>> = {
  ...createResolvers({
    providers,
    describeProviders: () => [],
    maxIdsPerQuery: 1,
    maxRepresentations: 1,
  }),
};

/** Names in a resolver map that the schema does not have. */
const findUnknown = (map: Readonly<Record<string, object>>): string[] =>
  Object.entries(map).flatMap(([typename, members]) => {
    const type = schema.getType(typename);
    if (!type) return [typename];
    const known = new Set([
      ...(isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : []),
      ...(isAbstractType(type) ? ['__resolveType'] : []),
      ...(isObjectType(type) || isInterfaceType(type) ? ['__resolveReference'] : []),
    ]);
    return Object.keys(members)
      .filter((name) => !known.has(name))
      .map((name) => `${typename}.${name}`);
  });

describe('the resolver map', () => {
  it('has only types and fields of the schema', () => {
    expect(Object.keys(resolvers).length).toBeGreaterThan(5);
    expect(findUnknown(resolvers)).toEqual([]);
  });

  it('would not pass with a typo in a type, a field or a special name', () => {
    const resolve = () => null;
    expect(
      findUnknown({
        Query: { mediaTask: resolve, mediaTaks: resolve },
        MediaTask: { __resolveType: resolve, __resolveRefrence: resolve },
        WebcastTask: { __resolveReference: resolve },
        ZegoMediaTask: { __resolveReference: resolve, __resolveType: resolve, detial: resolve },
      }),
    ).toEqual([
      'Query.mediaTaks',
      'MediaTask.__resolveRefrence',
      'WebcastTask',
      'ZegoMediaTask.__resolveType',
      'ZegoMediaTask.detial',
    ]);
  });

  it('has a function for every root field and for every entity', () => {
    const roots = Object.keys(schema.getQueryType()?.getFields() ?? {}).filter(
      (name) => !name.startsWith('_'),
    );
    const mediaTask = schema.getType('MediaTask');
    const entities = isInterfaceType(mediaTask)
      ? ['MediaTask', ...schema.getPossibleTypes(mediaTask).map(({ name }) => name)]
      : [];
    const wanted = [
      ...roots.map((name) => ['Query', name]),
      ...entities.map((name) => [name, '__resolveReference']),
      ['MediaTask', '__resolveType'],
    ] as const;
    const missing = wanted.filter(([typename = '', name = '']) => {
      const members = resolvers[typename] as Readonly<Record<string, unknown>> | undefined;
      return typeof members?.[name] !== 'function';
    });
    expect(roots.length).toBeGreaterThan(providers.length);
    expect(entities).toHaveLength(providers.length + 1);
    expect(missing).toEqual([]);
  });
});
