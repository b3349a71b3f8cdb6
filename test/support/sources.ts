import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Source texts by their path from the root of the project, such as `src/main.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** Every TypeScript file of src. */
export const readSources = (): Sources =>
  new Map(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join('src', name.replaceAll('\\', '/')))
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );

/** The source without its comments; `//` in a URL does not start one. */
export const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');

/** What a source imports or exports from elsewhere, types included: a path from the root, or a package's name. */
export const importsOf = (path: string, source: string): string[] =>
  [...withoutComments(source).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map(
    ([, specifier = '']) => toTarget(path, specifier),
  );

const toTarget = (path: string, specifier: string): string => {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  const [scope = '', name] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
};

/** Whether a target of `importsOf` is a package, and not a file of ours. */
export const isPackage = (target: string): boolean => !/^(src|sandbox|examples)\//.test(target);

/** The allowed imports of some files. A kind of target that the rule does not mention is not restricted. */
export interface ImportRule {
  readonly name: string;
  readonly files: RegExp;
  /** The only files of ours that may be imported. */
  readonly mayImport?: (path: string) => readonly RegExp[];
  /** The only packages that may be imported; Node's own begin with `node:`. */
  readonly packages?: readonly RegExp[];
}

/** Imports that break a rule, as `src/a.ts imports src/b.ts (rule)`. */
export const findBadImports = (sources: Sources, rules: readonly ImportRule[]): string[] =>
  rules.flatMap(({ name, files, mayImport, packages }) =>
    [...sources]
      .filter(([path]) => files.test(path))
      .flatMap(([path, source]) => {
        const isBad = (target: string) => {
          const allowed = isPackage(target) ? packages : mayImport?.(path);
          return allowed !== undefined && !allowed.some((pattern) => pattern.test(target));
        };
        return importsOf(path, source)
          .filter(isBad)
          .map((target) => `${path} imports ${target} (${name})`);
      }),
  );

/** Words that some files must not contain. */
export interface WordRule {
  readonly name: string;
  readonly files: RegExp;
  readonly never: RegExp;
}

/** Words that break a rule, as `src/a.ts contains Date.now (rule)`; comments are not checked. */
export const findBadWords = (sources: Sources, rules: readonly WordRule[]): string[] =>
  rules.flatMap(({ name, files, never }) =>
    [...sources]
      .filter(([path]) => files.test(path))
      .flatMap(([path, source]) =>
        [...withoutComments(source).matchAll(new RegExp(never, 'gi'))].map(
          ([word]) => `${path} contains ${word} (${name})`,
        ),
      ),
  );
