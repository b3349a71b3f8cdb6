import { readdirSync, readFileSync } from 'node:fs';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';

const directory = new URL('../../schema/', import.meta.url);

/** By the additional SDL: building a schema is slow. */
const schemas = new Map<string, GraphQLSchema>();

/** The schema of `schema/*.graphql` and of additional SDL, as graphql-js reads it: no resolvers, no federation. */
export const readSchema = (extraSdl = ''): GraphQLSchema => {
  const schema = schemas.get(extraSdl) ?? buildSchema(extraSdl);
  schemas.set(extraSdl, schema);
  return schema;
};

const buildSchema = (extraSdl: string): GraphQLSchema => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.graphql'));
  const sdl = files.map((name) => readFileSync(new URL(name, directory), 'utf8'));
  return buildASTSchema(parse([...sdl, extraSdl].join('\n')), { assumeValidSDL: true });
};
