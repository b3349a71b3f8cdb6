import { cpus, loadavg } from 'node:os';
import { allAttacks } from '../test/attacks/support/all.ts';
import { openAttackers } from '../test/attacks/support/attackers.ts';
import { startHonestClient } from '../test/attacks/support/honest-client.ts';
import { startTarget } from '../test/attacks/support/target.ts';
import { sleep } from '../test/faults/support/time.ts';

/**
 * `npm run bench:attacks`: how long an honest client waits while one process with 512 MB of heap is attacked, beside what
 * it waits in the second before each attack. Server, vendors, attackers and client are processes of their own on this machine.
 * `npm run bench:attacks -- 5` makes five rounds instead of three.
 */
const rounds = Number(process.argv[2] ?? 3);
const everyMs = 10;
const quietMs = 1_000;

interface Figures {
  readonly latencies: number[];
  readonly holdUps: number[];
  cpuMs: number;
}

const createFigures = (): Figures => ({ latencies: [], holdUps: [], cpuMs: 0 });

const quiet = createFigures();
const attacked = new Map(allAttacks.map(({ name }) => [name, createFigures()]));
let failures = 0;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

const round = async (): Promise<void> => {
  const target = await startTarget();
  const honest = await startHonestClient(target, everyMs);
  const attackers = openAttackers(target.port);
  const note = async ({ latencies, holdUps }: Figures): Promise<void> => {
    latencies.push(...honest.takeLatencies());
    holdUps.push(...(await target.takeHoldUps()));
    failures += honest.takeFailures().length;
  };
  // What the start has compiled and collected is none of either.
  await sleep(2 * quietMs);
  await note(createFigures());
  await attackers.startSlow();
  for (const [name, figures] of attacked) {
    await sleep(quietMs);
    await note(createFigures());
    await sleep(quietMs);
    await note(quiet);
    const cpuMs = target.cpuMs();
    await attackers.run(name);
    figures.cpuMs += target.cpuMs() - cpuMs;
    await note(figures);
  }
  await honest.stop();
  await attackers.close();
  await target.close();
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const toRow = (name: string, { latencies, holdUps, cpuMs }: Figures): string => {
  const ms = [
    cpuMs / rounds,
    Math.max(...holdUps),
    ...[0.5, 0.9, 0.99].map((share) => percentile(latencies, share)),
    Math.max(...latencies),
  ];
  return `| ${name} | ${latencies.length} | ${ms.map((each) => (Number.isNaN(each) ? '-' : each.toFixed(each < 10 ? 1 : 0))).join(' | ')} |`;
};

print(
  `Node ${process.versions.node} on ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)} before; ${rounds} rounds.\n`,
);
for (let n = 0; n < rounds; n += 1) await round();

const all = createFigures();
for (const { latencies, holdUps, cpuMs } of attacked.values()) {
  all.latencies.push(...latencies);
  all.holdUps.push(...holdUps);
  all.cpuMs += cpuMs;
}
print('| Attack | requests | CPU a round, ms | longest hold-up, CPU ms | p50, ms | p90 | p99 | most |');
print('|---|---|---|---|---|---|---|---|');
print(toRow('none: the second before each attack', quiet));
for (const [name, figures] of attacked) print(toRow(name, figures));
print(toRow('**all**', all));
const ratio = percentile(all.latencies, 0.99) / percentile(quiet.latencies, 0.99);
print(
  `\np99 attacked is ${ratio.toFixed(1)} times p99 quiet; ${failures} requests failed. Load ${loadavg()[0]?.toFixed(1)} after.`,
);
process.exitCode = failures > 0 ? 1 : 0;
