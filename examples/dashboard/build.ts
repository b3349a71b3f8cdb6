import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** The page's files by name. The names contain a hash of the content, so browsers may keep the files for good. */
export const bundleDashboard = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['src/main.tsx', 'src/style.css'],
    outdir: '.',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    jsx: 'automatic',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"', 'globalThis.__DEV__': 'false' },
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const nameOf = (extension: string) => [...files.keys()].find((name) => name.endsWith(extension)) ?? '';
  const template = await readFile(join(import.meta.dirname, 'index.html'), 'utf8');
  const page = template.replace('{{script}}', nameOf('.js')).replace('{{style}}', nameOf('.css'));
  return files.set('index.html', new TextEncoder().encode(page));
};

if (import.meta.main) {
  const directory = join(import.meta.dirname, 'dist');
  const files = await bundleDashboard();
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const [name, contents] of files) await writeFile(join(directory, name), contents);
}
