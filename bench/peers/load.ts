import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
}

const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

/** What sends the load. */
export const generator = hasWrk ? 'wrk' : 'autocannon';

/** wrk leaves more of the machine to the server, autocannon can keep a rate. */
export const send = (load: Load): Promise<Seen> =>
  hasWrk && load.rate === undefined ? sendByWrk(load) : sendByAutocannon(load);

const directory = mkdtempSync(join(tmpdir(), 'bench-peers-'));

const sendByWrk = async ({ url, bodies, connections, seconds, headers = {} }: Load): Promise<Seen> => {
  const file = join(directory, 'bodies.txt');
  writeFileSync(file, `${bodies.join('\n')}\n`);
  const more = Object.entries(headers).map(([name, value]) => `${name}=${value}`);
  const { stdout } = await promisify(execFile)('wrk', [
    ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
    ...['--timeout', '10s', '--script', join(import.meta.dirname, 'send.lua'), url, '--', file],
    more.join(';'),
  ]);
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
  const { url, bodies, connections, seconds, rate, headers } = load;
  const result = await autocannon({
    url: `${url}/graphql`,
    connections,
    duration: seconds,
    headers: { 'content-type': 'application/json', ...headers },
    requests: bodies.map((body) =>
      body.startsWith('/') ? { method: 'GET', path: body } : { method: 'POST', body },
    ),
    ...(rate === undefined ? {} : { overallRate: rate }),
  });
  if (result.errors > 0 || result['5xx'] > 0) throw new Error(`Requests to ${url} failed.`);
  const { p50, p99 } = result.latency;
  return { requests: result.requests.total, seconds: result.duration, p50, p99 };
};
