import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import { askPage } from './graph.ts';
import { ask, finalIds } from './load.ts';
import { type OwnRedis, openRedis } from './redis.ts';
import { type Replica, startReplica } from './replica.ts';
import { openVendors, type Vendors } from './sandbox.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { credentialVariables } from './test-credentials.ts';
import { findReplicaViolations } from './violations.ts';

export interface DeploymentOptions {
  readonly replicas?: number;
  /** Of its own, another deployment's, or none; by default one of its own where there are several replicas. */
  readonly redis?: boolean | OwnRedis;
  /** Another deployment's; by default its own. */
  readonly vendors?: Vendors;
  /** Each replica reaches Redis through a proxy of its own. */
  readonly proxied?: boolean;
  readonly deadlineMs?: number;
  /** Variables of the n-th replica, beside those that point at the vendors and at Redis. */
  readonly variables?: (n: number) => Readonly<Record<string, string>>;
  /** Called when Redis and the vendors are there, and no replica yet. */
  readonly beforeReplicas?: (deployment: { vendors: Vendors; redis: OwnRedis | undefined }) => Promise<void>;
}

/** Vendors, Redis and replicas, each a process of its own. */
export interface Deployment {
  readonly vendors: Vendors;
  readonly deadlineMs: number;
  readonly replicas: readonly Replica[];
  readonly urls: readonly string[];
  /** @throws Error when there is none */
  readonly redis: OwnRedis;
  /** Between each replica and Redis, in the order of the replicas; none unless `proxied`. */
  readonly proxies: readonly TcpProxy[];
  /** One more replica. */
  addReplica(): Promise<Replica>;
  /** What no log, reply or process may show, of all replicas so far. */
  violations(options?: { mayHaveEnded?: readonly Replica[] }): Promise<string[]>;
  close(): Promise<void>;
}

export const openDeployment = async ({
  replicas: count = 1,
  redis: wantedRedis = count > 1,
  vendors: givenVendors,
  proxied = false,
  deadlineMs = 1_500,
  variables,
  beforeReplicas,
}: DeploymentOptions = {}): Promise<Deployment> => {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const provideRedis = async (): Promise<OwnRedis | undefined> => {
    if (typeof wantedRedis === 'object') return wantedRedis;
    if (!wantedRedis) return undefined;
    const redis = await openRedis();
    closers.push(redis.close);
    return redis;
  };
  const provideVendors = async (): Promise<Vendors> => {
    if (givenVendors) return givenVendors;
    const vendors = await openVendors();
    closers.push(vendors.close);
    return vendors;
  };
  try {
    const [vendors, redis] = await Promise.all([provideVendors(), provideRedis()]);
    await beforeReplicas?.({ vendors, redis });
    const proxies: TcpProxy[] = [];
    const provideRedisUrl = async (of: OwnRedis): Promise<string> => {
      if (!proxied) return of.url;
      const proxy = await openTcpProxy(of.port);
      closers.push(proxy.close);
      proxies.push(proxy);
      return of.urlVia(proxy.port);
    };
    const replicas: Replica[] = [];
    const urls: string[] = [];
    const startOne = async (n: number, redisUrl: string | undefined) => {
      const replica = await startReplica({
        ...vendors.environment,
        ...credentialVariables,
        LOOKUP_DEADLINE_MS: String(deadlineMs),
        REPLICAS: String(count),
        ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
        ...variables?.(n),
      });
      closers.push(replica.kill);
      return replica;
    };
    const add = (replica: Replica) => {
      replicas.push(replica);
      urls.push(replica.url);
    };
    const addReplica = async () => {
      const replica = await startOne(replicas.length, redis && (await provideRedisUrl(redis)));
      add(replica);
      return replica;
    };
    const redisUrls: (string | undefined)[] = [];
    for (let n = 0; n < count; n += 1) redisUrls.push(redis && (await provideRedisUrl(redis)));
    for (const replica of await Promise.all(redisUrls.map((url, n) => startOne(n, url)))) add(replica);
    return {
      vendors,
      deadlineMs,
      replicas,
      urls,
      get redis() {
        if (!redis) throw new Error('This deployment has no Redis.');
        return redis;
      },
      proxies,
      addReplica,
      violations: ({ mayHaveEnded = [] } = {}) => findReplicaViolations(replicas, mayHaveEnded),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Lets every replica answer until it is warm: what a process does first is slow, and says nothing of how it does it. */
export const warmUp = async ({ urls }: Pick<Deployment, 'urls'>, requests = 30): Promise<void> => {
  const ids = providerNames.flatMap((provider) => finalIds[provider]);
  for (let n = 0; n < requests; n += 1)
    await Promise.all(urls.map((url) => ask(url, askPage(ids), 'warm-up')));
};

/** The replica that took a provider's account last, as the replicas' own logs have it. */
export const findOwner = (
  { replicas }: Pick<Deployment, 'replicas'>,
  provider: ProviderName,
): { readonly owner: Replica; readonly index: number } => {
  const taken = replicas.flatMap((owner, index) =>
    findInLog(owner, "This replica makes the account's calls", provider).map(({ time }) => ({
      owner,
      index,
      time,
    })),
  );
  const last = taken.toSorted((a, b) => a.time - b.time).at(-1);
  if (!last) throw new Error(`No replica has logged that it makes the calls of ${provider}.`);
  return last;
};

/** The lines of a replica's log that begin with a text, about any account or that of one provider. */
export const findInLog = (
  { logLines }: Replica,
  text: string,
  provider?: ProviderName,
): { readonly time: number; readonly msg: string }[] =>
  logLines
    .filter((line) => line.includes(text))
    .map((line) => JSON.parse(line) as { time: number; msg: string; account?: string })
    .filter(({ msg, account }) => msg.startsWith(text) && (!provider || account?.startsWith(`${provider}-`)));

/** How often it went over to making calls by itself. */
export const countAlone = (replica: Replica): number =>
  findInLog(replica, "No replica that makes the account's calls can be reached", 'zego').length;
