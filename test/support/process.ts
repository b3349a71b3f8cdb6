import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mainScript = join(import.meta.dirname, '../../src/main.ts');

/** The server as a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Everything it has written so far, both streams. */
  output(): string;
  /** Resolves with the first match in its output. @throws Error with the output when it ends before that */
  written(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has ended, with its exit code, or the signal's name when a signal ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts `node src/main.ts` with these environment variables and no others but PATH. */
export const startProcess = (variables: Readonly<Record<string, string>>, cwd: string): ServerProcess => {
  const child = spawn(process.execPath, [mainScript], {
    cwd,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const append = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended'));
  });
  return {
    child,
    ended,
    output: () => output,
    written: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) resolve(match);
        };
        listeners.add(look);
        look();
        ended.then((how) => reject(new Error(`Ended (${how}) without writing ${pattern}:\n${output}`)));
      }),
  };
};

/** The URL at which the process listens, once it has logged it. */
export const addressOf = async (server: ServerProcess): Promise<string> => {
  const [, address = ''] = await server.written(/GraphQL at (http:\/\/[^/"]+)\/graphql/);
  return address;
};

/** Creates an empty directory, for a process to be started in; `remove` deletes it. */
export const makeDirectory = async (): Promise<{ path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'media-task-subgraph-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};
