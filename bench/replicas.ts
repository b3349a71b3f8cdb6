import { loadavg } from 'node:os';
import { stopAll } from './processes.ts';
import { measureFullQuota } from './replicas/full-quota.ts';
import type { Succession } from './replicas/load.ts';
import { type Measured, measure, measureRedisLoss } from './replicas/measure.ts';
import { measureRedisLoad } from './replicas/redis-load.ts';
import type { Distance } from './replicas/world.ts';
import { percentile } from './viewers.ts';

/**
 * `npm run bench:replicas`: three replicas, the made-up vendors and a real Redis, all on 127.0.0.1, with a delaying proxy
 * before Redis. In about four minutes it prints what is kept at each distance, and how much of a large quota is used.
 * `npm run bench:replicas -- 0 250` measures those round trips only, `-- --full-quota 400` only the quota: of 400 calls a second.
 * `npm run bench:replicas -- --redis-load` measures what one, three and ten replicas cost Redis; `-- --redis-load 3` only three.
 */
const distances: readonly Distance[] = [
  { roundTripMs: 0, tailMs: 0 },
  { roundTripMs: 10, tailMs: 0 },
  { roundTripMs: 50, tailMs: 0 },
  { roundTripMs: 100, tailMs: 0 },
  { roundTripMs: 250, tailMs: 0 },
  { roundTripMs: 250, tailMs: 500 },
];

const heading = `| round trip | most in 1 s / limit | refused | goodput | duplicates / calls | unknown task elsewhere p50 / p99 | at the owner p50 / p99 | vendor to subscriber p50 / p99 | owner killed: no new answer for, without data | handed over |
|---|---|---|---|---|---|---|---|---|---|
`;

const ms = (values: readonly number[]): string =>
  [0.5, 0.99].map((part) => Math.round(percentile(values, part))).join(' / ');

const seconds = (value: number): string => `${(value / 1_000).toFixed(1)} s`;

const toGap = ({ gapMs, codes, questions }: Succession): string => {
  const kinds = codes.length > 0 ? ` (${[...new Set(codes)].join(', ')})` : '';
  return `${seconds(gapMs)}, ${codes.length} of ${questions}${kinds}`;
};

const toRow = ({ roundTripMs, tailMs }: Distance, measured: Measured): string => {
  const { floods, refused, duplicates, calls, coldElsewhere, coldAtOwner, pushMs } = measured;
  const cells = [
    `${roundTripMs} ms${tailMs > 0 ? `, 1 % ${tailMs} ms more` : ''}`,
    floods.map(({ most, limit }) => `${most}/${limit}`).join(', '),
    String(refused),
    floods.map(({ goodput }) => goodput.toFixed(2)).join(', '),
    `${duplicates.length} / ${calls}`,
    `${ms(coldElsewhere)} ms`,
    `${ms(coldAtOwner)} ms`,
    `${ms(pushMs)} ms`,
    toGap(measured.killed),
    toGap(measured.handedOver),
  ];
  return `| ${cells.join(' | ')} |\n`;
};

const measureDistances = async (roundTrips: readonly number[]): Promise<void> => {
  process.stdout.write(heading);
  for (const distance of distances) {
    if (roundTrips.length > 0 && !roundTrips.includes(distance.roundTripMs)) continue;
    const measured = await measure(distance);
    process.stdout.write(toRow(distance, measured));
    const oddities = [
      ...measured.duplicates.map((each) => `\n  duplicate: ${each}`),
      ...measured.coldProblems.map((each) => `\n  at the account with room: ${each}`),
    ].join('');
    const counted = measured.floods.map(({ counted, limit }) => `${counted}/${limit}`).join(', ');
    process.stderr.write(
      `  load average ${loadavg()[0]?.toFixed(1)}, the vendors counted ${counted}${oddities}\n`,
    );
  }
  const { lost, back } = await measureRedisLoss();
  process.stdout.write(`\nRedis killed: ${toGap(lost)}; started again, empty: ${toGap(back)}\n`);
};

const [mode, ...rest] = process.argv.slice(2);
const isRedisLoad = mode === '--redis-load';
const isFullQuota = mode === '--full-quota';
const numbers = (isRedisLoad || isFullQuota ? rest : process.argv.slice(2)).map(Number);
try {
  if (isRedisLoad) await measureRedisLoad(numbers.length > 0 ? numbers : [1, 3, 10]);
  else if (isFullQuota) await measureFullQuota(numbers[0]);
  else {
    await measureDistances(numbers);
    if (numbers.length === 0) await measureFullQuota();
  }
} finally {
  await stopAll();
}
