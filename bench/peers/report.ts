import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { median } from '../median.ts';
import { path } from '../processes.ts';
import { drawChart } from './chart.ts';
import type { Kind } from './contestant.ts';
import { type Curves, type Point, vendorMs } from './curves.ts';
import { generator } from './load.ts';
import { type Observed, observedKinds, toMore } from './observability.ts';
import type { Measurement } from './servers.ts';
import { workloads } from './workloads.ts';

export type Results = ReadonlyMap<string, ReadonlyMap<Kind, readonly Measurement[]>>;

export interface Report {
  readonly results: Results;
  readonly observed: Observed;
  readonly cold: ReadonlyMap<Kind, number>;
  readonly curves: Curves;
  /** The machine's load before the run. */
  readonly load: number;
  readonly rounds: number;
  readonly seconds: number;
}

export const names: Readonly<Record<Kind, string>> = {
  fastify: 'limit: Fastify sending those bytes',
  node: 'node:http sending those bytes',
  ours: '**this**',
  'ours again': 'this, again',
  'ours with metrics': 'this, with metrics',
  'ours with metrics and log': 'this, with metrics and log',
  'ours without lane': 'this, `FAST_LANE=false`',
  before: 'this, before the fast lane',
  mercurius: 'Mercurius, JIT, async-cache-dedupe',
  yoga: 'Yoga, response cache',
  apollo: 'Apollo Server, DataLoader, LRU cache',
  'apollo-rest': 'Apollo Server, RESTDataSource',
};

const peers: readonly Kind[] = ['mercurius', 'yoga', 'apollo', 'apollo-rest'];

const of = (measured: readonly Measurement[], field: keyof Measurement): number =>
  median(measured.map((each) => each[field]));

const range = (measured: readonly Measurement[], field: keyof Measurement): string => {
  const values = measured.map((each) => each[field]);
  const show = (value: number): string => Math.round(value).toLocaleString('en');
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
};

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Writes what was measured into docs/performance.md, between its marks, and draws the chart. */
export const writeReport = (report: Report): void => {
  const file = path('../docs/performance.md');
  const text = readFileSync(file, 'utf8');
  const [before = '', after = ''] = [text.split('<!-- measured -->')[0], text.split('<!-- end -->')[1]];
  writeFileSync(file, `${before}<!-- measured -->\n\n${toText(report)}\n\n<!-- end -->${after}`);
  writeFileSync(path('../docs/images/performance.svg'), drawChart(report.results, report.curves));
  process.stdout.write(`${toText(report)}\n`);
};

const toText = (report: Report): string => {
  const { results, observed, cold, curves, load, rounds, seconds } = report;
  const cpu = cpus()[0]?.model ?? 'unknown';
  return [
    `Node ${process.versions.node} on ${cpus().length} × ${cpu}, load ${load.toFixed(1)} before the run; ${generator}; ${rounds} rounds of ${seconds} s.`,
    'CPU µs per request, median (least–most):',
    toTable(results, (measured) => range(measured, 'cpuUs')),
    'Requests a second:',
    toTable(results, (measured) => range(measured, 'perSecond')),
    'Latency, p50 / p99 in ms:',
    toTable(results, (measured) => `${of(measured, 'p50').toFixed(1)} / ${of(measured, 'p99').toFixed(1)}`),
    'Memory after each workload, MB:',
    toTable(results, (measured) => (of(measured, 'rssBytes') / 1_000_000).toFixed(0)),
    'What metrics and the log cost on W1, six processes of each, 4 rounds of 1 s:',
    toObservedTable(observed),
    `Cold W1, p50 at a vendor that takes ${vendorMs} ms:`,
    table(
      ['server', 'ms'],
      [...cold].map(([kind, ms]) => [names[kind], ms.toFixed(0)]),
    ),
    'Goals:',
    table(['goal', 'measured', ''], toGoals(report)),
    'Growth with the number of tasks, and with requests in flight (W1):',
    toPoints('tasks', curves.tasks),
    toPoints('in flight', curves.inFlight),
  ].join('\n\n');
};

const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;

export const toObservedTable = (observed: Observed): string =>
  table(
    ['server', 'CPU µs per request', 'more than both without'],
    observedKinds.map((kind) => {
      const { median: more, least, most } = toMore(observed, kind);
      const cpu = range(observed.get(kind) ?? [], 'cpuUs');
      return [names[kind], cpu, `${percent(more)} (${percent(least)} to ${percent(most)})`];
    }),
  );

const toTable = (results: Results, toCell: (measured: readonly Measurement[]) => string): string => {
  const kinds = [...(results.values().next().value?.keys() ?? [])];
  return table(
    ['', ...results.keys()],
    kinds.map((kind) => [
      names[kind],
      ...[...results.values()].map((ofWorkload) => {
        const measured = ofWorkload.get(kind);
        return measured ? toCell(measured) : '';
      }),
    ]),
  );
};

const toPoints = (name: string, points: readonly Point[]): string =>
  table(
    [name, ...points.map(({ at }) => String(at))],
    [
      ['CPU µs', ...points.map(({ measured }) => measured.cpuUs.toFixed(0))],
      [
        'p50 / p99 ms',
        ...points.map(({ measured: { p50, p99 } }) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`),
      ],
    ],
  );

const observers = [
  ['ours with metrics', 'metrics'],
  ['ours with metrics and log', 'metrics and log'],
] as const;

/** By CPU per request: how many times the best peer, and which part of the limit. */
const goals: Readonly<Record<string, { readonly peer: number; readonly limit?: number }>> = {
  W1: { peer: 5, limit: 0.5 },
  W1d: { peer: 5, limit: 0.5 },
  W2: { peer: 3, limit: 0.45 },
  W3: { peer: 2, limit: 0.5 },
  WD: { peer: 3.5, limit: 0.5 },
  W1c: { peer: 3.5 },
};

const toGoals = ({ results, observed, cold, curves }: Report): string[][] => {
  const rows: string[][] = [];
  const add = (goal: string, measured: string, isMet: boolean) =>
    rows.push([goal, measured, isMet ? 'met' : '**missed**']);
  for (const { name } of workloads) {
    const ofWorkload = results.get(name);
    const goal = goals[name];
    if (!ofWorkload || !goal) continue;
    const cpuOf = (kind: Kind): number => of(ofWorkload.get(kind) ?? [], 'cpuUs');
    const best = Math.min(...peers.map(cpuOf));
    const times = best / cpuOf('ours');
    add(`${name}: ${goal.peer} × the best peer`, `${times.toFixed(1)} ×`, times >= goal.peer);
    const part = cpuOf('fastify') / cpuOf('ours');
    if (goal.limit) add(`${name}: ${percent(goal.limit)} of the limit`, percent(part), part >= goal.limit);
  }
  const w1 = results.get('W1');
  const before = of(w1?.get('before') ?? [], 'cpuUs') / of(w1?.get('ours without lane') ?? [], 'cpuUs');
  if (before) add('W1 without the lane: 1.5 × before', `${before.toFixed(2)} ×`, before >= 1.5);
  for (const [kind, what] of observers) {
    const { median: more } = toMore(observed, kind);
    add(`W1 with ${what}: at most 10 % more`, percent(more), more <= 0.1);
  }
  const coldMs = cold.get('ours') ?? Number.NaN;
  add(`cold W1: p50 ≤ ${vendorMs + 15} ms`, `${coldMs.toFixed(0)} ms`, coldMs <= vendorMs + 15);
  for (const { at, measured, limit } of curves.unchanged) {
    const part = limit.cpuUs / measured.cpuUs;
    add(`304 for ${at} tasks: 70 % of the limit`, percent(part), part >= 0.7);
  }
  const { p99, perSecond } = curves.viewers;
  add(
    '250 requests a second of 200 tasks: p99 < 50 ms',
    `${perSecond.toFixed(0)}/s, p99 ${p99.toFixed(0)} ms, ${curves.viewers.cpuUs.toFixed(0)} µs each`,
    p99 < 50 && perSecond > 240,
  );
  return rows;
};
