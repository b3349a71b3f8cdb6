import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox } from '../../../sandbox/index.ts';
import {
  bareEnvironment,
  endChild,
  forgetPeak,
  hasEnded,
  readMemory,
  startChild,
} from '../../faults/support/children.ts';
import { createControl, type Stack } from '../../support/stack.ts';
import { startHostileVendor } from './hostile-vendor.ts';

/** The server under attack: a process of its own with 512 MB of heap, in production, with a router secret. */
export interface Target {
  readonly url: string;
  readonly port: number;
  /** Headers of a caller behind the router. */
  callerHeaders(id: string): Readonly<Record<string, string>>;
  /** CPU time of the process so far. */
  cpuMs(): number;
  /** The most resident memory since `forgetPeak`. */
  peakMb(): number;
  forgetPeak(): void;
  /** Calls of all vendors so far, hostile ones included. */
  calls(): Promise<number>;
  readonly stats: Stack['stats'];
  isAlive(): boolean;
  /** Everything it has written. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  close(): Promise<void>;
}

const mainScript = join(import.meta.dirname, '../../../src/main.ts');
export const routerSecret = 'the-router-secret-of-attacks';

/** The clock of /proc, on all kernels in use. */
const ticksPerSecond = 100;

const cpuMsOf = (pid: number | undefined): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Of what follows the name in parentheses, which may hold spaces.
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11)
    .map(Number);
  return ((user + system) * 1_000) / ticksPerSecond;
};

/** Starts the sandbox, two hostile vendors, and `node src/main.ts` in front of them. FAST_LANE is passed on. */
export const startTarget = async (): Promise<Target> => {
  const sandbox = await createSandbox();
  const control = createControl(sandbox);
  const hostile = await startHostileVendor();
  const child = startChild(process.execPath, ['--max-old-space-size=512', mainScript], {
    env: {
      ...bareEnvironment,
      ...(process.env.FAST_LANE ? { FAST_LANE: process.env.FAST_LANE } : {}),
      ...sandbox.environment(),
      ...hostile.environment,
      NODE_ENV: 'production',
      PORT: '0',
      LOG_LEVEL: 'info',
      LOOKUP_DEADLINE_MS: '1000',
      ROUTER_SECRETS: routerSecret,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += String(chunk);
  });
  const port = await portOf(child, output);
  const { pid } = child;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    output,
    callerHeaders: (id) => ({ 'router-authorization': routerSecret, 'x-caller-id': id }),
    cpuMs: () => cpuMsOf(pid),
    peakMb: () => readMemory(pid).peak / 1_048_576,
    forgetPeak: () => forgetPeak(pid),
    calls: async () => {
      const counts = Object.values(await control.calls());
      return counts.reduce((sum, count) => sum + count, hostile.calls());
    },
    stats: control.stats,
    isAlive: () => !hasEnded(child),
    close: async () => {
      await endChild(child);
      await sandbox.close();
      await hostile.close();
    },
  };
};

const portOf = (child: ChildProcess, output: Target['output']): Promise<number> =>
  new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const port = /GraphQL at http:\/\/127\.0\.0\.1:(\d+)/.exec(output.stdout)?.[1];
      if (port) resolve(Number(port));
    });
    child.once('exit', () => reject(new Error(`The server did not start: ${output.stdout}${output.stderr}`)));
  });
