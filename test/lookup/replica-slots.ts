import { type Clock, systemClock } from '../../src/domain/clock.ts';
import { createFailoverSlots, holdMs } from '../../src/lookup/failover-slots.ts';
import {
  createMemorySlots,
  createQuotaGate,
  type QuotaGate,
  type Slots,
  toSpacingMs,
} from '../../src/lookup/quota.ts';
import { connectSharedMemory, type SharedMemory } from '../../src/lookup/shared-memory.ts';
import { createSharedSlots } from '../../src/lookup/shared-slots.ts';
import type { RedisServer } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

export const quota = { calls: 20, perMs: 1_000 };
export const spacingMs = toSpacingMs(quota);
export const quotaKey = 'media-tasks:1:quota:zego';
export const replicaCount = 3;

/** One replica's way to the slots of an account, put together as the application does. */
export interface Replica {
  readonly memory: SharedMemory;
  readonly slots: Slots;
  readonly gate: QuotaGate;
}

export const createReplica = (
  redis: RedisServer,
  longestWaitMs: number,
  clock: Clock = systemClock,
): Replica => {
  const memory = connectSharedMemory(redis.url, () => {});
  const slots = createFailoverSlots({
    shared: createSharedSlots(memory, { provider: 'zego', spacingMs, holdMs, clock }),
    own: createMemorySlots(spacingMs * 2 * replicaCount, clock),
    longestWaitMs,
    clock,
  });
  return { memory, slots, gate: createQuotaGate(slots, quota, clock) };
};

/** Resolves when the replica's connection is there; its slots are not touched. */
export const untilUp = async ({ memory }: Replica): Promise<void> => {
  await waitFor(
    () => memory.run("return 'up'", [], []).catch(() => 'down'),
    (answer) => answer === 'up',
    { everyMs: 20 },
  );
};

/** Takes every slot that there is within the wait, and tells when they are due. */
export const takeAll = async (slots: Slots, maxWaitMs: number): Promise<number[]> => {
  const moments: number[] = [];
  for (;;) {
    const reservation = await slots.reserve(maxWaitMs);
    if (reservation.kind !== 'granted') return moments;
    moments.push(reservation.at);
  }
};

/** Takes so many slots. */
export const take = async (slots: Slots, count: number, maxWaitMs = 4_000): Promise<number[]> => {
  const moments: number[] = [];
  while (moments.length < count) {
    const reservation = await slots.reserve(maxWaitMs);
    if (reservation.kind !== 'granted') throw new Error(`Not granted: ${reservation.kind}`);
    moments.push(reservation.at);
  }
  return moments;
};
