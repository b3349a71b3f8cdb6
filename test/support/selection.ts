import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isObjectType,
  parse,
} from 'graphql';
import { readSdl } from '../../src/graphql/schema.ts';

const schema = buildSubgraphSchema(parse(readSdl()));

/** A selection of every field that the schema gives the type, as deep as it goes. */
export const selectEverything = (typename: string): string => {
  const type = schema.getType(typename);
  if (!isObjectType(type)) throw new Error(`The schema has no object type ${typename}.`);
  return selectFields(type);
};

const selectFields = (type: GraphQLObjectType): string => {
  const fields = Object.values(type.getFields()).map(
    ({ name, type: fieldType }) => `${name} ${selectBelow(fieldType)}`,
  );
  return `{ ${fields.join(' ')} }`;
};

const selectBelow = (type: GraphQLOutputType): string => {
  const named = getNamedType(type);
  if (isObjectType(named)) return selectFields(named);
  if (!isAbstractType(named)) return '';
  const members = schema.getPossibleTypes(named);
  return `{ __typename ${members.map((member) => `... on ${member.name} ${selectFields(member)}`).join(' ')} }`;
};
