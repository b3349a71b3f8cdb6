import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Kind } from './peers/contestant.ts';
import { measureCold, measureCurves } from './peers/curves.ts';
import { type Results, writeReport } from './peers/report.ts';
import { type Measurement, type Server, startServer } from './peers/servers.ts';
import { openVendor } from './peers/tasks.ts';
import { type Workload, workloads } from './peers/workloads.ts';
import { path, stopAll } from './processes.ts';

/**
 * `npm run bench:peers`: this subgraph beside other GraphQL servers with the same schema and the same answers, each a
 * process of its own on 127.0.0.1, all warm, 16 connections. Takes ten minutes, and writes docs/performance.md.
 * `-- --only W1 --servers fastify,ours` is quick, and prints only; `--before <directory>` adds another working tree of
 * this repository.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    servers: { type: 'string' },
    before: { type: 'string' },
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
    'ours with metrics',
    'ours with metrics and log',
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

const connections = 16;

/** A server is warm when its CPU per request falls no further than this part, or after so many rounds of 1 s. */
const steady = 0.05;
const maxWarmUps = 5;

/** Its own code, and what it answers, are compiled and remembered while it serves this workload. */
const warmUp = async ({ measure }: Server, bodies: readonly string[]): Promise<void> => {
  let last = Number.POSITIVE_INFINITY;
  for (let n = 0; n < maxWarmUps; n += 1) {
    const { cpuUs } = await measure({ bodies, connections, seconds: 1 });
    if (cpuUs > last * (1 - steady)) return;
    last = cpuUs;
  }
};

const measureAll = async (servers: readonly Server[]): Promise<Results> => {
  const results = new Map<string, Map<Kind, Measurement[]>>();
  for (const workload of workloads) {
    if (chosen && !chosen.includes(workload.name)) continue;
    const { name, bodies } = workload;
    await compare(servers, workload);
    const taking = servers.filter(({ kind }) => name === 'W1' || !kind.startsWith('ours with '));
    const ofWorkload = new Map<Kind, Measurement[]>(taking.map(({ kind }) => [kind, []]));
    results.set(name, ofWorkload);
    for (const server of taking) await warmUp(server, bodies);
    for (let round = 0; round < rounds; round += 1) {
      for (const { kind, measure } of taking) {
        ofWorkload.get(kind)?.push(await measure({ bodies, connections, seconds }));
      }
    }
    for (const [kind, measured] of ofWorkload) {
      const cells = measured.map(
        ({ cpuUs, perSecond }) => `${cpuUs.toFixed(0)} µs ${perSecond.toFixed(0)}/s`,
      );
      process.stdout.write(`${name} ${kind}: ${cells.join(', ')}\n`);
    }
  }
  return results;
};

const load = loadavg()[0] ?? 0;
const vendor = await openVendor();
try {
  const root = path('..');
  const servers: Server[] = [];
  for (const kind of kinds)
    servers.push(await startServer(kind, vendor.url, kind === 'before' ? (options.before ?? '') : root));
  const results = await measureAll(servers);
  if (!chosen && !options.servers) {
    const cold = await measureCold(servers, vendor);
    const curves = await measureCurves(servers, seconds);
    writeReport({ results, cold, curves, load, rounds, seconds });
  }
} finally {
  await stopAll();
  await vendor.close();
}
