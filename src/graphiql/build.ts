import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild';
import { bundleDirectory } from './serve.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = fileURLToPath(new URL('./page', import.meta.url));

/** Monaco's workers by the label it requests. They are dependencies of GraphiQL, so they are resolved from there. */
const workerModules = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
};

/** The file names that `entryNames` below produces. */
const builtName = /^(graphiql|(editor|json|graphql)-worker)-[0-9A-Z]{8}\.(js|css)$/;

type WorkerLabel = keyof typeof workerModules;
type WorkerFiles = Record<WorkerLabel, string>;

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  platform: 'browser',
  target: 'es2022',
  entryNames: '[name]-[hash]',
  logLevel: 'silent',
  define: { 'process.env.NODE_ENV': '"production"' },
} satisfies BuildOptions;

/**
 * Bundles the page into `directory` and replaces an earlier bundle. Files are written only after everything is built,
 * so a failed build keeps the last good bundle.
 * @returns the files' names and sizes in bytes
 */
export async function buildGraphiql(directory: string): Promise<Map<string, number>> {
  const workers = await buildWorkers(directory);
  const client = await buildClient(directory, workers.names);
  const files = new Map<string, Uint8Array>();
  for (const file of [...workers.outputs, ...client.outputs]) {
    files.set(basename(file.path), file.contents);
  }
  files.set('index.html', await renderIndex(client));
  await replaceFiles(directory, files);
  return new Map([...files].map(([name, contents]) => [name, contents.byteLength]));
}

/** Each worker is a classic script of its own (IIFE), which every browser can run as a worker. */
async function buildWorkers(directory: string): Promise<{ outputs: OutputFile[]; names: WorkerFiles }> {
  const build = (label: WorkerLabel) => buildWorker(directory, label);
  const [editor, json, graphql] = await Promise.all([build('editor'), build('json'), build('graphql')]);
  return {
    outputs: [editor, json, graphql],
    names: { editor: basename(editor.path), json: basename(json.path), graphql: basename(graphql.path) },
  };
}

async function buildWorker(directory: string, label: WorkerLabel): Promise<OutputFile> {
  const entryPoints = { [`${label}-worker`]: resolveFromGraphiql(workerModules[label]) };
  const outputs = await bundle({ ...shared, entryPoints, format: 'iife', outdir: directory });
  return onlyFile(outputs, '.js');
}

interface Client {
  readonly outputs: OutputFile[];
  readonly script: OutputFile;
  readonly style: OutputFile;
}

async function buildClient(directory: string, workers: WorkerFiles): Promise<Client> {
  const outputs = await bundle({
    ...shared,
    entryPoints: { graphiql: join(page, 'client.jsx') },
    format: 'esm',
    jsx: 'automatic',
    outdir: directory,
    define: { ...shared.define, WORKER_FILES: JSON.stringify(workers) },
    plugins: [withoutMonacoStyles],
  });
  return { outputs, script: onlyFile(outputs, '.js'), style: onlyFile(outputs, '.css') };
}

/** GraphiQL's stylesheet contains Monaco's; importing Monaco's own would add it, and its icon font, a second time. */
const withoutMonacoStyles: Plugin = {
  name: 'without-monaco-styles',
  setup(hooks) {
    hooks.onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'css' }));
  },
};

/** Runs esbuild with warnings as errors: otherwise an omitted file would show only in the browser. */
async function bundle(options: BuildOptions & { write: false }): Promise<OutputFile[]> {
  const { outputFiles, warnings } = await build(options);
  if (warnings.length > 0) {
    const list = warnings.map(({ text, location }) => `${location?.file ?? '?'}: ${text}`).join('\n');
    throw new Error(`GraphiQL was not bundled, because esbuild warned:\n${list}`);
  }
  return outputFiles;
}

function onlyFile(files: readonly OutputFile[], extension: string): OutputFile {
  const found = files.filter((file) => file.path.endsWith(extension));
  const [file] = found;
  if (file === undefined || found.length > 1) {
    throw new Error(`Expected one ${extension} file from esbuild, got ${found.length}`);
  }
  return file;
}

/** Monaco may not be hoisted to the top of node_modules, so it is resolved the way GraphiQL resolves it. */
function resolveFromGraphiql(module: string): string {
  const graphiql = createRequire(import.meta.url).resolve('graphiql/package.json');
  const react = createRequire(graphiql).resolve('@graphiql/react/package.json');
  return createRequire(react).resolve(module);
}

async function renderIndex({ script, style }: Client): Promise<Uint8Array> {
  const template = await readFile(join(page, 'index.html'), 'utf8');
  const html = template
    .replace('{{script}}', basename(script.path))
    .replace('{{style}}', basename(style.path));
  return new TextEncoder().encode(html);
}

/** Removes the files of an earlier build and no others: the directory may be a mistyped argument. */
async function replaceFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of await readdir(directory)) {
    if (builtName.test(name) && !files.has(name)) {
      await rm(join(directory, name));
    }
  }
  for (const [name, contents] of files) {
    await writeFile(join(directory, name), contents);
  }
}

/** `node src/graphiql/build.ts [directory]` */
async function main(): Promise<void> {
  const begun = performance.now();
  const directory = resolve(process.argv[2] ?? bundleDirectory);
  const files = await buildGraphiql(directory);
  for (const [name, bytes] of files) {
    process.stdout.write(`${(bytes / 1024).toFixed(0).padStart(6)} kB  ${name}\n`);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(`GraphiQL is in ${relative(process.cwd(), directory) || '.'} after ${seconds} s\n`);
}

if (import.meta.main) {
  await main();
}
