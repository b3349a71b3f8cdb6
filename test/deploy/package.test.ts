import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { importsOf, isPackage } from '../support/sources.ts';

/** What is installed and shipped: the packed files, the lockfiles, the licences. */

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every file of ours that a file imports, and that those import. */
const reachableFrom = (path: string, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(path)) return found;
  found.add(path);
  if (path.endsWith('.ts'))
    for (const target of importsOf(path, read(path))) if (!isPackage(target)) reachableFrom(target, found);
  return found;
};

describe('the package', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);
  const under = (folder: string) => paths.filter((path) => path.startsWith(`${folder}/`)).sort();

  test('holds the sources that main.ts reaches, and no others', () => {
    const needed = [...reachableFrom('src/main.ts'), 'src/require-node.cjs'];
    expect(needed.length).toBeGreaterThan(50);
    expect(under('src').filter((path) => !path.endsWith('.lua'))).toEqual(needed.sort());
  });

  test('holds the SDL, the Redis scripts, and nothing of tests, examples and tools', () => {
    const data = globSync(['schema/*', 'src/**/*.lua'], { cwd: root });
    expect(data.length).toBeGreaterThan(8);
    expect(paths.filter((path) => /^schema\/|\.lua$/.test(path)).sort()).toEqual(data.sort());
    const others = paths.filter((path) => !/^(src|schema|dist\/graphiql)\//.test(path));
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });
});

interface LockedPackage {
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const packagesOf = (lockfile: string): [path: string, LockedPackage][] => {
  const { packages } = JSON.parse(read(lockfile)) as { packages: Record<string, LockedPackage> };
  return Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
};

const lockfiles = globSync('**/package-lock.json', {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|\.git)$/.test(path),
});

test.each(lockfiles)('%s has the checksum of every package, and no download address', (lockfile) => {
  const packages = packagesOf(lockfile).filter(([, { link, inBundle }]) => !link && !inBundle);
  expect(packages.length).toBeGreaterThan(5);
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

/** Licences that ask for nothing but their text and the authors' names. */
const permissive =
  /^\(?(MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0)( (AND|OR) [\w.-]+)?\)?$/;

test('every package of production has a permissive licence', () => {
  const production = packagesOf('package-lock.json').filter(
    ([, { dev, devOptional }]) => !dev && !devOptional,
  );
  expect(production.length).toBeGreaterThan(100);
  expect(
    production.filter(([, { license }]) => !permissive.test(license ?? '')).map(([path]) => path),
  ).toEqual([]);
});
