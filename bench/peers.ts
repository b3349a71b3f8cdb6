import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Kind } from './peers/contestant.ts';
import { measureCold, measureCurves } from './peers/curves.ts';
import { measureObservability, type Observed } from './peers/observability.ts';
import { type Results, toObservedTable, writeReport } from './peers/report.ts';
import { connections, type Measurement, type Server, startServer, warmUp } from './peers/servers.ts';
import { openVendor } from './peers/tasks.ts';
import { type Workload, workloads } from './peers/workloads.ts';
import { path, stopAll } from './processes.ts';

/**
 * `npm run bench:peers`: this subgraph beside other GraphQL servers with the same schema and the same answers, each a
 * process of its own on 127.0.0.1, all warm, 16 connections. Takes a quarter of an hour, and writes docs/performance.md.
 * `-- --only W1 --servers fastify,ours` is quick, and prints only; `--before <directory>` adds another working tree of
 * this repository. `-- --observability` measures what metrics and the log cost, and prints only.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    servers: { type: 'string' },
    before: { type: 'string' },
    observability: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const chosen = options.only?.split(',');

const kinds: readonly Kind[] = (
  [
    'fastify',
    'node',
    'ours',
    'ours without lane',
    ...(options.before ? ['before' as const] : []),
    'mercurius',
    'yoga',
    'apollo',
    'apollo-rest',
  ] satisfies Kind[]
).filter((kind) => !options.servers || options.servers.split(',').includes(kind));

/** What differs between two runs, or two moments, of one server. */
const toComparable = (answer: string): string =>
  answer
    .replaceAll(/"fetchedAt":"[^"]*"/g, '"fetchedAt":"…"')
    .replaceAll(/"nextPollAfterMs":\d+/g, '"nextPollAfterMs":0')
    .replaceAll(/"progress":\d+/g, '"progress":0');

/** All servers must give the same answers, byte for byte; the fixed ones get theirs from the first of the others. */
const compare = async (servers: readonly Server[], { name, bodies }: Workload): Promise<void> => {
  const real = servers.filter(({ kind }) => kind !== 'fastify' && kind !== 'node');
  for (const body of [bodies[0] ?? '', bodies.at(-1) ?? '']) {
    const answers = await Promise.all(real.map(({ ask }) => ask(body)));
    for (const [index, answer] of answers.entries()) {
      if (toComparable(answer) === toComparable(answers[0] ?? '')) continue;
      throw new Error(
        `${real[index]?.kind} answers ${name} with ${answer.slice(0, 2_000)}, not with ${answers[0]?.slice(0, 2_000)}`,
      );
    }
    if (answers[0]?.includes('"errors"')) throw new Error(`${name}: ${answers[0].slice(0, 2_000)}`);
    const fixed = servers.filter(({ kind }) => kind === 'fastify' || kind === 'node');
    for (const { setBytes } of fixed) await setBytes(answers[0] ?? '');
  }
};

const measureAll = async (servers: readonly Server[]): Promise<Results> => {
  const results = new Map<string, Map<Kind, Measurement[]>>();
  for (const workload of workloads) {
    if (chosen && !chosen.includes(workload.name)) continue;
    const { name, bodies } = workload;
    await compare(servers, workload);
    const ofWorkload = new Map<Kind, Measurement[]>(servers.map(({ kind }) => [kind, []]));
    results.set(name, ofWorkload);
    for (const server of servers) await warmUp(server, bodies);
    for (let round = 0; round < rounds; round += 1) {
      // Each server follows another one in every second round: what one leaves behind slows the next.
      for (const { kind, measure } of round % 2 === 0 ? servers : servers.toReversed()) {
        ofWorkload.get(kind)?.push(await measure({ bodies, connections, seconds }));
      }
    }
    for (const [kind, measured] of ofWorkload) {
      const cells = measured.map(
        ({ cpuUs, perSecond, p99 }) =>
          `${cpuUs.toFixed(0)} µs ${perSecond.toFixed(0)}/s p99 ${p99.toFixed(1)} ms`,
      );
      process.stdout.write(`${name} ${kind}: ${cells.join(', ')}\n`);
    }
  }
  return results;
};

const observe = async (): Promise<Observed> => {
  const [w1] = workloads;
  if (!w1) throw new Error('There is no W1.');
  return measureObservability(w1, vendor.url, path('..'));
};

const compareServers = async (): Promise<void> => {
  const isWhole = !chosen && !options.servers;
  const observed = isWhole ? await observe() : undefined;
  const servers: Server[] = [];
  for (const kind of kinds) {
    const root = kind === 'before' ? (options.before ?? '') : path('..');
    servers.push(await startServer(kind, vendor.url, root));
  }
  const results = await measureAll(servers);
  if (!observed) return;
  const cold = await measureCold(servers, vendor);
  const curves = await measureCurves(servers, seconds);
  writeReport({ results, observed, cold, curves, load, rounds, seconds });
};

const load = loadavg()[0] ?? 0;
const vendor = await openVendor();
try {
  if (options.observability) process.stdout.write(`${toObservedTable(await observe())}\n`);
  else await compareServers();
} finally {
  await stopAll();
  await vendor.close();
}
