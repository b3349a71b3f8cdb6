import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../../..');

/** An empty folder to run in: no `.env` of a developer, with real credentials in it, is found there. */
export const emptyDirectory = mkdtempSync(path.join(tmpdir(), 'media-task-faults-'));

/** Variables that a process needs wherever it runs; nothing else of this process's environment is passed on. */
export const bareEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** Starts a process that is ended when this one ends, even if this one is killed. */
export const startChild = (
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess => {
  const child = spawn(command, args, { cwd: emptyDirectory, env: bareEnvironment, ...options });
  guard(child);
  return child;
};

/** The same for one of our own scripts, with a channel for messages. */
export const forkChild = (script: string, args: readonly string[] = []): ChildProcess => {
  const child = fork(path.join(root, script), [...args], {
    cwd: emptyDirectory,
    env: bareEnvironment,
    execArgv: [],
    silent: true,
  });
  guard(child);
  return child;
};

/** Ends a process, and waits until it has ended. */
export const endChild = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
};

export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Memory in bytes: resident now, and the most since `forgetPeak`. */
export const readMemory = (pid: number | undefined): { resident: number; peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { resident: read('VmRSS'), peak: read('VmHWM') };
};

/** Lets the kernel count the most memory from now on. */
export const forgetPeak = (pid: number | undefined): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

let guardian: ChildProcess | undefined;

const guard = (child: ChildProcess): void => {
  if (!guardian?.connected) {
    guardian = fork(path.join(import.meta.dirname, 'guardian.ts'), [], {
      env: bareEnvironment,
      execArgv: [],
      stdio: 'ignore',
    });
    guardian.unref();
    guardian.channel?.unref();
  }
  const { pid } = child;
  guardian.send({ started: pid });
  child.once('exit', () => guardian?.connected && guardian.send({ ended: pid }));
};
