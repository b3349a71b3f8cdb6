import {
  buildASTSchema,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
} from 'graphql';
import type { Provider } from '../domain/provider.ts';
import { readSdl } from './schema.ts';

/** What the lookup adds to a content, beside the natural key. */
const stamped = ['id', 'provider', 'isFinal', 'fetchedAt', 'stale', 'nextPollAfterMs', 'problem'];

const isDateTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

/** A field that is absent is null, as in what an earlier version has stored. */
const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  Float: Number.isFinite,
  DateTime: isDateTime,
  MediaTaskLong: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

/**
 * Checks contents that were stored elsewhere, or by another version, against the schema: what passes can be answered
 * without an error. Fields that the schema does not have are not looked at.
 * @returns whether a value can be the content of an answer about a task or job of this type
 */
export const createContentCheck = (
  providers: readonly Provider[],
): ((typename: string, content: unknown) => boolean) => {
  const schema: GraphQLSchema = buildASTSchema(parse(readSdl()), { assumeValidSDL: true });
  const absent = new Map<string, readonly string[]>(
    providers.flatMap(({ typename, keyFields, jobKind }) => [
      [typename, [...stamped, ...keyFields.map(({ name }) => name)]],
      ...(jobKind ? [[jobKind.typename, [] as string[]] as const] : []),
    ]),
  );

  const isObjectOf = (type: GraphQLObjectType, value: unknown, except: readonly string[]): boolean =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(type.getFields()).every(
      ({ name, type: of }) =>
        except.includes(name) || isOf(of, Object.hasOwn(value, name) ? Reflect.get(value, name) : null),
    );

  const isOf = (type: GraphQLOutputType, value: unknown): boolean => {
    if (isNonNullType(type)) return value !== null && value !== undefined && isOf(type.ofType, value);
    if (value === null || value === undefined) return true;
    if (isListType(type)) return Array.isArray(value) && value.every((item) => isOf(type.ofType, item));
    if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
    if (isObjectType(type)) return isObjectOf(type, value, []);
    if (isUnionType(type)) {
      const typename = (value as { readonly __typename?: unknown }).__typename;
      const member = type.getTypes().find(({ name }) => name === typename);
      return member !== undefined && isObjectOf(member, value, []);
    }
    return scalars[type.name]?.(value) ?? false;
  };

  return (typename, content) => {
    const except = absent.get(typename);
    const type = schema.getType(typename);
    return except !== undefined && isObjectType(type) && isObjectOf(type, content, except);
  };
};
