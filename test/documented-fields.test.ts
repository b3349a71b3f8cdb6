import { describe, expect, test } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { readSchema } from './conformance/schema.ts';
import { documentedFields } from './fixtures/documented-fields.ts';

const schema = readSchema();

const findField = (coordinate: string): GraphQLField<unknown, unknown> | undefined => {
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

describe('The response fields of the vendor documents', () => {
  test('are 98: 4 of whiteboards, 35 of Aliyun, 20 of Visionular, 20 of web casts, 19 of ZEGO', () => {
    const counts = Object.entries(documentedFields).map(([typename, rows]) => [typename, rows.length]);
    expect(Object.fromEntries(counts)).toEqual({
      WhiteboardTranscodeTask: 4,
      AliyunTranscodeTask: 35,
      VisionularTranscodeTask: 20,
      WebCastTask: 20,
      ZegoMediaTask: 19,
    });
  });

  test.each(Object.entries(documentedFields))('of %s are each listed once', (_typename, rows) => {
    const names = rows.map(({ field }) => field);
    expect(names).toEqual([...new Set(names)]);
  });

  describe.each(Object.entries(documentedFields))('of %s', (typename, rows) => {
    const reachable = reachableFrom(schema.getType(typename));

    test.each(rows)('$field is in the schema', ({ coordinates }) => {
      expect(coordinates.filter((coordinate) => !findField(coordinate))).toEqual([]);
    });

    test.each(rows)('$field is within reach of a query for the task', ({ coordinates }) => {
      const owners = coordinates.map((coordinate) => coordinate.split('.')[0] ?? '');
      expect(owners.filter((owner) => owner !== 'Query' && !reachable.has(owner))).toEqual([]);
    });

    test.each(rows)('$field is named where its value is found', ({ field, coordinates }) => {
      const name = plain(field.split('.').at(-1) ?? '');
      const texts = coordinates.map((coordinate) => `${coordinate} ${findField(coordinate)?.description}`);
      expect(texts.filter((text) => plain(text).includes(name))).not.toEqual([]);
    });
  });
});
