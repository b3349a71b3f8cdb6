import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';
import type { MediaTaskProblemCode } from '../generated/model.ts';
import type { ProviderName } from '../task.ts';
import type { Reservation, Slots } from './quota.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Slots that may fail, because Redis may. */
export interface SharedSlots {
  /**
   * Reserves the next slot of all replicas. One that comes back from working alone says so: until the others have
   * come back, too, and their calls are sent, no slot is given out.
   * @throws SharedMemoryDown
   */
  reserve(maxWaitMs: number, comingBack: boolean): Promise<Reservation>;
  pause(ms: number): Promise<void>;
  deny(denial: LookupError, ms: number): Promise<void>;
}

/** Long enough that only Redis losing its memory makes an account's key go missing, not a quiet night. */
const keyTtlMs = 7 * 24 * 3_600_000;

/**
 * Time is Redis's own, in microseconds, so that replicas need not agree on it. `epoch` names the memory: a replica
 * that knew another one holds reservations this one has never heard of.
 */
const reserveScript = `
local spacing, maxWait, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local knownEpoch, newEpoch, comingBack = ARGV[4], ARGV[5], ARGV[6] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local state = redis.call('HMGET', KEYS[1], 'nextSlot', 'epoch', 'deniedUntil', 'denial')
local deniedUntil = tonumber(state[3]) or 0
if deniedUntil > now and state[4] then return {'denied', state[4]} end
local nextSlot, epoch = tonumber(state[1]) or 0, state[2]
if not epoch then
  epoch = newEpoch
  redis.call('HSET', KEYS[1], 'epoch', epoch)
end
local lostMemory = knownEpoch ~= '' and knownEpoch ~= epoch
if comingBack or lostMemory then nextSlot = math.max(nextSlot, now + hold) end
local slot = math.max(now, nextSlot)
local granted = slot - now <= maxWait
if granted then nextSlot = slot + spacing end
redis.call('HSET', KEYS[1], 'nextSlot', string.format('%.0f', nextSlot))
redis.call('PEXPIRE', KEYS[1], ARGV[7])
if granted then return {'granted', string.format('%.0f', slot - now), epoch} end
return {'refused', string.format('%.0f', slot - now - maxWait), epoch}
`;

const pauseScript = `
local time = redis.call('TIME')
local nextSlot = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
local known = tonumber(redis.call('HGET', KEYS[1], 'nextSlot')) or 0
redis.call('HSET', KEYS[1], 'nextSlot', string.format('%.0f', math.max(known, nextSlot)))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

const denyScript = `
local time = redis.call('TIME')
local until_ = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'deniedUntil', string.format('%.0f', until_), 'denial', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
`;

/**
 * Slots given out by Redis to all replicas: one round trip gives the slot or refuses.
 * @param holdMs how long after a replica comes back, or after Redis lost its memory, no slot is given out
 */
export const createSharedSlots = (
  memory: SharedMemory,
  { provider, spacingMs, holdMs }: { provider: ProviderName; spacingMs: number; holdMs: number },
): SharedSlots => {
  const keys = [`media-tasks:1:quota:${provider}`];
  let knownEpoch = '';
  return {
    reserve: async (maxWaitMs, comingBack) => {
      const args = [toMicros(spacingMs), toMicros(maxWaitMs), toMicros(holdMs)];
      const flags = [knownEpoch, randomUUID(), comingBack ? 1 : 0, keyTtlMs];
      const [kind, value, epoch] = (await memory.run(reserveScript, keys, [...args, ...flags])) as string[];
      if (kind === 'denied') return { kind, denial: parseDenial(value) };
      knownEpoch = epoch ?? '';
      const ms = Number(value) / 1_000;
      return kind === 'granted' ? { kind, waitMs: ms } : { kind: 'refused', retryAfterMs: ms };
    },
    pause: async (ms) => {
      await memory.run(pauseScript, keys, [toMicros(ms), keyTtlMs]);
    },
    deny: async ({ code, message, details }, ms) => {
      const denial = JSON.stringify({ code, message, vendorCode: details.vendorCode });
      await memory.run(denyScript, keys, [toMicros(ms), denial, keyTtlMs]);
    },
  };
};

const toMicros = (ms: number): number => Math.round(ms * 1_000);

const parseDenial = (text: string | undefined): LookupError => {
  const { code, message, vendorCode } = JSON.parse(text ?? '{}') as {
    code: MediaTaskProblemCode;
    message: string;
    vendorCode?: string;
  };
  return new LookupError(code, message, { vendorCode });
};

/** What a replica must know to give out slots while Redis is away. */
export interface FailoverOptions {
  readonly shared: SharedSlots;
  /** Slots of this process, to be used while it is on its own: a part of the account's, since the others are, too. */
  readonly own: Slots;
  /** The longest that any replica's reservation can still be ahead. */
  readonly longestWaitMs: number;
  readonly clock: Clock;
}

/** How far ahead a replica reserves while on its own: all of it must be sent before the hold after coming back ends. */
const ownLongestWaitMs = 1_000;

/** How often a replica on its own looks whether Redis is back. */
const probeMs = 1_000;

/** How long no slot is given out after a replica came back: the others notice and send what they have reserved. */
export const holdMs = probeMs + ownLongestWaitMs + 1_000;

/**
 * Shared slots while Redis is there, the process's own while it is not; and no slots at all for as long as
 * reservations made through Redis are still due, which nobody can see any more. Both together would be too many.
 */
export const createFailoverSlots = ({ shared, own, longestWaitMs, clock }: FailoverOptions): Slots => {
  let alone: { since: number; nextProbe: number } | undefined;

  const reserveAlone = async (
    state: { since: number; nextProbe: number },
    maxWaitMs: number,
  ): Promise<Reservation> => {
    const now = clock.now();
    if (now >= state.nextProbe) {
      state.nextProbe = now + probeMs;
      try {
        const reservation = await shared.reserve(maxWaitMs, true);
        alone = undefined;
        return reservation;
      } catch {
        // Still away.
      }
    }
    // A second more than the longest wait: the calls must also have left the vendor's sliding second.
    const dueMs = state.since + longestWaitMs + 1_000 - clock.now();
    if (dueMs > 0) return { kind: 'refused', retryAfterMs: dueMs };
    return own.reserve(Math.min(maxWaitMs, ownLongestWaitMs));
  };

  return {
    reserve: async (maxWaitMs) => {
      if (alone) return reserveAlone(alone, maxWaitMs);
      try {
        // Going alone is costly: one lost round trip is no reason to.
        return await shared.reserve(maxWaitMs, false).catch(() => shared.reserve(maxWaitMs, false));
      } catch {
        const now = clock.now();
        alone ??= { since: now, nextProbe: now + probeMs };
        return reserveAlone(alone, maxWaitMs);
      }
    },
    pause: (ms) => {
      own.pause(ms);
      shared.pause(ms).catch(ignore);
    },
    deny: (denial, ms) => {
      own.deny(denial, ms);
      shared.deny(denial, ms).catch(ignore);
    },
  };
};

/** Redis being away shows at the next reservation. */
const ignore = (): void => {};
