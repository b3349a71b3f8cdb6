import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { path, run, tieTo } from '../processes.ts';
import type { Kind, Usage } from './contestant.ts';
import { type Load, type Seen, send } from './load.ts';

/** A contestant's process. */
export interface Server {
  readonly kind: Kind;
  readonly url: string;
  /** Posts one body, and returns the answer's text. */
  ask(body: string): Promise<string>;
  /** What servers that always send the same are to send. */
  setBytes(bytes: string): Promise<void>;
  /** Sends a load, and reads what it costs. */
  measure(load: Omit<Load, 'url' | 'isTied'>): Promise<Measurement>;
}

export interface Measurement extends Seen {
  readonly perSecond: number;
  /** User and system time of the whole process, its garbage collection included. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/**
 * @param root of the repository, for kinds that are this subgraph
 * @param isTied to one core, and the load generator to another: what a request costs varies less then, and its latency more
 */
export const startServer = async (
  kind: Kind,
  vendorUrl: string,
  root: string,
  isTied = false,
): Promise<Server> => {
  const args = [path('./peers/contestant.ts'), kind, vendorUrl, root];
  const [command, parameters] = isTied ? tieTo(0, process.execPath, args) : [process.execPath, args];
  const child = run(command, parameters, { ...process.env, NODE_ENV: 'production' }, true);
  // The log is read, and thrown away.
  child.stdout?.resume();
  child.once('exit', (code) => {
    if (code) throw new Error(`The server ${kind} has ended with ${code}.`);
  });
  const [{ url }] = (await once(child, 'message')) as [{ readonly url: string }];
  return {
    kind,
    url,
    ask: async (body) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return (await response.text()).trim();
    },
    setBytes: async (bytes) => void (await request(child, { bytes })),
    measure: async (load) => {
      const before = await request(child, {});
      const seen = await send({ ...load, url, isTied });
      const after = await request(child, {});
      return {
        ...seen,
        perSecond: seen.requests / seen.seconds,
        cpuUs: (after.cpuUs - before.cpuUs) / seen.requests,
        rssBytes: after.rssBytes,
      };
    },
  };
};

export const connections = 16;

/** A server is warm when its CPU per request falls no further than this part, or after so many rounds of 1 s. */
const steady = 0.05;
const maxWarmUps = 5;

/** Its own code, and what it answers, are compiled and remembered while it serves these bodies. */
export const warmUp = async ({ measure }: Server, bodies: readonly string[]): Promise<void> => {
  let last = Number.POSITIVE_INFINITY;
  for (let n = 0; n < maxWarmUps; n += 1) {
    const { cpuUs } = await measure({ bodies, connections, seconds: 1 });
    if (cpuUs > last * (1 - steady)) return;
    last = cpuUs;
  }
};

const request = async (child: ChildProcess, message: object): Promise<Usage> => {
  child.send(message);
  const [usage] = (await once(child, 'message')) as [Usage];
  return usage;
};
