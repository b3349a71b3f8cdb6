import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tieTo } from '../processes.ts';

/** What a load generator has seen; latencies in ms. */
export interface Seen {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly url: string;
  /** Bodies to post in turn; or, if they begin with a slash, what to GET. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** In all, each second; as fast as answers come if absent. */
  readonly rate?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether what sends it is tied to another core than the server. */
  readonly isTied?: boolean;
}

const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

/** What sends the load. */
export const generator = hasWrk ? 'wrk' : 'autocannon';

/** wrk leaves more of the machine to the server. Neither of the two spreads what it sends at a rate over each second. */
export const send = (load: Load): Promise<Seen> => {
  const { rate } = load;
  if (rate !== undefined) return sendEvenly({ ...load, rate });
  return hasWrk ? sendByWrk(load) : sendByAutocannon(load);
};

/** Sends each request at its time, whatever has become of those before; latencies count from that time. */
const sendEvenly = async (load: Load & { readonly rate: number }): Promise<Seen> => {
  const { url, bodies, connections, seconds, rate, headers } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const options = { agent, method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const startsAt = performance.now() + 100;
  const ask = async (n: number): Promise<number> => {
    const dueAt = startsAt + (n * 1_000) / rate;
    await setTimeout(dueAt - performance.now());
    const sent = request(`${url}/graphql`, options).end(bodies[n % bodies.length]);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
    if (response.statusCode !== 200) throw new Error(`A request to ${url} failed.`);
    return performance.now() - dueAt;
  };
  const times = await Promise.all(Array.from({ length: rate * seconds }, (_, n) => ask(n)));
  const tookS = (performance.now() - startsAt) / 1_000;
  agent.destroy();
  times.sort((one, other) => one - other);
  const percentile = (part: number): number => times[Math.floor(times.length * part)] ?? Number.NaN;
  return { requests: times.length, seconds: tookS, p50: percentile(0.5), p99: percentile(0.99) };
};

const directory = mkdtempSync(join(tmpdir(), 'bench-peers-'));

const sendByWrk = async ({
  url,
  bodies,
  connections,
  seconds,
  headers = {},
  isTied = false,
}: Load): Promise<Seen> => {
  const file = join(directory, 'bodies.txt');
  writeFileSync(file, `${bodies.join('\n')}\n`);
  const more = Object.entries(headers).map(([name, value]) => `${name}=${value}`);
  const wrk = [
    ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
    ...['--timeout', '10s', '--script', join(import.meta.dirname, 'send.lua'), url, '--', file],
    more.join(';'),
  ];
  const [command, parameters] = isTied ? tieTo(1, 'wrk', wrk) : ['wrk', wrk];
  const { stdout } = await promisify(execFile)(command, parameters);
  const { errors, ...seen } = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? 'null') as Seen & {
    readonly errors: number;
  };
  if (errors > 0) throw new Error(`${errors} requests to ${url} failed.`);
  return seen;
};

/** What is used of it: it comes without types. */
type Autocannon = (options: object) => Promise<{
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly errors: number;
  readonly '5xx': number;
}>;

const sendByAutocannon = async (load: Load): Promise<Seen> => {
  const { default: autocannon } = (await import('autocannon' as string)) as { default: Autocannon };
  const { url, bodies, connections, seconds, headers } = load;
  const result = await autocannon({
    url: `${url}/graphql`,
    connections,
    duration: seconds,
    headers: { 'content-type': 'application/json', ...headers },
    requests: bodies.map((body) =>
      body.startsWith('/') ? { method: 'GET', path: body } : { method: 'POST', body },
    ),
  });
  if (result.errors > 0 || result['5xx'] > 0) throw new Error(`Requests to ${url} failed.`);
  const { p50, p99 } = result.latency;
  return { requests: result.requests.total, seconds: result.duration, p50, p99 };
};
