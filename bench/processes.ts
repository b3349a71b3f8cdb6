import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The processes of a benchmark: none outlives it. */
const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A file of this repository, relative to bench/. */
export const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Starts a process whose output can be read, and which can be sent messages if it is one of Node. */
export const run = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  withMessages = false,
): ChildProcess => {
  const stdio = ['ignore', 'pipe', 'inherit', ...(withMessages ? ['ipc' as const] : [])] as const;
  const child = spawn(command, args, { env, stdio: [...stdio] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
};

/** Tied to one core, a process keeps its caches, and what it costs varies less. Needs util-linux and another core. */
const canTie = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** A command that is tied to a core, where that is possible. @param core 0 or 1 */
export const tieTo = (core: number, command: string, args: readonly string[]): [string, string[]] =>
  canTie ? ['taskset', ['--cpu-list', String(core), command, ...args]] : [command, [...args]];

/** The first output of a process that has something to say when it is ready. */
export const whenReady = async (child: ChildProcess): Promise<string> => {
  const [output] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
  child.stdout?.resume();
  return output.toString();
};

export const stop = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
};

export const stopAll = async (): Promise<void> => {
  await Promise.all([...running].map((child) => stop(child)));
};

/** A Redis without persistence, ready to be connected to. */
export const startRedis = async (port: number): Promise<ChildProcess> => {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
  const redis = run('redis-server', settings, process.env);
  for await (const line of createInterface({ input: redis.stdout as NodeJS.ReadableStream })) {
    if (line.includes('Ready to accept connections')) break;
  }
  redis.stdout?.resume();
  return redis;
};
