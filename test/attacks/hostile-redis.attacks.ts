import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { report } from '../faults/support/checks.ts';
import { readMemory } from '../faults/support/children.ts';
import { askOne } from '../faults/support/graph.ts';
import { ask, newId } from '../faults/support/load.ts';
import { type Replica, startReplica } from '../faults/support/replica.ts';
import { openVendors, type Vendors } from '../faults/support/sandbox.ts';
import { credentialVariables } from '../faults/support/test-credentials.ts';
import { until } from '../faults/support/time.ts';
import { type HostileRedis, megabyte, openHostileRedis, roles } from './support/hostile-redis.ts';

/** Replicas whose Redis, nodes of a cluster or sentinels are hostile: they live, and answer. */
const cases = {
  Redis: { role: roles.server, toUrl: (port: number) => `redis://127.0.0.1:${port}` },
  cluster: { role: roles.node, toUrl: (port: number) => `redis://127.0.0.1:${port},127.0.0.1:${port}` },
  sentinel: { role: roles.sentinel, toUrl: (port: number) => `redis-sentinel://127.0.0.1:${port}/a` },
};
const names = ['Redis', 'cluster', 'sentinel'] as const;

/** Side by side: they wait more than they compute. */
const attacks = new Map<string, Promise<Replica>>();
const servers: HostileRedis[] = [];
const replicas: Replica[] = [];
let vendors: Vendors;

/** Until each kind of reply was sent, and then until an answer comes. */
const attack = async ({ role, toUrl }: (typeof cases)[keyof typeof cases]): Promise<Replica> => {
  const redis = await openHostileRedis(role);
  servers.push(redis);
  const replica = await startReplica({
    ...vendors.environment,
    ...credentialVariables,
    NODE_OPTIONS: '--max-old-space-size=512',
    REDIS_URL: toUrl(redis.port),
  });
  replicas.push(replica);
  const died = replica.ended.then((code) => {
    throw new Error(`The replica ended with ${code}: ${replica.errorOutput.join('\n')}`);
  });
  const missing = () => [...redis.sent].filter(([, count]) => count === 0).map(([kind]) => kind);
  const wasTried = until(() => missing().length === 0, { withinMs: 150_000, what: 'each kind of reply' });
  const isAnswering = async () => {
    const { tasks } = await ask(replica.url, askOne(newId('zego')));
    return tasks.length === 1 && tasks[0]?.problem === null;
  };
  const survived = wasTried.then(
    () => until(isAnswering, { withinMs: 30_000, everyMs: 500, what: 'an answer' }),
    (error: Error) => Promise.reject(new Error(`${error.message} Not sent: ${missing().join('; ')}`)),
  );
  await Promise.race([survived, died]);
  return replica;
};

beforeAll(async () => {
  vendors = await openVendors();
  for (const name of names) {
    const attacked = attack(cases[name]);
    attacked.catch(() => {});
    attacks.set(name, attacked);
  }
});

afterAll(async () => {
  for (const server of servers) server.close();
  await Promise.all(replicas.map((replica) => replica.kill()));
  await vendors?.close();
});

it.each(names)(
  'a hostile %s is survived, in bounded memory, without a word on standard error',
  async (name) => {
    const replica = await attacks.get(name);
    if (!replica) throw new Error('It was not attacked.');
    expect(replica.isAlive).toBe(true);
    expect(replica.errorOutput).toEqual([]);
    expect(replica.logLines.filter((line) => line.includes('Unhandled error'))).toEqual([]);
    const peakMb = readMemory(replica.pid).peak / megabyte;
    report(`most memory ${peakMb.toFixed(0)} MB`);
    expect(peakMb).toBeLessThan(700);
  },
  200_000,
);
