import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Job, Snapshot } from '../../src/domain/task.ts';
import { statuses } from '../lookup/builders.ts';

const uniform = (end: number) => fc.noBias(fc.nat({ max: end - 1 }));

/** A whole number from 0, each as likely as the others: fast-check prefers small ones. */
export const below = (g: GeneratorValue, end: number): number => g(uniform, end);

/** What the lookup adds to a vendor's answer. */
const stamped = new Set(['id', 'provider', 'isFinal', 'fetchedAt', 'stale', 'nextPollAfterMs', 'problem']);

const texts = ['', 'plain', 'é ü 漢字 🎬', '"quoted" \\ back', 'line\n\u2028\u0007', 'x'.repeat(200)];

/** Anything that the schema allows for a vendor's answer, and sometimes what it does not: a number beyond Int. */
export const generateSnapshot = (g: GeneratorValue, schema: GraphQLSchema, typename: string): Snapshot => ({
  ...(generateObject(g, schema, typename, stamped) as unknown as Snapshot),
  status: g(() => fc.constantFrom(...statuses)),
  outputs: [],
});

/** A job as vendors answer it by its own id. */
export const generateJob = (
  g: GeneratorValue,
  schema: GraphQLSchema,
  typename: string,
  key: object,
): Job => ({
  ...(generateObject(g, schema, typename, new Set(['problem'])) as unknown as Job),
  ...key,
  status: g(() => fc.constantFrom(...statuses)),
  problem: null,
});

const generateObject = (
  g: GeneratorValue,
  schema: GraphQLSchema,
  typename: string,
  without: ReadonlySet<string> = new Set(),
): object => {
  const type = schema.getType(typename);
  if (!isObjectType(type)) throw new Error(`The schema has no object type ${typename}.`);
  const fields = Object.values(type.getFields()).filter(({ name }) => !without.has(name));
  return Object.fromEntries(fields.map(({ name, type: of }) => [name, generateValue(g, schema, of)]));
};

const generateValue = (g: GeneratorValue, schema: GraphQLSchema, type: GraphQLOutputType): unknown => {
  if (isNonNullType(type))
    return generateValue(g, schema, type.ofType) ?? generateLeaf(g, getNamedType(type));
  if (below(g, 4) === 0) return null;
  if (isListType(type)) {
    const length = below(g, 3);
    return Array.from({ length }, () => generateValue(g, schema, type.ofType));
  }
  if (isObjectType(type)) return generateObject(g, schema, type.name);
  if (isAbstractType(type)) {
    const [first, ...others] = schema.getPossibleTypes(type).map(({ name }) => name);
    const __typename = g(() => fc.constantFrom(first ?? '', ...others));
    return { __typename, ...generateObject(g, schema, __typename) };
  }
  return generateLeaf(g, type);
};

const generateLeaf = (g: GeneratorValue, type: GraphQLNamedType): unknown => {
  if (isEnumType(type)) return g(() => fc.constantFrom(...type.getValues().map(({ name }) => name)));
  if (isObjectType(type)) return {};
  switch (type.name) {
    case 'Int':
      return below(g, 301) === 0 ? 2 ** 40 : g(fc.integer);
    case 'Float':
      return g(fc.double, { noNaN: true, noDefaultInfinity: true });
    case 'Boolean':
      return g(fc.boolean);
    case 'MediaTaskLong':
      return g(fc.maxSafeNat);
    default:
      return g(() => fc.constantFrom(...texts));
  }
};
