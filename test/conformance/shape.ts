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

/** The faults of a value, each behind its path within the value. */
type Check = (value: unknown) => readonly string[];

const none: readonly string[] = [];

const at = (place: string, faults: readonly string[]): readonly string[] =>
  faults.length === 0 ? none : faults.map((fault) => place + fault);

/**
 * The faults in a snapshot as a value of its schema type: a missing or an additional field, a leaf of another type, a
 * forbidden null. Empty when there are none. The key and the fields that the lookup adds are not part of a snapshot.
 */
export const createShapeCheck = (
  schema: GraphQLSchema,
  typename: string,
  keyFields: readonly string[],
): Check => {
  const type = schema.getType(typename);
  if (!isObjectType(type)) return () => [`${typename} is no object type of the schema`];
  const check = toObjectCheck(type, [...stampedFields, ...keyFields]);
  return (snapshot) => at(typename, check(snapshot));
};

/** Made once for each type: to ask graphql what a type is takes longer than to check a value of it. */
const checks = new WeakMap<GraphQLOutputType, Check>();

const checkOf = (type: GraphQLOutputType): Check => {
  const check = checks.get(type) ?? toCheck(type);
  checks.set(type, check);
  return check;
};

const toCheck = (type: GraphQLOutputType): Check => {
  if (isNonNullType(type)) {
    const check = checkOf(type.ofType);
    return (value) => (value === null ? [' is null'] : check(value));
  }
  const check = toValueCheck(type);
  return (value) => (value === null ? none : check(value));
};

/** For a value that is not null. */
const toValueCheck = (type: GraphQLOutputType): Check => {
  if (isListType(type)) {
    const check = checkOf(type.ofType);
    return (value) =>
      Array.isArray(value) ? value.flatMap((item, index) => at(`[${index}]`, check(item))) : [' is no list'];
  }
  if (isEnumType(type)) {
    return (value) =>
      typeof value === 'string' && type.getValue(value) ? none : [` is no value of ${type.name}`];
  }
  if (isScalarType(type)) {
    const rule = leafRules[type.name];
    return (value) => (rule?.(value) ? none : [` is no ${type.name}: ${String(value)}`]);
  }
  if (isUnionType(type)) {
    const members = new Map(type.getTypes().map((member) => [member.name, toObjectCheck(member)]));
    return (value) => {
      const name = (value as { __typename?: unknown }).__typename;
      return members.get(String(name))?.(value) ?? [` is no member of ${type.name}: ${String(name)}`];
    };
  }
  return isObjectType(type) ? toObjectCheck(type) : () => [' is of an abstract type'];
};

const toObjectCheck = (type: GraphQLObjectType, absent: readonly string[] = []): Check => {
  const fields = Object.values(type.getFields())
    .filter(({ name }) => !absent.includes(name))
    .map(({ name, type: fieldType }) => ({ name, check: checkOf(fieldType) }));
  const names = new Set(['__typename', ...fields.map(({ name }) => name)]);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [' is no object'];
    const object = value as Readonly<Record<string, unknown>>;
    const tooMany = Object.keys(object).filter((name) => !names.has(name));
    return [
      ...tooMany.map((name) => `.${name} is not in the schema`),
      ...(object.__typename === undefined || object.__typename === type.name
        ? none
        : ['.__typename is wrong']),
      ...fields.flatMap(({ name, check }) =>
        Object.hasOwn(object, name) && object[name] !== undefined
          ? at(`.${name}`, check(object[name]))
          : [`.${name} is missing`],
      ),
    ];
  };
};
