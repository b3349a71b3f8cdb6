import { once } from 'node:events';
import { path, run, startRedis, stop, whenReady } from '../processes.ts';
import { flooded, followed, load, type Push, type Succession, settle, watchSuccession } from './load.ts';
import { kill, type Replica, startReplica } from './replica.ts';
import { type Distance, openSlowLink } from './slow-link.ts';
import { now, type VendorCall } from './vendors.ts';

const redisPort = 14_391;
const replicaCount = 3;
const loadMs = 12_000;
/** Until the queues are full. */
const warmUpMs = 1_000;
const successionMs = 6_500;

/** The shortest time for which an answer about a task that has not ended is fresh. */
const freshMs = 2_000;

export interface Measured {
  /** Of each account that was asked for more than it allows. */
  readonly floods: readonly { readonly limit: number; readonly most: number; readonly goodput: number }[];
  /** Calls that the vendors refused, at all accounts. */
  readonly refused: number;
  readonly calls: number;
  /** Calls for a task whose last answer was still fresh, in words. */
  readonly duplicates: readonly string[];
  /** How long an unknown task of an account with room takes, in ms. */
  readonly coldAtOwner: readonly number[];
  readonly coldElsewhere: readonly number[];
  /** From the vendor's answer to a subscriber at a replica that does not own the account, in ms. */
  readonly pushMs: readonly number[];
  readonly killed: Succession;
  readonly handedOver: Succession;
}

interface Stats {
  readonly refused: Readonly<Record<string, number>>;
  readonly mostInAnySecond: number;
}

/** Runs three replicas at this distance from Redis, loads them, kills one that owns an account, and stops the next. */
export const measure = async (distance: Distance): Promise<Measured> => {
  const vendors = run(process.execPath, [path('./replicas/vendors.ts')], process.env, true);
  const { control, environment } = JSON.parse(await whenReady(vendors)) as {
    control: string;
    environment: Record<string, string>;
  };
  const takeCalls = async (): Promise<readonly VendorCall[]> => {
    const reply = once(vendors, 'message');
    vendors.send({});
    return (await reply)[0] as readonly VendorCall[];
  };

  const redis = await startRedis(redisPort);
  const link = await openSlowLink(redisPort, distance);
  const variables = {
    ...environment,
    REDIS_URL: `redis://127.0.0.1:${link.port}`,
    REPLICAS: String(replicaCount),
  };
  const replicas = await Promise.all(Array.from({ length: replicaCount }, () => startReplica(variables)));
  await settle(replicas);
  await takeCalls();

  const startedAt = now();
  const { cold, pushes } = await load(replicas, loadMs);
  const calls = await takeCalls();
  const alive = new Set(replicas);
  const succeed = (end: (owner: Replica) => Promise<void>): Promise<Succession> => {
    const owner = [...alive].find((replica) => replica.owns(followed.provider));
    if (!owner) throw new Error('Nobody owns the account.');
    alive.delete(owner);
    return watchSuccession([...alive], () => end(owner), successionMs);
  };
  const killed = await succeed(kill);
  const handedOver = await succeed(({ child }) => stop(child));

  const later = await takeCalls();
  const stats = (await (await fetch(`${control}/stats`)).json()) as Readonly<Record<string, Stats>>;
  await Promise.all([...replicas.map(kill), stop(vendors), stop(redis)]);
  link.close();
  return {
    floods: flooded.map(({ vendor, provider, limit }) => ({
      limit,
      most: stats[provider]?.mostInAnySecond ?? Number.NaN,
      goodput: toGoodput(
        calls.filter((call) => call.vendor === vendor),
        startedAt,
        limit,
      ),
    })),
    refused: Object.values(stats)
      .flatMap(({ refused }) => Object.values(refused))
      .reduce((sum, count) => sum + count, 0),
    calls: calls.length + later.length,
    duplicates: findDuplicates([...calls, ...later]),
    coldAtOwner: cold.atOwner,
    coldElsewhere: cold.elsewhere,
    pushMs: toPushMs(pushes, calls),
    killed,
    handedOver,
  };
};

/** Which part of what the vendor allows was used while there was demand. */
const toGoodput = (calls: readonly VendorCall[], startedAt: number, limit: number): number => {
  const [from, until] = [startedAt + warmUpMs, startedAt + loadMs];
  const counted = calls.filter(({ arrivedAt }) => arrivedAt >= from && arrivedAt < until).length;
  return counted / ((limit * (until - from)) / 1_000);
};

const toKey = ({ vendor, taskId }: VendorCall): string => `${vendor} ${taskId}`;

const findDuplicates = (calls: readonly VendorCall[]): readonly string[] =>
  [...Map.groupBy(calls, toKey)].flatMap(([key, ofTask]) => {
    const sorted = ofTask.toSorted((a, b) => a.arrivedAt - b.arrivedAt);
    return sorted.flatMap(({ taskId, arrivedAt }, index) => {
      const last = sorted[index - 1];
      const ageMs = arrivedAt - (last?.answeredAt ?? Number.NEGATIVE_INFINITY);
      const isEarly = last !== undefined && (taskId.startsWith('done-') || ageMs < freshMs);
      return isEarly ? [`${key} after ${ageMs.toFixed(1)} ms`] : [];
    });
  });

/** How long after the vendor's last answer about its task each push arrived. */
const toPushMs = (pushes: readonly Push[], calls: readonly VendorCall[]): readonly number[] => {
  const byTask = Map.groupBy(calls, ({ taskId }) => taskId);
  return pushes.flatMap(({ taskId, at }) => {
    const before = (byTask.get(taskId) ?? [])
      .map(({ answeredAt }) => answeredAt)
      .filter((time) => time <= at);
    return before.length === 0 ? [] : [at - Math.max(...before)];
  });
};
