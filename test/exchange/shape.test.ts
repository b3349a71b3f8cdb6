import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  buildASTSchema,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  isUnionType,
  parse,
} from 'graphql';
import { readableShapes, shape } from '../../src/exchange/messages.ts';
import { mergeSdl } from '../../src/graphql/merge-sdl.ts';
import { readSdl } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';

/**
 * What replicas store of a task or job is its type in the schema, and all types within.
 *
 * If a digest has changed: can what a released version stored still be read, and does it mean the same? Then renew the
 * snapshot: `npm test -- test/exchange/shape -u`. If not: raise `shape` as well, and drop from `readableShapes` what
 * cannot be read.
 */
const stored = providers.flatMap(({ typename, jobKind }) => [typename, jobKind?.typename ?? []].flat());

const schemaOf = (sdl: string): GraphQLSchema => buildASTSchema(parse(sdl), { assumeValidSDL: true });

/** Names and types of the fields, and the values of enums, of a type and of all that it holds; no descriptions. */
const toDigest = (schema: GraphQLSchema, typename: string): string => {
  const seen = new Set<string>();
  const describeType = (name: string): string[] => {
    const type = schema.getType(name);
    // Known from the id, so not stored; and it changes with each new provider.
    if (seen.has(name) || name === 'MediaTaskProvider') return [];
    seen.add(name);
    if (isEnumType(type)) return type.getValues().map((value) => `${name}.${value.name}`);
    if (isUnionType(type))
      return type.getTypes().flatMap((member) => [`${name} = ${member.name}`, ...describeType(member.name)]);
    if (!isObjectType(type)) return [];
    const fields = Object.values(type.getFields());
    return fields.flatMap((field) => [
      `${name}.${field.name}: ${field.type}`,
      ...describeType(getNamedType(field.type).name),
    ]);
  };
  return createHash('sha256').update(describeType(typename).sort().join('\n')).digest('hex').slice(0, 12);
};

describe('the version of what is stored', () => {
  const schema = schemaOf(mergeSdl(readSdl()));
  test.each(stored)('is raised when %s changes so that it cannot be read', (typename) => {
    expect(`shape ${shape}: ${toDigest(schema, typename)}`).toMatchSnapshot();
  });

  test('can be read by itself', () => {
    expect(readableShapes).toContain(shape);
  });
});

test('a changed type within is noticed, a changed description is not', () => {
  const before = toDigest(
    schemaOf('type Query { a: Task } type Task { "In percent" at: At } type At { x: Int }'),
    'Task',
  );
  const described = schemaOf('type Query { a: Task } type Task { "How far" at: At } type At { x: Int }');
  const changed = schemaOf('type Query { a: Task } type Task { "In percent" at: At } type At { x: Float }');
  expect(toDigest(described, 'Task')).toBe(before);
  expect(toDigest(changed, 'Task')).not.toBe(before);
});
