import { describe, expect, test } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  valueFromAST,
} from 'graphql';
import { toEnumValue } from '../../src/domain/task.ts';
import type { Harness } from './harness.ts';
import { readSchema } from './schema.ts';

/** Name, type and key of a provider agree with the SDL. */
export const describeSchemaAgreement = ({ provider, extraSdl, key, documentedFields }: Harness): void => {
  describe('its schema', () => {
    const schema = readSchema(extraSdl);
    const keyNames = provider.keyFields.map(({ name }) => name);
    const type = schema.getType(provider.typename) as GraphQLObjectType;
    const rootField = `${provider.typename.charAt(0).toLowerCase()}${provider.typename.slice(1)}`;

    test('its name is a value of MediaTaskProvider, in kebab case', () => {
      const providers = schema.getType('MediaTaskProvider');
      const names = isEnumType(providers) ? providers.getValues().map(({ name }) => name) : [];
      expect(names).toContain(toEnumValue(provider.name));
      expect(provider.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    });

    test('its type is an object type that implements MediaTask', () => {
      const mediaTask = schema.getType('MediaTask');
      expect(isObjectType(type)).toBe(true);
      expect(isInterfaceType(mediaTask) && schema.isSubType(mediaTask, type)).toBe(true);
    });

    test('its type is an entity by id and by the natural key, in the order of the id', () => {
      const keys = (type.astNode?.directives ?? [])
        .filter(({ name }) => name.value === 'key')
        .map(({ arguments: [fields] = [] }) => fields && valueFromAST(fields.value, GraphQLString));
      expect(keys).toEqual(['id', keyNames.join(' ')]);
    });

    test('every key field is a field of the type that is never null', () => {
      const fields = type.getFields();
      expect(keyNames.filter((name) => !isNonNullType(fields[name]?.type))).toEqual([]);
    });

    test('the root field takes exactly the key fields and answers the type', () => {
      const field = schema.getQueryType()?.getFields()[rootField];
      expect(field?.args.map(({ name }) => name)).toEqual(keyNames);
      expect(field?.args.filter((argument) => !isNonNullType(argument.type))).toEqual([]);
      expect(String(field?.type)).toBe(provider.typename);
    });

    test('a key field of few values has an enum of the same values, any other is an ID', () => {
      for (const { name, oneOf } of provider.keyFields) {
        const fieldType = getNamedType(type.getFields()[name]?.type);
        const values = isEnumType(fieldType) ? fieldType.getValues().map((value) => value.name) : undefined;
        expect(values ?? fieldType?.name).toEqual(oneOf ?? 'ID');
      }
    });

    test('the key of this harness is a key of the provider', () => {
      expect(Object.keys(key)).toEqual(keyNames);
    });

    test('every response field that the vendor documents is listed once', () => {
      const names = documentedFields.map(({ field }) => field);
      expect(names.length).toBeGreaterThan(0);
      expect(names).toEqual([...new Set(names)]);
    });

    test('every response field that the vendor documents can be queried through the task, under its name', () => {
      const reachable = reachableFrom(type).add('Query');
      const faults = documentedFields.flatMap(({ field, coordinates }) => {
        const found = coordinates.map((coordinate) => ({ coordinate, at: fieldAt(schema, coordinate) }));
        const named = found.some(({ coordinate, at }) =>
          plain(`${coordinate} ${at?.description}`).includes(plain(field.split('.').at(-1) ?? '')),
        );
        return [
          ...found
            .filter(({ coordinate, at }) => !at || !reachable.has(coordinate.split('.')[0] ?? ''))
            .map(({ coordinate }) => `${field}: ${coordinate} is not in the schema, or out of reach`),
          ...(named
            ? []
            : [`${field}: name it in the description of ${coordinates.join(' or ')} in the schema`]),
        ];
      });
      expect(faults).toEqual([]);
    });

    test('its quota is a whole number of calls in a whole number of milliseconds', () => {
      const { calls, perMs } = provider.quota;
      expect([Number.isInteger(calls), Number.isInteger(perMs)]).toEqual([true, true]);
      expect(calls).toBeGreaterThan(0);
      expect(perMs).toBeGreaterThan(0);
    });
  });
};

const fieldAt = (schema: GraphQLSchema, coordinate: string): GraphQLField<unknown, unknown> | undefined => {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  return isObjectType(type) ? type.getFields()[fieldName] : undefined;
};

/** The names of the types that a query for this type can reach, by any path. */
const reachableFrom = (type: GraphQLNamedType | undefined, seen = new Set<string>()): Set<string> => {
  if (!type || seen.has(type.name)) return seen;
  seen.add(type.name);
  if (isUnionType(type)) for (const member of type.getTypes()) reachableFrom(member, seen);
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) reachableFrom(getNamedType(field.type), seen);
  }
  return seen;
};

const plain = (text: string): string => text.toLowerCase().replaceAll('_', '');
