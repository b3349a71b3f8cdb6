import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bareEnvironment, endChild, hasEnded, root, startChild } from './children.ts';

/** One process of the subgraph. */
export interface Replica {
  readonly pid: number | undefined;
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** How long it took until it listened. */
  readonly startedWithinMs: number;
  readonly logLines: readonly string[];
  /** Whatever it wrote to stderr: warnings of Node, crashes. */
  readonly errorOutput: readonly string[];
  readonly isAlive: boolean;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended, with its exit code (null: killed by a signal). */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

const startWithinMs = 20_000;

/** For people who look for the cause of a failure: a folder that gets each replica's log. */
const logDirectory = process.env.FAULTS_LOGS;

/**
 * What else the machine is busy with is to delay a replica as little as it delays the vendors, who count its calls: one
 * that loses its processor between the last look at the clock and the writing of a call is late, and cannot know it.
 */
const favour = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, -10);
  } catch {
    // Only an administrator may.
  }
};

export const startReplica = async (variables: Readonly<Record<string, string>>): Promise<Replica> => {
  const startedAt = performance.now();
  const child = startChild(process.execPath, [path.join(root, 'src/main.ts')], {
    env: { ...bareEnvironment, PORT: '0', GRAPHIQL: 'false', LOG_LEVEL: 'trace', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  favour(child.pid);
  const logLines: string[] = [];
  const errorOutput: string[] = [];
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const url = new Promise<string>((resolve) => {
    if (!child.stdout || !child.stderr) throw new Error('No output to read.');
    createInterface({ input: child.stderr }).on('line', (line) => errorOutput.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      logLines.push(line);
      if (logDirectory) appendFileSync(path.join(logDirectory, `${child.pid}.log`), `${line}\n`);
      const address = /GraphQL at (http:\S+)\/graphql/.exec(line)?.[1];
      if (address) resolve(address);
    });
  });
  const failed = ended.then((code) => {
    throw new Error(`The subgraph ended at its start with ${code}: ${errorOutput.join('\n')}`);
  });
  failed.catch(() => {});
  const tooLate = new Promise<never>((_resolve, reject) => {
    const complain = () =>
      reject(new Error(`The subgraph did not listen within ${startWithinMs} ms: ${logLines.join('\n')}`));
    setTimeout(complain, startWithinMs).unref();
  });
  tooLate.catch(() => {});
  try {
    const address = await Promise.race([url, failed, tooLate]);
    return {
      pid: child.pid,
      url: address,
      startedWithinMs: performance.now() - startedAt,
      logLines,
      errorOutput,
      get isAlive() {
        return !hasEnded(child);
      },
      signal: (signal) => void child.kill(signal),
      ended,
      kill: () => endChild(child),
    };
  } catch (error) {
    await endChild(child);
    throw error;
  }
};
