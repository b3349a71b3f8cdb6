import { systemClock } from '../../src/domain/clock.ts';
import type { ProviderName } from '../../src/domain/task.ts';
import type { Account } from '../../src/lookup/account.ts';
import { createLookup, type Lookup } from '../../src/lookup/lookup.ts';
import { connectSharedMemory } from '../../src/lookup/shared-memory.ts';
import { createSharedTasks, type SharedTasks } from '../../src/lookup/shared-tasks.ts';
import { openRedis, type RedisServer } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { createFakeVendor } from './fake-vendor.ts';

const closers: (() => unknown)[] = [];

/** Closes what the test has opened. */
export const closeReplicas = async (): Promise<void> => {
  for (const close of closers.splice(0).reverse()) await close();
};

export const deadlineMs = 3_000;

/** Three lookups, as of three processes, at one vendor. */
export const openReplicas = async (redis: RedisServer) => {
  closers.push(redis.close);
  const vendor = createFakeVendor(systemClock);
  const accounts = new Map<ProviderName, { account: Account; spacingMs: number }>([
    ['zego', { account: vendor.account, spacingMs: 50 }],
  ]);
  const createReplica = (): { lookup: Lookup; sharedTasks: SharedTasks; restart: () => Lookup } => {
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    const sharedTasks = createSharedTasks(memory, deadlineMs, Date.now);
    const restart = (): Lookup =>
      createLookup({ accounts, sharedTasks, clock: systemClock, deadlineMs, redact: (text) => text });
    return { lookup: restart(), sharedTasks, restart };
  };
  const replicas = [createReplica(), createReplica(), createReplica()] as const;
  return { redis, vendor, replicas, lookups: replicas.map(({ lookup }) => lookup) };
};

/** The same, with Redis, and connected to it. */
export const openReplicasWithRedis = async () => {
  const opened = await openReplicas(await openRedis());
  for (const { sharedTasks } of opened.replicas) {
    await waitFor(
      () => sharedTasks.look('warm-up', true).catch(() => undefined),
      (shared) => shared !== undefined,
      { everyMs: 20 },
    );
  }
  return opened;
};
