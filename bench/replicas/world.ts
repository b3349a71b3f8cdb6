import { once } from 'node:events';
import { openTcpProxy } from '../../test/faults/support/tcp-proxy.ts';
import { path, run, startRedis, stop, whenReady } from '../processes.ts';
import { settle } from './load.ts';
import { kill, type Replica, startReplica } from './replica.ts';
import type { VendorCall } from './vendors.ts';

const redisPort = 14_391;
const replicaCount = 3;

/** How far away Redis is. */
export interface Distance {
  /** What a request and its reply need on their way together, in ms. */
  readonly roundTripMs: number;
  /** One piece of data in a hundred needs so much longer, in ms, with all that follows it on its connection. */
  readonly tailMs: number;
}

/** What the sandbox counted at one API. */
export interface Stats {
  readonly refused: Readonly<Record<string, number>>;
  readonly mostInAnySecond: number;
}

/** Three replicas that answer, at some distance from their Redis. */
export interface World {
  readonly replicas: readonly Replica[];
  /** The calls since the last time. */
  takeCalls(): Promise<readonly VendorCall[]>;
  /** By provider. */
  readStats(): Promise<Readonly<Record<string, Stats>>>;
  killRedis(): Promise<void>;
  startRedis(): Promise<void>;
  close(): Promise<void>;
}

export const openWorld = async (distance: Distance): Promise<World> => {
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
  let redis = await startRedis(redisPort);
  const proxy = await openTcpProxy(redisPort);
  proxy.setNetwork({ kind: 'open', ...distance });
  const variables = {
    ...environment,
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    REPLICAS: String(replicaCount),
  };
  const replicas = await Promise.all(Array.from({ length: replicaCount }, () => startReplica(variables)));
  await settle(replicas);
  await takeCalls();
  return {
    replicas,
    takeCalls,
    readStats: async () => (await (await fetch(`${control}/stats`)).json()) as Record<string, Stats>,
    killRedis: () => stop(redis, 'SIGKILL'),
    startRedis: async () => {
      redis = await startRedis(redisPort);
    },
    close: async () => {
      await Promise.all([...replicas.map(kill), stop(vendors), stop(redis)]);
      await proxy.close();
    },
  };
};
