import { mergeSdl, toApiSdl } from './graphql/merge-sdl.ts';
import { readSdl } from './graphql/schema.ts';

/**
 * Prints the SDL as one document: the subgraph's, for schema registries and composers, or with `--api` what clients may
 * ask for, for their tools.
 */
const [option, ...others] = process.argv.slice(2);
if ((option === undefined || option === '--api') && others.length === 0) {
  process.stdout.write(option ? toApiSdl(readSdl()) : mergeSdl(readSdl()));
} else {
  process.stderr.write('Usage: npm run --silent sdl [-- --api]\n');
  process.exitCode = 1;
}
