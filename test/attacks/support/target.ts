import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bareEnvironment,
  endChild,
  forgetPeak,
  forkChild,
  hasEnded,
  readMemory,
  startChild,
} from '../../faults/support/children.ts';
import type { Stats } from '../../support/stack.ts';
import { type Endpoint, routerSecret, toEndpoint } from './attack.ts';
import type { OpenVendors } from './vendors-process.ts';

/** The server under attack: a process of its own with 512 MB of heap, in production, with a router secret. */
export interface Target extends Endpoint {
  /** CPU time of the process so far. */
  cpuMs(): number;
  /** For how long nobody else got a turn since the last call, each time: CPU time of the main thread, in ms. */
  takeHoldUps(): Promise<readonly number[]>;
  /** The most resident memory since `forgetPeak`. */
  peakMb(): number;
  forgetPeak(): void;
  /** Calls of all vendors so far, hostile ones included. */
  calls(): Promise<number>;
  /** Of each vendor of the sandbox. */
  stats(): Promise<Stats>;
  isAlive(): boolean;
  /** Everything it has written. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '../../..');
const mainScript = join(root, 'src/main.ts');

/** How `npm start` sets Node's garbage collection. */
const startOptions: readonly string[] = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).scripts.start.match(/--\S+=\S+/g);

const eventLoopScript = join(import.meta.dirname, 'event-loop.ts');

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

/** Starts the vendors, and in front of them the server with the options of `npm start`. FAST_LANE is passed on. */
export const startTarget = async (nodeOptions: readonly string[] = []): Promise<Target> => {
  const vendors = forkChild('test/attacks/support/vendors-process.ts');
  vendors.stderr?.pipe(process.stderr);
  const [{ environment, controlUrl, hostileCallsUrl }] = (await once(vendors, 'message')) as [OpenVendors];
  const options = ['--max-old-space-size=512', ...startOptions, '--import', eventLoopScript, ...nodeOptions];
  const child = startChild(process.execPath, [...options, mainScript], {
    env: {
      ...bareEnvironment,
      ...(process.env.FAST_LANE ? { FAST_LANE: process.env.FAST_LANE } : {}),
      ...environment,
      NODE_ENV: 'production',
      PORT: '0',
      LOG_LEVEL: 'info',
      LOOKUP_DEADLINE_MS: '1000',
      ROUTER_SECRETS: routerSecret,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += String(chunk);
  });
  const { pid } = child;
  const stats = async () => (await (await fetch(`${controlUrl}/stats`)).json()) as Stats;
  return {
    ...toEndpoint(await portOf(child, output)),
    output,
    cpuMs: () => cpuMsOf(pid),
    takeHoldUps: async () => {
      const replied = once(child, 'message');
      child.send('take');
      return (await replied)[0] as number[];
    },
    peakMb: () => readMemory(pid).peak / 1_048_576,
    forgetPeak: () => forgetPeak(pid),
    calls: async () => {
      const hostile = Number(await (await fetch(hostileCallsUrl)).text());
      return Object.values(await stats()).reduce((sum, { calls }) => sum + calls, hostile);
    },
    stats,
    isAlive: () => !hasEnded(child),
    close: async () => {
      await endChild(child);
      await endChild(vendors);
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
