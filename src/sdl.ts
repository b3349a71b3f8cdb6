import { mergeSdl } from './graphql/merge-sdl.ts';
import { readSdl } from './graphql/schema.ts';

/** Prints the subgraph's SDL as one document, for schema registries, composers and other tools. */
process.stdout.write(mergeSdl(readSdl()));
