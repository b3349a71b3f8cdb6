import { path, run, startRedis, stopAll, whenReady } from './processes.ts';
import { percentile, type Sightings, watch } from './viewers.ts';

/**
 * `npm run bench:traffic`: 50 viewers poll the same 200 tasks every 2 s for 20 s at a vendor with 20 calls a second.
 * Each contestant has a vendor and, where it shares, a Redis of its own; all traffic stays on 127.0.0.1.
 * `node bench/traffic.ts 5` runs for 5 s each, for a quick run; `node bench/traffic.ts 20 load` only the living tasks.
 */
const durationMs = Number(process.argv[2] ?? 20) * 1_000;
const viewers = 50;
const tasks = 200;
const pollEveryMs = 2_000;
const sandboxPort = 14_400;
const redisPort = 14_390;

interface Contestant {
  readonly name: string;
  readonly kind: 'naive' | 'dataloader' | 'ours';
  readonly replicas: number;
}

const contestants: readonly Contestant[] = [
  { name: '(a) REST data source', kind: 'naive', replicas: 1 },
  { name: '(b) DataLoader a request', kind: 'dataloader', replicas: 1 },
  { name: '(c) this, 1 replica', kind: 'ours', replicas: 1 },
  { name: '(c) this, 3 replicas', kind: 'ours', replicas: 3 },
];

interface Stats {
  readonly calls: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly mostInAnySecond: number;
}

const race = async ({ kind, replicas }: Contestant, prefix: string): Promise<[Sightings, Stats]> => {
  const sandbox = run(process.execPath, [path('../sandbox/main.ts')], {
    ...process.env,
    SANDBOX_PORT: String(sandboxPort),
  });
  const printed = await whenReady(sandbox);
  const vendors = Object.fromEntries(
    [...printed.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  await startRedis(redisPort);
  const env = {
    ...process.env,
    ...vendors,
    REPLICAS: String(replicas),
    ...(replicas > 1 ? { REDIS_URL: `redis://127.0.0.1:${redisPort}` } : {}),
  };
  const addresses = await Promise.all(
    Array.from({ length: replicas }, async () =>
      (await whenReady(run(process.execPath, [path('./contestant.ts'), kind], env))).trim(),
    ),
  );
  const ids = Array.from({ length: tasks }, (_, n) => `zego:tencent:${prefix}-${n}`);
  const sightings = await watch({ addresses, ids, viewers, pollEveryMs, durationMs });
  const stats = (await (await fetch(`http://127.0.0.1:${sandboxPort}/stats`)).json()) as { zego: Stats };
  await stopAll();
  return [sightings, stats.zego];
};

const ms = (value: number): string => (Number.isNaN(value) ? '-' : `${Math.round(value)} ms`);
const seconds = (value: number): string => (Number.isNaN(value) ? '-' : `${(value / 1_000).toFixed(1)} s`);
const share = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;

const toRow = ({ name }: Contestant, s: Sightings, { calls, refused, mostInAnySecond }: Stats): string => {
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const cells = [
    name,
    String(calls),
    String(refusals),
    String(mostInAnySecond),
    share(s.answersWithData, s.answers),
    share(s.warmAnswersWithData, s.warmAnswers),
    `${ms(percentile(s.latencies, 0.5))} / ${ms(percentile(s.latencies, 0.99))}`,
    `${ms(percentile(s.warmLatencies, 0.5))} / ${ms(percentile(s.warmLatencies, 0.99))}`,
    `${seconds(percentile(s.ages, 0.5))} / ${seconds(percentile(s.ages, 0.95))}`,
  ];
  return `| ${cells.join(' | ')} |\n`;
};

const heading = `| | calls | refused | most in 1 s | with data | with data, warm | latency p50 / p99 | warm p50 / p99 | age p50 / p95 |
|---|---|---|---|---|---|---|---|---|
`;

try {
  for (const [title, prefix] of [
    ['Finished tasks', 'done'],
    ['Living tasks', 'load'],
  ] as const) {
    if (process.argv[3] !== undefined && process.argv[3] !== prefix) continue;
    process.stdout.write(
      `\n${title}: ${viewers} viewers, ${tasks} tasks, ${durationMs / 1_000} s\n\n${heading}`,
    );
    for (const contestant of contestants) {
      const [sightings, stats] = await race(contestant, prefix);
      process.stdout.write(toRow(contestant, sightings, stats));
    }
  }
} finally {
  await stopAll();
}
