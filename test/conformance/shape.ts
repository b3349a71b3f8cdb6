import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql';

/** The fields of a task that the lookup adds to what a provider read. */
const stampedFields = ['id', 'provider', 'isFinal', 'fetchedAt', 'stale', 'nextPollAfterMs', 'problem'];

const isoMillis = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const leafRules: Readonly<Record<string, (value: unknown) => boolean>> = {
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  Float: (value) => Number.isFinite(value),
  MediaTaskLong: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  DateTime: (value) =>
    typeof value === 'string' && isoMillis.test(value) && new Date(value).toISOString() === value,
};

/**
 * The faults in a snapshot as a value of its schema type: a missing or an additional field, a leaf of another type, a
 * forbidden null. Empty when there are none. The key and the fields that the lookup adds are not part of a snapshot.
 */
export const findShapeFaults = (
  schema: GraphQLSchema,
  typename: string,
  keyFields: readonly string[],
  snapshot: unknown,
): string[] => {
  const type = schema.getType(typename);
  if (!isObjectType(type)) return [`${typename} is no object type of the schema`];
  return inObject(schema, type, snapshot, typename, [...stampedFields, ...keyFields]);
};

const inValue = (schema: GraphQLSchema, type: GraphQLOutputType, value: unknown, path: string): string[] => {
  if (isNonNullType(type)) {
    return value === null ? [`${path} is null`] : inValue(schema, type.ofType, value, path);
  }
  if (value === null) return [];
  if (isListType(type)) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, index) => inValue(schema, type.ofType, item, `${path}[${index}]`));
  }
  if (isEnumType(type)) {
    return typeof value === 'string' && type.getValue(value) ? [] : [`${path} is no value of ${type.name}`];
  }
  if (isScalarType(type)) {
    return leafRules[type.name]?.(value) ? [] : [`${path} is no ${type.name}: ${String(value)}`];
  }
  if (isUnionType(type)) {
    const name = (value as { __typename?: unknown }).__typename;
    const member = type.getTypes().find((candidate) => candidate.name === name);
    return member
      ? inObject(schema, member, value, path)
      : [`${path} is no member of ${type.name}: ${String(name)}`];
  }
  return isObjectType(type) ? inObject(schema, type, value, path) : [`${path} is of an abstract type`];
};

const inObject = (
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  value: unknown,
  path: string,
  absent: readonly string[] = [],
): string[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
  const object = value as Readonly<Record<string, unknown>>;
  const fields = Object.values(type.getFields()).filter(({ name }) => !absent.includes(name));
  const names = new Set(['__typename', ...fields.map(({ name }) => name)]);
  const tooMany = Object.keys(object).filter((name) => !names.has(name));
  return [
    ...tooMany.map((name) => `${path}.${name} is not in the schema`),
    ...(object.__typename === undefined || object.__typename === type.name
      ? []
      : [`${path}.__typename is wrong`]),
    ...fields.flatMap(({ name, type: fieldType }) =>
      Object.hasOwn(object, name) && object[name] !== undefined
        ? inValue(schema, fieldType, object[name], `${path}.${name}`)
        : [`${path}.${name} is missing`],
    ),
  ];
};
