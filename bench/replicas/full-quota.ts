import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { busiestSecond, wallNow } from '../../test/faults/support/arrivals.ts';
import type { VendorReport } from '../fake-vendor.ts';
import { path, run, startRedis, stopAll, whenReady } from '../processes.ts';
import { newTask, sleep } from './load.ts';
import { ask, type Replica, startReplica } from './replica.ts';

const vendorLatencyMs = 60;
const redisPort = 14_393;
const warmUpMs = 3_000;
const measureMs = 10_000;
const tickMs = 10;

/** A fifth more than the limit, in pages that go to one replica after the other. */
const demand = 1.2;
const pageEveryMs = 100;

const heading = `| replicas | limit, calls/s | used of it | most in 1 s | CPU for each call, in ms: owner | other replicas together | vendor | load | Redis |
|---|---|---|---|---|---|---|---|---|
`;

/** What processes have used of their processors, in ms, as Linux counts it. */
const readCpuMs = (processes: readonly Pick<ChildProcess, 'pid'>[]): readonly number[] =>
  processes.map(({ pid }) => {
    const [, user, system] =
      /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return (Number(user) + Number(system)) * tickMs;
  });

const measure = async (count: number, limit: number): Promise<string> => {
  const vendor = run(process.execPath, [path('./fake-vendor.ts'), `${vendorLatencyMs}`], process.env, true);
  const redis = await startRedis(redisPort);
  const variables = {
    ZEGO_APP_ID: '1',
    ZEGO_SERVER_SECRET: 'x'.repeat(32),
    ZEGO_ENDPOINT: (await whenReady(vendor)).trim(),
    ZEGO_QPS: String(limit),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    REPLICAS: String(count),
  };
  const replicas = await Promise.all(Array.from({ length: count }, () => startReplica(variables)));
  const processes = [vendor, process, redis, ...replicas.map(({ child }) => child)];

  const asked: Promise<unknown>[] = [];
  const pageSize = Math.round((demand * limit * pageEveryMs) / 1_000);
  const startedAt = wallNow();
  const flood = async (): Promise<void> => {
    for (let page = 0; wallNow() < startedAt + warmUpMs + measureMs; page += 1) {
      const ids = Array.from({ length: pageSize }, () => `zego:tencent:${newTask()}`);
      asked.push(ask(replicas[page % count] as Replica, ids));
      await sleep(Math.max(0, startedAt + (page + 1) * pageEveryMs - wallNow()));
    }
  };
  const flooding = flood();
  await sleep(warmUpMs);
  const [from, before] = [wallNow(), readCpuMs(processes)];
  await sleep(measureMs);
  const [until, after] = [wallNow(), readCpuMs(processes)];
  const reply = once(vendor, 'message');
  vendor.send({});
  const [{ calls }] = (await reply) as [VendorReport];
  const owner = replicas.findIndex((replica) => replica.owns('zego'));
  await flooding;
  await Promise.all(asked);
  await stopAll();

  const counted = calls.filter(({ at }) => at >= from && at < until).length;
  const perCall = (cpuMs = Number.NaN): string => (cpuMs / counted).toFixed(2);
  const [ofVendor, ofLoad, ofRedis, ...ofReplicas] = after.map(
    (cpuMs, index) => cpuMs - (before[index] ?? 0),
  );
  const ofOthers = ofReplicas.filter((_, index) => index !== owner).reduce((sum, cpuMs) => sum + cpuMs, 0);
  const arrivals = calls.map(({ at, earliestAt }) => ({ seenAt: at, earliest: earliestAt }));
  const cells = [
    String(count),
    String(limit),
    (counted / ((limit * (until - from)) / 1_000)).toFixed(2),
    String(busiestSecond(arrivals).length),
    ...[ofReplicas[owner], ofOthers, ofVendor, ofLoad, ofRedis].map(perCall),
  ];
  return `| ${cells.join(' | ')} |\n`;
};

/**
 * Which part of a large quota one and three replicas use when more is asked for, and what each call costs where. Replicas,
 * vendor, Redis and load share one machine: with a lower limit, a busy one can still tell what a call costs.
 */
export const measureFullQuota = async (limit = 1_000): Promise<void> => {
  process.stdout.write(heading);
  for (const count of [1, 3]) process.stdout.write(await measure(count, limit));
};
