import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { providerNames } from '../sandbox/index.ts';
import { type Deployment, openDeployment } from '../test/faults/support/deployment.ts';
import { sleep } from '../test/faults/support/time.ts';
import { type Counts, createCounts, followTasks, sendRequests } from './soak/clients.ts';
import { countDescriptors, lookAt, type Samples, scrape, sumOf } from './soak/replicas.ts';
import { type Comparison, findDifferences, findFaults, gainOf, type Look, settled } from './soak/verdict.ts';

/**
 * `npm run soak`: two replicas under 300 requests a second for 30 minutes, with subscriptions, a vendor that is down half of
 * the time, and a Redis that is killed every minute. Memory and connections must stay, the event loop must be in
 * time, and what the replicas count must be what clients and vendors count.
 * `npm run soak -- --minutes 5` is shorter; `--write` puts the figures into docs/soak.md.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '300' },
    write: { type: 'boolean', default: false },
  },
});
const [minutes, perSecond] = [Number(values.minutes), Number(values.rate)];
const seconds = minutes * 60;
const followers = 15;
const warmUpSeconds = 15;
const lookEveryMs = 10_000;
const flapMs = 15_000;
const redisEveryMs = 60_000;
const redisAwayMs = 3_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Until the time is over: Redis is killed, and is back, empty, after some seconds. @returns how often */
const restartRedis = async ({ redis }: Deployment): Promise<number> => {
  const endsAt = performance.now() + seconds * 1_000;
  let times = 0;
  for (; performance.now() + redisEveryMs / 2 + redisAwayMs < endsAt; times += 1) {
    await sleep(redisEveryMs / 2);
    await redis.kill();
    await sleep(redisAwayMs);
    await redis.start();
    await sleep(redisEveryMs / 2 - redisAwayMs);
  }
  return times;
};

const watch = async ({ replicas }: Deployment, isOver: () => boolean): Promise<Look[][]> => {
  const startedAt = performance.now();
  const looks: Look[][] = replicas.map(() => []);
  while (!isOver()) {
    await sleep(lookEveryMs);
    const at = (performance.now() - startedAt) / 1_000;
    const now = await Promise.all(replicas.map((replica) => lookAt(replica, at)));
    for (const [index, look] of now.entries()) looks[index]?.push(look);
    if ((looks[0]?.length ?? 0) % 6 === 0)
      print(
        `${at.toFixed(0)} s: ${now.map(({ residentMb, descriptors, lagMs }) => `${residentMb.toFixed(0)} MB, ${descriptors} descriptors, lag ${lagMs.toFixed(0)} ms`).join('; ')}`,
      );
  }
  return looks;
};

/** Descriptors once clients have gone, and connections that are kept open for a while with them. */
const countIdle = async ({ replicas }: Deployment): Promise<number[]> => {
  await sleep(10_000);
  return replicas.map(countDescriptors);
};

const compare = async (
  { replicas, vendors }: Deployment,
  counts: Counts,
  before: readonly Samples[],
): Promise<Comparison[]> => {
  const after = await Promise.all(replicas.map(scrape));
  const gained = (name: string, labels?: Readonly<Record<string, string>>) =>
    sumOf(after, name, labels) - sumOf(before, name, labels);
  const { requests, tasks, subscriptions } = counts;
  const stats = await vendors.stats();
  const outcomes = (['ok', 'invalid', 'refused'] as const).map((outcome) => ({
    what: `requests, ${outcome}`,
    outside: requests[outcome],
    inside: gained('media_tasks_requests_total', { transport: 'http', outcome }),
  }));
  return [
    ...outcomes,
    {
      what: 'refused for the secret',
      outside: requests.refused,
      inside: gained('media_tasks_refusals_total', { rule: 'router-authorization' }),
    },
    ...Object.entries(tasks).map(([outcome, outside]) => ({
      what: `tasks, ${outcome}`,
      outside,
      inside: gained('media_tasks_answers_total', { outcome }),
    })),
    ...providerNames.map((provider) => ({
      what: `calls, ${provider}`,
      outside: stats[provider].calls,
      inside: gained('media_tasks_vendor_calls_total', { provider }),
    })),
    {
      what: 'subscriptions begun',
      outside: subscriptions.opened,
      inside: gained('media_tasks_requests_total', { transport: 'websocket', outcome: 'ok' }),
    },
    {
      what: 'subscriptions ended',
      outside: subscriptions.opened,
      inside: gained('media_tasks_subscriptions_ended_total', { transport: 'websocket' }),
    },
    { what: 'subscriptions still open', outside: 0, inside: sumOf(after, 'media_tasks_subscriptions') },
    { what: 'errors of its own', outside: 0, inside: sumOf(after, 'media_tasks_unhandled_errors_total') },
  ];
};

const toTable = (
  looks: readonly Look[][],
  idle: readonly (readonly number[])[],
  comparisons: readonly Comparison[],
): string => {
  const rows = looks.map((of, index) => {
    const kept = settled(of);
    const memory = kept.map(({ residentMb }) => residentMb);
    const lags = kept.map(({ lagMs }) => lagMs).toSorted((a, b) => a - b);
    return `| ${index + 1} | ${Math.min(...memory).toFixed(0)} to ${Math.max(...memory).toFixed(0)} MB | ${gainOf(of, ({ residentMb }) => residentMb).toFixed(1)} MB | ${Math.max(...kept.map(({ descriptors }) => descriptors))} | ${idle[0]?.[index]} / ${idle[1]?.[index]} | ${(lags[lags.length >> 1] ?? 0).toFixed(0)} / ${(lags.at(-1) ?? 0).toFixed(0)} ms |`;
  });
  const counts = comparisons.map(({ what, outside, inside }) => `| ${what} | ${outside} | ${inside} |`);
  return `| replica | memory | trend over the run | most descriptors | without clients before / after | lag p99 of 10 s, median / most |
|---|---|---|---|---|---|
${rows.join('\n')}

| counted | by clients and vendors | by /metrics |
|---|---|---|
${counts.join('\n')}`;
};

const soak = async (): Promise<string[]> => {
  const deployment = await openDeployment({
    replicas: 2,
    variables: () => ({ LOG_LEVEL: 'info', NODE_OPTIONS: '--max-old-space-size=384' }),
  });
  try {
    const { urls, replicas, vendors } = deployment;
    await sendRequests(urls, { perSecond, seconds: warmUpSeconds, counts: createCounts() });
    const idleBefore = await countIdle(deployment);
    await vendors.resetStats();
    const before = await Promise.all(replicas.map(scrape));
    const counts = createCounts();
    await vendors.switchFault('visionular', { fault: 'flap', ms: flapMs });
    let isOver = false;
    const loads: number[] = [];
    const timer = setInterval(() => loads.push(loadavg()[0] ?? 0), lookEveryMs);
    const watched = watch(deployment, () => isOver);
    const [restarts] = await Promise.all([
      restartRedis(deployment),
      sendRequests(urls, { perSecond, seconds, counts }),
      followTasks(urls, { atOnce: followers, seconds, counts }),
    ]);
    isOver = true;
    clearInterval(timer);
    const looks = await watched;
    const idleAfter = await countIdle(deployment);
    const comparisons = await compare(deployment, counts, before);
    const faulted = (await vendors.stats()).visionular.faulted;
    const { requests, subscriptions } = counts;
    const table = toTable(looks, [idleBefore, idleAfter], comparisons);
    const load = loads.reduce((sum, one) => sum + one, 0) / loads.length;
    const heading = `${minutes} minutes on ${new Date().toISOString().slice(0, 10)}: ${Object.values(requests).reduce((sum, one) => sum + one, 0)} requests, ${subscriptions.opened} subscriptions (${subscriptions.completed} to their end, ${subscriptions.left} left, ${subscriptions.broken} broken), ${subscriptions.results} results; Redis killed ${restarts} times, ${faulted} calls met a vendor that was down. ${cpus().length} processors for everything; mean load ${load.toFixed(1)}.`;
    print(`\n${heading}\n\n${table}\n`);
    if (values.write) writeFigures(`${heading}\n\n${table}`);
    return [
      ...looks.flatMap((of, index) =>
        findFaults(of, [idleBefore[index] ?? 0, idleAfter[index] ?? 0]).map(
          (fault) => `Replica ${index + 1}: ${fault}`,
        ),
      ),
      ...findDifferences(comparisons),
      ...(requests.broken + subscriptions.broken > 0
        ? [`${requests.broken} requests and ${subscriptions.broken} subscriptions broke.`]
        : []),
      ...(restarts === 0 || faulted === 0 ? ['Redis was not killed, or no vendor was down: too short.'] : []),
      ...[...counts.violations].slice(0, 10),
      ...(await deployment.violations()),
    ];
  } finally {
    await deployment.close();
  }
};

/** Replaces what stands between the marks in docs/soak.md. */
const writeFigures = (figures: string): void => {
  const path = join(import.meta.dirname, '../docs/soak.md');
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(
      /(<!-- figures -->\n)[\s\S]*(<!-- end -->)/,
      (_, begin, end) => `${begin}${figures}\n${end}`,
    ),
  );
};

const faults = await soak();
for (const fault of faults) print(`FAULT ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
