import { buildSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type DefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  lexicographicSortSchema,
  parse,
  printSchema,
  printType,
} from 'graphql';
import possibleTypes from '../../src/generated/possible-types.json' with { type: 'json' };
import { mergeSdl, toApiSdl } from '../../src/graphql/merge-sdl.ts';
import { readSdl } from '../../src/graphql/schema.ts';

/** What `npm run sdl` prints. */

const printed = mergeSdl(readSdl());
const { definitions } = parse(printed);

const toSchema = (sdl: string): string =>
  printSchema(lexicographicSortSchema(buildSubgraphSchema([{ typeDefs: parse(sdl) }])));

describe('the SDL as one document', () => {
  it('extends nothing but the schema, and links federation there', () => {
    const extensions = definitions.filter(({ kind }) => kind.endsWith('Extension'));
    expect(extensions.map(({ kind }) => kind)).toEqual([Kind.SCHEMA_EXTENSION]);
    expect(printed).toContain(
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"',
    );
  });

  it('defines each type once, and no enum without values, no type without fields', () => {
    const names = definitions.flatMap((each) => ('name' in each && each.name ? [each.name.value] : []));
    expect(names.length).toBeGreaterThan(30);
    expect(new Set(names).size).toBe(names.length);
    const isEmpty = (each: DefinitionNode) =>
      (each.kind === Kind.ENUM_TYPE_DEFINITION && each.values?.length === 0) ||
      (each.kind === Kind.OBJECT_TYPE_DEFINITION && each.fields?.length === 0);
    expect(definitions.filter(isEmpty)).toEqual([]);
  });

  it('has every field, description and key of the files', () => {
    expect(toSchema(printed)).toBe(toSchema(readSdl()));
    const countKeys = (sdl: string) => sdl.match(/^[^#]*@key\(/gm)?.length;
    expect(countKeys(printed)).toBe(countKeys(readSdl()));
  });
});

describe('the schema for client tools', () => {
  const api = buildSchema(toApiSdl(readSdl()));
  const printTypes = (schema: GraphQLSchema): string[] =>
    Object.values(lexicographicSortSchema(schema).getTypeMap())
      .filter(({ name }) => !/^_|^link__|^federation__/.test(name))
      .map((type) => printType(type).replace(/^ {2}_(entities|service)\b.*\n\n?/gm, ''));

  it('has what the server answers, and nothing of federation', () => {
    expect(printTypes(api)).toEqual(printTypes(buildSubgraphSchema([{ typeDefs: parse(readSdl()) }])));
    expect(Object.keys(api.getTypeMap()).filter((name) => /^_(?!_)/.test(name))).toEqual([]);
    expect(Object.keys(api.getQueryType()?.getFields() ?? {})).not.toContain('_entities');
    expect(toApiSdl(readSdl())).not.toMatch(/@key|@link|extend /);
  });

  it('has the possible types that possible-types.json lists (npm run codegen)', () => {
    const abstract = Object.values(api.getTypeMap()).filter(isAbstractType);
    const listed = abstract.map((type) => [
      type.name,
      api
        .getPossibleTypes(type)
        .map(({ name }) => name)
        .sort(),
    ]);
    expect(possibleTypes).toEqual({ possibleTypes: Object.fromEntries(listed) });
  });
});

describe('an extension', () => {
  it('adds fields, interfaces and directives, and keeps the description and existing ones', () => {
    const merged = mergeSdl(`
      "A." type A @key(fields: "id") { id: ID! }
      extend type A implements B @key(fields: "b") { "The b." b: Int }
      interface B { b: Int }
    `);
    expect(merged).toBe(
      '"A."\ntype A implements B @key(fields: "id") @key(fields: "b") {\n  id: ID!\n  "The b."\n  b: Int\n}\n\ninterface B {\n  b: Int\n}\n',
    );
  });

  it('may come before the definition, and gives an enum its values', () => {
    expect(mergeSdl('extend enum E { A }\nenum E\nextend enum E { B }')).toBe('enum E {\n  A\n  B\n}\n');
  });

  it('of a type that is defined elsewhere stays an extension, one for each type', () => {
    expect(mergeSdl('extend type T { a: Int }\nextend type T { b: Int }')).toBe(
      'extend type T {\n  a: Int\n  b: Int\n}\n',
    );
  });
});
