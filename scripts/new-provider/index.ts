import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ProviderNames, toProviderNames } from './names.ts';
import { toSdl } from './sdl-template.ts';
import { toEnvironmentLines, toIndex, toNormalise, toRead } from './source-templates.ts';
import { toConformanceTest, toDocumentedFields, toHarness } from './test-templates.ts';

const root = join(import.meta.dirname, '../..');
const registry = 'src/providers/index.ts';
const environmentExample = '.env.example';
const usage = 'npm run new:provider <name> [-- --key <field>,<field>]';

/** The new files of a provider, by their paths. */
const toNewFiles = (names: ProviderNames): Readonly<Record<string, string>> => ({
  [`schema/${names.name}.graphql`]: toSdl(names),
  [`src/providers/${names.name}/index.ts`]: toIndex(names),
  [`src/providers/${names.name}/read.ts`]: toRead(names),
  [`src/providers/${names.name}/normalise.ts`]: toNormalise(names),
  [`test/providers/${names.name}/harness.ts`]: toHarness(names),
  [`test/providers/${names.name}/documented-fields.ts`]: toDocumentedFields(names),
  [`test/providers/${names.name}/conformance.test.ts`]: toConformanceTest(),
});

/** The registry with one provider more, in the order of their names. */
const addToRegistry = (source: string, { name, variable }: ProviderNames): string => {
  const [, listed] = /: readonly Provider\[\] = \[\n([\s\S]*?)\n\];/.exec(source) ?? [];
  if (listed === undefined) throw new Error(`${registry} has no list of providers to add to.`);
  const items = [...listed.split('\n'), `  ${variable},`].sort();
  return source
    .replace(listed, () => items.join('\n'))
    .replace(/^(?=import \{)/m, () => `import { ${variable} } from './${name}/index.ts';\n`);
};

/** `.env.example` with the provider's variables before the server's own. */
const addToEnvironment = (source: string, names: ProviderNames): string => {
  const position = source.indexOf('# The server\n');
  const at = position < 0 ? source.length : position;
  return `${source.slice(0, at)}${toEnvironmentLines(names)}\n${source.slice(at)}`;
};

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};

/** Runs a tool of the project. @throws Error when it fails */
const run = (tool: string, ...args: string[]): void => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${tool} failed:\n${stdout ?? ''}${stderr ?? ''}`);
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string', default: 'taskId' } },
  });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Error(`Usage: ${usage}`);
  const names = toProviderNames(name, values.key.split(','));
  const files = toNewFiles(names);
  const taken = Object.keys(files).filter((path) => existsSync(join(root, path)));
  if (taken.length > 0) throw new Error(`Nothing was written: ${taken.join(' and ')} is there already.`);

  for (const [path, text] of Object.entries(files)) await write(path, text);
  await write(registry, addToRegistry(await readFile(join(root, registry), 'utf8'), names));
  const example = await readFile(join(root, environmentExample), 'utf8');
  await write(environmentExample, addToEnvironment(example, names));
  run('graphql-codegen', '--config', 'codegen.yml');
  run('node', 'scripts/providers-page.ts');
  run('biome', 'check', '--write', registry, `src/providers/${name}`, `test/providers/${name}`);

  const list = [...Object.keys(files), registry, environmentExample, 'src/generated', 'docs/providers.md'];
  process.stdout.write(`Written:\n${list.map((path) => `  ${path}\n`).join('')}
Each thing left to do is marked TODO there. The conformance suite lists them, and once they are done it tests the provider:
  npm test -- test/providers/${name}
`);
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
