import { readSdl } from './graphql/schema.ts';

/** Prints the subgraph's SDL, for schema registries and composers. */
process.stdout.write(readSdl());
