import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Where the page is after `buildDashboard`. */
export const outputDirectory = join(import.meta.dirname, 'dist');

/** Bundles the page. The names of its files contain a hash of their content, so browsers may keep them for good. */
export const buildDashboard = async (): Promise<void> => {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['src/main.tsx', 'src/style.css'],
    outdir: outputDirectory,
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
  const nameOf = (extension: string) =>
    basename(outputFiles.find(({ path }) => path.endsWith(extension))?.path ?? '');
  const template = await readFile(join(import.meta.dirname, 'index.html'), 'utf8');
  const page = template.replace('{{script}}', nameOf('.js')).replace('{{style}}', nameOf('.css'));
  await rm(outputDirectory, { recursive: true, force: true });
  await mkdir(outputDirectory);
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  await writeFile(join(outputDirectory, 'index.html'), page);
};

if (import.meta.main) await buildDashboard();
