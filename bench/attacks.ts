import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { allAttacks, attacks } from '../test/attacks/support/all.ts';
import { type Attack, toEndpoint } from '../test/attacks/support/attack.ts';
import { openAttackers } from '../test/attacks/support/attackers.ts';
import { type Latency, startHonestClient } from '../test/attacks/support/honest-client.ts';
import { startTarget } from '../test/attacks/support/target.ts';
import { endChild, forkChild } from '../test/faults/support/children.ts';
import { sleep } from '../test/faults/support/time.ts';
import { median } from './median.ts';
import { percentile } from './viewers.ts';

/**
 * `npm run bench:attacks`: how long an honest client waits while one process with 512 MB of heap is attacked, beside what
 * it waits in the second before each attack. Server, vendors, attackers and client are processes of their own on this
 * machine. A round has all attacks, each after a quiet second, and takes little more than a minute. What is reported is the
 * median over the rounds. `npm run bench:attacks -- 5` makes five rounds instead of three, `-- 3 events` only the attacks
 * whose names contain "events".
 *
 * With each request, the client sends one to a server that is idle. If that takes long, the machine has stalled, or the
 * client itself: such pairs are left out, in quiet seconds and beside attacks alike, and their share is reported.
 */
const [roundsText = '3', part = ''] = process.argv.slice(2);
const rounds = Number(roundsText);
const isMeasured = ({ name }: Attack): boolean => name.includes(part);
const measured = allAttacks.filter(isMeasured);
/** Run once before they are measured: what Node compiles for them, it compiles once. The others change what is known. */
const warmUp = [...attacks.queries, ...attacks.connections].filter(isMeasured);
const everyMs = 10;
const quietMs = 1_000;
/** What the last attack has queued is done, and its garbage collected. */
const settleMs = 500;

/** An idle server answers in less, in ms, unless the machine stalls. */
const stallMs = 5;

/** The goal: the p99 beside attacks is at most so many times the quiet one. */
const wantedRatio = 3;

/** Of one attack in one round, or of all. Times in ms. */
interface Figures {
  /** Of the honest client's requests in the second before. */
  readonly quiet: readonly Latency[];
  /** Of those that were answered during the attack. */
  readonly attacked: readonly Latency[];
  /** Of the process, during the attack. */
  readonly cpuMs: number;
  /** Of the main thread, while nobody else got a turn. */
  readonly holdUpMs: number;
}

let failures = 0;

const runRound = async (): Promise<ReadonlyMap<string, Figures>> => {
  const target = await startTarget();
  const idle = forkChild('test/attacks/support/idle-process.ts');
  const [idlePort] = (await once(idle, 'message')) as [number];
  const honest = await startHonestClient(target, everyMs, toEndpoint(idlePort));
  const attackers = openAttackers(target.port);
  const take = async () => {
    failures += honest.takeFailures().length;
    return { latencies: honest.takeLatencies(), holdUps: await target.takeHoldUps() };
  };
  // What the start has compiled and collected belongs to no attack.
  await sleep(2 * quietMs);
  await attackers.startSlow();
  for (const { name } of warmUp) await attackers.run(name);
  const figures = new Map<string, Figures>();
  for (const { name } of measured) {
    await sleep(settleMs);
    await take();
    await sleep(quietMs);
    const { latencies: quiet } = await take();
    const cpuMs = target.cpuMs();
    await attackers.run(name);
    const { latencies: attacked, holdUps } = await take();
    figures.set(name, { quiet, attacked, cpuMs: target.cpuMs() - cpuMs, holdUpMs: Math.max(0, ...holdUps) });
  }
  await honest.stop();
  await attackers.close();
  await target.close();
  await endChild(idle);
  return figures;
};

const together = (figures: readonly Figures[]): Figures => ({
  quiet: figures.flatMap(({ quiet }) => quiet),
  attacked: figures.flatMap(({ attacked }) => attacked),
  cpuMs: figures.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  holdUpMs: Math.max(...figures.map(({ holdUpMs }) => holdUpMs)),
});

/** The median over the rounds of what is read from each. Rounds without a value do not count. */
const medianOf = (figures: readonly Figures[], read: (figures: Figures) => number): number =>
  median(figures.map(read).filter((value) => !Number.isNaN(value)));

type ToMs = (latencies: readonly Latency[]) => readonly number[];

const withoutStalls: ToMs = (latencies) =>
  latencies.filter(({ idleMs }) => idleMs <= stallMs).map(({ ms }) => ms);

const withStalls: ToMs = (latencies) => latencies.map(({ ms }) => ms);

const ratioOf = (figures: readonly Figures[], toMs: ToMs): number =>
  medianOf(figures, ({ attacked }) => percentile(toMs(attacked), 0.99)) /
  medianOf(figures, ({ quiet }) => percentile(toMs(quiet), 0.99));

/** In percent. */
const stalledOf = (latencies: readonly Latency[]): number =>
  100 * (1 - withoutStalls(latencies).length / latencies.length);

/** @param figures of each round */
const toRow = (name: string, figures: readonly Figures[]): string => {
  const cells = [
    medianOf(figures, ({ attacked }) => attacked.length),
    medianOf(figures, ({ cpuMs }) => cpuMs),
    medianOf(figures, ({ holdUpMs }) => holdUpMs),
    medianOf(figures, ({ quiet }) => stalledOf(quiet)),
    medianOf(figures, ({ attacked }) => stalledOf(attacked)),
    ...[0.5, 0.9, 0.99].flatMap((share) => [
      medianOf(figures, ({ quiet }) => percentile(withoutStalls(quiet), share)),
      medianOf(figures, ({ attacked }) => percentile(withoutStalls(attacked), share)),
    ]),
    ratioOf(figures, withoutStalls),
  ];
  const toText = (value: number): string =>
    Number.isNaN(value) ? '-' : value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0);
  return `| ${name} | ${cells.map(toText).join(' | ')} |`;
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

print(
  `Node ${process.versions.node} on ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)} before; medians over ${rounds} rounds.\n`,
);
const byRound: ReadonlyMap<string, Figures>[] = [];
for (let n = 0; n < rounds; n += 1) byRound.push(await runRound());

print(
  '| Attack | requests | CPU, ms | longest hold-up, CPU ms | stalls quiet, % | stalls | p50 quiet, ms | p50 | p90 quiet | p90 | p99 quiet | p99 | p99 ÷ quiet |',
);
print(`|${'---|'.repeat(13)}`);
for (const { name } of measured) {
  print(
    toRow(
      name,
      byRound.flatMap((round) => round.get(name) ?? []),
    ),
  );
}
const all = byRound.map((round) => together([...round.values()]));
print(toRow('**all**', all));
const [ratio, rawRatio] = [withoutStalls, withStalls].map((toMs) => ratioOf(all, toMs).toFixed(1));
print(
  `\np99 beside attacks is ${ratio} times p99 without, where the goal is ${wantedRatio}; with the stalls of the machine, it is ${rawRatio} times. ${failures} requests failed. Load ${loadavg()[0]?.toFixed(1)} after.`,
);
process.exitCode = failures > 0 ? 1 : 0;
