import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { toApiSdl } from '../../src/graphql/merge-sdl.ts';
import { readSdl } from '../../src/graphql/schema.ts';

/** The project of a reader who has followed docs/clients.md, written once for all tests: `node test/clients/app.ts`. */

const root = join(import.meta.dirname, '../..');

/** Below the packages that it imports. */
export const appDirectory = join(import.meta.dirname, 'dist');

/** The blocks of code of the page that begin with a file's name, by that name. */
export const readSnippets = (
  page = readFileSync(join(root, 'docs/clients.md'), 'utf8'),
): Map<string, string> => {
  const blocks = page.matchAll(/^```\w+\n\/\/ (\S+)\n([\s\S]*?)^```$/gm);
  return new Map(Array.from(blocks, ([, name = '', code = '']) => [name, code]));
};

/** Writes the snippets as they are, the schema for client tools and the possible types, and generates types from them. */
const writeApp = async (): Promise<void> => {
  rmSync(appDirectory, { recursive: true, force: true });
  const schema = toApiSdl(readSdl());
  for (const [name, text] of [
    ...readSnippets(),
    ['schema.graphql', schema] as const,
    ['relay/schema.graphql', schema] as const,
  ]) {
    mkdirSync(dirname(join(appDirectory, name)), { recursive: true });
    writeFileSync(join(appDirectory, name), text);
  }
  cpSync(join(root, 'src/generated/possible-types.json'), join(appDirectory, 'src/possible-types.json'));
  await runTool('graphql-codegen', ['--config', 'codegen.ts']);
};

/**
 * Runs a command of the suite's packages, or a path to a script, in the project.
 * @returns its standard output
 * @throws with all that it has printed
 */
export const runTool = async (
  name: string,
  parameters: readonly string[],
  cwd = appDirectory,
): Promise<string> => {
  const path = resolve(import.meta.dirname, 'node_modules/.bin', name);
  // Some print no error in an environment of tests.
  const { NODE_ENV: _test, ...env } = process.env;
  try {
    return (await promisify(execFile)(process.execPath, [path, ...parameters], { cwd, env })).stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
};

export interface Bundle {
  readonly text: string;
  /** Paths of the modules in it, from `appDirectory`. */
  readonly modules: readonly string[];
}

/** Bundles an entry point, for browsers and Node alike. */
export const bundle = async (entryPoint: string): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, entryPoint)],
    absWorkingDir: appDirectory,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'silent',
  });
  return { text: outputFiles[0]?.text ?? '', modules: Object.keys(metafile.inputs) };
};

if (import.meta.main) await writeApp();
