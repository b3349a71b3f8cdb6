import { busiestSecond, wallNow } from '../../test/faults/support/arrivals.ts';
import { stop } from '../processes.ts';
import { flooded, followed, load, type Push, type Succession, watchSuccession } from './load.ts';
import { kill, type Replica } from './replica.ts';
import type { VendorCall } from './vendors.ts';
import { type Distance, openWorld } from './world.ts';

const loadMs = 12_000;
/** Until the queues are full. */
const warmUpMs = 1_000;
const successionMs = 6_500;
const lossMs = 9_000;

/**
 * The shortest time for which an answer about a task that has not ended is fresh, less what the vendor may take to note
 * that it has answered: the replica has the answer by then.
 */
const freshMs = 2_000 - 20;

export interface Measured {
  /** Of each account that was asked for more than it allows. */
  readonly floods: readonly {
    readonly limit: number;
    /** The most calls that certainly came within a second, and what the vendor itself counted. */
    readonly most: number;
    readonly counted: number;
    readonly goodput: number;
  }[];
  /** Calls that the vendors refused, at all accounts. */
  readonly refused: number;
  readonly calls: number;
  /** Calls for a task whose last answer was still fresh, in words. */
  readonly duplicates: readonly string[];
  /** How long an unknown task of an account with room takes, in ms. */
  readonly coldAtOwner: readonly number[];
  readonly coldElsewhere: readonly number[];
  /** Of those that brought none. */
  readonly coldProblems: readonly string[];
  /** From the vendor's answer to a subscriber at a replica that does not own the account, in ms. */
  readonly pushMs: readonly number[];
  readonly killed: Succession;
  readonly handedOver: Succession;
}

/** Runs three replicas at this distance from Redis, loads them, kills one that owns an account, and stops the next. */
export const measure = async (distance: Distance): Promise<Measured> => {
  const { replicas, takeCalls, readStats, close } = await openWorld(distance);
  const startedAt = wallNow();
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
  const stats = await readStats();
  await close();
  return {
    floods: flooded.map(({ vendor, provider, limit }) => ({
      limit,
      most: busiestSecond(
        [...calls, ...later]
          .filter((call) => call.vendor === vendor)
          .map(({ arrivedAt, earliestAt }) => ({ seenAt: arrivedAt, earliest: earliestAt })),
      ).length,
      counted: stats[provider]?.mostInAnySecond ?? Number.NaN,
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
    coldProblems: cold.problems,
    pushMs: toPushMs(pushes, calls),
    killed,
    handedOver,
  };
};

/** What callers notice when Redis is killed, and when it is started again, empty. */
export interface RedisLoss {
  readonly lost: Succession;
  readonly back: Succession;
}

export const measureRedisLoss = async (): Promise<RedisLoss> => {
  const { replicas, killRedis, startRedis, close } = await openWorld({ roundTripMs: 0, tailMs: 0 });
  const lost = await watchSuccession(replicas, killRedis, lossMs);
  const back = await watchSuccession(replicas, startRedis, successionMs);
  await close();
  return { lost, back };
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
