import { once } from 'node:events';
import { Redis } from 'ioredis';
import { path, run, startRedis, stop, whenReady } from '../processes.ts';
import type { Done, LightReplica } from './light-replica.ts';
import { sleep } from './load.ts';

const redisPort = 14_392;
/** Until every task has been seen once. */
const toWarmUpMs = (replicas: number): number => 8_000 + 1_000 * replicas;
const measureMs = 10_000;

const documented: LightReplica['limits'] = {
  'aliyun-vod': 15,
  visionular: 10,
  'volcengine-webcast': 60,
  'volcengine-whiteboard': 10,
  zego: 20,
};

const loads = [
  { name: 'five accounts, nothing asked', limits: documented, hotTasks: 0 },
  { name: 'five accounts, 115 calls/s, 2,000 hot tasks', limits: documented, hotTasks: 2_000 },
  { name: 'one account, 1,000 calls/s, 2,000 hot tasks', limits: { zego: 1_000 }, hotTasks: 2_000 },
] as const;

const heading = `| load | replicas | answers/s | events/s at subscribers | commands/s | publish, set, evalsha, get | in | out | CPU of Redis | CPU of the busiest replica |
|---|---|---|---|---|---|---|---|---|---|
`;

interface Counters {
  readonly at: number;
  readonly commands: number;
  readonly calls: ReadonlyMap<string, number>;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly cpuSeconds: number;
}

/** Redis' own figures. */
const readCounters = async (client: Redis): Promise<Counters> => {
  const text = await client.info('everything');
  const read = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
  const calls = [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return {
    at: performance.now(),
    commands: read('total_commands_processed'),
    calls: new Map(calls.map(([, name = '', count]) => [name, Number(count)])),
    inBytes: read('total_net_input_bytes'),
    outBytes: read('total_net_output_bytes'),
    cpuSeconds: read('used_cpu_user') + read('used_cpu_sys'),
  };
};

const measure = async (load: (typeof loads)[number], replicas: number): Promise<string> => {
  const redis = await startRedis(redisPort);
  const client = new Redis(redisPort, '127.0.0.1');
  const options: LightReplica = {
    redisUrl: `redis://127.0.0.1:${redisPort}`,
    replicas,
    limits: load.limits,
    hotTasks: load.hotTasks,
    subscribers: 100,
  };
  const script = path('./replicas/light-replica.ts');
  const children = Array.from({ length: replicas }, () =>
    run(process.execPath, [script, JSON.stringify(options)], process.env, true),
  );
  await Promise.all(children.map(whenReady));
  await sleep(toWarmUpMs(replicas));

  const readReplicas = (): Promise<readonly Done[]> =>
    Promise.all(
      children.map(async (child) => {
        const reply = once(child, 'message');
        child.send({});
        return (await reply)[0] as Done;
      }),
    );
  const [before, seenBefore] = [await readCounters(client), await readReplicas()];
  await sleep(measureMs);
  const [after, seenAfter] = [await readCounters(client), await readReplicas()];
  client.disconnect();
  await Promise.all([...children, redis].map((child) => stop(child)));

  const seconds = (after.at - before.at) / 1_000;
  const perSecond = (count: number): string => String(Math.round(count / seconds));
  const done = (pick: (of: Done) => number): readonly number[] =>
    seenAfter.map((of, index) => pick(of) - pick(seenBefore[index] ?? of));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const count = (name: string): number => (after.calls.get(name) ?? 0) - (before.calls.get(name) ?? 0);
  const kilobytes = (bytes: number): string => `${(bytes / seconds / 1_024).toFixed(0)} kB/s`;
  const cpu = (used: number): string => `${((100 * used) / seconds).toFixed(1)} %`;
  const cells = [
    load.name,
    String(replicas),
    perSecond(sum(done(({ calls }) => calls))),
    perSecond(sum(done(({ events }) => events))),
    perSecond(after.commands - before.commands),
    ['publish', 'set', 'evalsha', 'get'].map((name) => perSecond(count(name))).join(', '),
    kilobytes(after.inBytes - before.inBytes),
    kilobytes(after.outBytes - before.outBytes),
    cpu(after.cpuSeconds - before.cpuSeconds),
    cpu(Math.max(...done(({ cpuUs }) => cpuUs / 1e6))),
  ];
  return `| ${cells.join(' | ')} |\n`;
};

/**
 * What replicas cost Redis: each is a process of the real exchange, owner, lookup and followers, without HTTP and with a
 * vendor that answers at once.
 */
export const measureRedisLoad = async (counts: readonly number[]): Promise<void> => {
  process.stdout.write(heading);
  for (const load of loads) {
    for (const replicas of counts) process.stdout.write(await measure(load, replicas));
  }
};
