import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderName } from '../../src/domain/task.ts';

/** A `TODO:` in a file of a provider. */
export interface Todo {
  /** File and line. */
  readonly where: string;
  readonly what: string;
}

const root = join(import.meta.dirname, '../..');

/** The TODOs in the SDL, the sources and the tests of a provider. */
export const findTodos = (name: ProviderName): Todo[] =>
  [
    `schema/${name}.graphql`,
    `src/providers/${name}`,
    // One of several APIs of a vendor.
    `src/providers/${name.replaceAll('-', '/')}`,
    `test/providers/${name}`,
  ]
    .filter((path, index, paths) => paths.indexOf(path) === index)
    .flatMap(filesAt)
    .flatMap((path) => todosIn(path, readFileSync(join(root, path), 'utf8')));

const filesAt = (path: string): string[] => {
  if (!existsSync(join(root, path))) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesAt(`${path}/${name}`));
};

/** The text after `TODO:` to the end of its line. */
export const todosIn = (path: string, source: string): Todo[] =>
  source.split('\n').flatMap((line, index) => {
    const [, what] = /\bTODO: (.*?)["'*/]*$/.exec(line.trim()) ?? [];
    return what === undefined ? [] : [{ where: `${path}:${index + 1}`, what: what.trim() }];
  });
