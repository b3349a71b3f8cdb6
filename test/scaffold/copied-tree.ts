import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What is installed, built, secret or git's own. */
const isLeftOut = (path: string): boolean =>
  /(^|[\\/])(node_modules|\.git|\.env|dist|coverage)([\\/]|$)/.test(path);

export interface Outcome {
  readonly ok: boolean;
  /** Standard output and error. */
  readonly output: string;
}

/** A copy of this project that a test may change. */
export interface CopiedTree {
  readonly path: string;
  /** Runs a script of package.json. */
  npm(...args: string[]): Outcome;
  /** Files that are not in the original or differ from it, by their paths. */
  changedFiles(): string[];
  remove(): void;
}

export const copyTree = (): CopiedTree => {
  const path = mkdtempSync(join(tmpdir(), 'scaffold-'));
  cpSync(root, path, { recursive: true, filter: (source) => !isLeftOut(relative(root, source)) });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  const { JEST_WORKER_ID: _worker, ...env } = process.env;
  return {
    path,
    npm: (...args) => {
      const options = { cwd: path, encoding: 'utf8', env, maxBuffer: 2 ** 26 } as const;
      const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', ...args], options);
      return { ok: status === 0, output: `${stdout}${stderr}` };
    },
    changedFiles: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(path, join(entry.parentPath, entry.name)))
        .filter((name) => !isLeftOut(name) && readText(join(root, name)) !== readText(join(path, name)))
        .sort(),
    remove: () => rmSync(path, { recursive: true }),
  };
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
