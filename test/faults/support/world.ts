import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import { canaryRouterSecret, canaryVariables, secretsIn } from './canaries.ts';
import { askPage } from './graph.ts';
import { ask, finalIds, type Sample } from './load.ts';
import { type OwnRedis, openRedis } from './redis.ts';
import { type Replica, startReplica } from './replica.ts';
import { openVendors, type Vendors } from './sandbox.ts';
import { sleep } from './time.ts';

export interface WorldOptions {
  readonly replicas?: number;
  /** By default where there are several replicas. */
  readonly redis?: boolean;
  readonly deadlineMs?: number;
  /** Beside those that point at the vendors and at Redis. */
  readonly variables?: (world: { vendors: Vendors; redis: OwnRedis | undefined }) => Record<string, string>;
  /** By default they are left in peace for a moment after their start, so that they have found Redis. */
  readonly settled?: boolean;
  /** Called between the start of Redis and that of the replicas. */
  readonly beforeReplicas?: (world: { vendors: Vendors; redis: OwnRedis | undefined }) => Promise<void>;
}

/** Vendors, Redis and replicas, each a process of its own. */
export interface World {
  readonly vendors: Vendors;
  readonly deadlineMs: number;
  readonly replicas: Replica[];
  readonly urls: string[];
  /** @throws Error when this world has none */
  readonly redis: OwnRedis;
  /** One more replica, with the same environment. */
  addReplica(): Promise<Replica>;
  /** What no log, metric or process may show, until now. */
  offences(options?: { mayHaveEnded?: readonly Replica[] }): Promise<string[]>;
  close(): Promise<void>;
}

const settlingMs = 500;

export const openWorld = async ({
  replicas: count = 1,
  redis: wantsRedis = count > 1,
  deadlineMs = 1_500,
  variables,
  beforeReplicas,
  settled = true,
}: WorldOptions = {}): Promise<World> => {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    const [vendors, redis] = await Promise.all([openVendors(), wantsRedis ? openRedis() : undefined]);
    closers.push(vendors.close);
    if (redis) {
      closers.push(async () => {
        redis.thaw();
        await redis.kill();
      });
    }
    await beforeReplicas?.({ vendors, redis });
    const environment = {
      ...vendors.environment,
      ...canaryVariables,
      LOOKUP_DEADLINE_MS: String(deadlineMs),
      REPLICAS: String(count),
      ...(redis ? { REDIS_URL: redis.url } : {}),
      ...variables?.({ vendors, redis }),
    };
    const replicas: Replica[] = [];
    closers.push(async () => {
      await Promise.all(replicas.map((replica) => replica.kill()));
    });
    const addReplica = async () => {
      const replica = await startReplica(environment);
      replicas.push(replica);
      return replica;
    };
    await Promise.all(Array.from({ length: count }, addReplica));
    if (redis && settled) await sleep(settlingMs);
    return {
      vendors,
      deadlineMs,
      replicas,
      urls: replicas.map(({ url }) => url),
      get redis() {
        if (!redis) throw new Error('This world has no Redis.');
        return redis;
      },
      addReplica,
      offences: ({ mayHaveEnded = [] } = {}) => offencesOf(replicas, mayHaveEnded),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Lets every replica answer until it is warm: what a process does first is slow, and says nothing of how it does it. */
export const warmUp = async ({ urls }: World, requests = 60): Promise<Sample[]> => {
  const samples: Sample[] = [];
  const ids = providerNames.flatMap((provider) => finalIds[provider]);
  for (let n = 0; n < requests; n += 1) {
    samples.push(...(await Promise.all(urls.map((url) => ask(url, askPage(ids), 'warm-up')))));
  }
  return samples;
};

const looked = new WeakMap<Replica, number>();

const offencesOf = async (
  replicas: readonly Replica[],
  mayHaveEnded: readonly Replica[],
): Promise<string[]> => {
  const offences: string[] = [];
  for (const [index, replica] of replicas.entries()) {
    const offend = (what: string) => offences.push(`Replica ${index + 1}: ${what}`);
    const { isAlive, errorOutput, logLines, url } = replica;
    if (!isAlive && !mayHaveEnded.includes(replica)) offend('has ended.');
    if (errorOutput.length > 0)
      offend(`wrote to stderr: ${errorOutput.slice(0, 5).join(' | ').slice(0, 800)}`);
    // What was looked through before has been complained of already.
    const seen = looked.get(replica) ?? 0;
    looked.set(replica, logLines.length);
    for (const line of [...logLines.slice(seen), ...errorOutput]) {
      for (const secret of secretsIn(line)) offend(`logged "${secret}": ${line.slice(0, 300)}`);
      if (/"level":[56]0/.test(line)) offend(`logged an error: ${line.slice(0, 600)}`);
    }
    if (!isAlive) continue;
    const metrics = await fetch(`${url}/metrics`, {
      headers: { 'router-authorization': canaryRouterSecret },
    });
    for (const secret of secretsIn(await metrics.text())) offend(`has "${secret}" in its metrics.`);
  }
  return offences;
};

export const healthyBut = (sick: ProviderName): ProviderName[] =>
  providerNames.filter((provider) => provider !== sick);
