import { randomUUID } from 'node:crypto';
import { isProblemCode, LookupError } from '../errors.ts';
import type { ProviderName } from '../task.ts';
import type { Reservation, SlotNews } from './quota.ts';
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
  /** Calls back with what any replica, this one included, was told. */
  onNews(listener: SlotNews): void;
}

/** Long enough that only Redis losing its memory makes an account's key go missing, not a quiet night. */
const keyTtlMs = 7 * 24 * 3_600_000;

/** No pause and no denial reaches further ahead than this: what claims to is not believed. */
const furthestMs = 60_000;

/**
 * Time is Redis's own, in microseconds, so that replicas need not agree on it. `epoch` names the memory, and `born` is
 * when it began: a replica that knew another one holds reservations this one has never heard of, and so may others.
 * `ownNext` is the slot behind the caller's last one, for a memory that has gone back in time.
 */
const reserveScript = `
local spacing, maxWait, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local knownEpoch, newEpoch, comingBack = ARGV[4], ARGV[5], ARGV[6] == '1'
local ownNext, furthest, believeDenial = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function plausible(text, ahead)
  local moment = tonumber(text) or 0
  if moment ~= moment or moment < 0 then return 0 end
  return math.min(moment, now + ahead)
end
local state = redis.call('HMGET', KEYS[1], 'nextSlot', 'epoch', 'born', 'deniedUntil', 'denial', 'pausedUntil')
local deniedUntil = tonumber(state[4]) or 0
if believeDenial and deniedUntil > now and deniedUntil <= now + furthest and state[5] then return {'denied', state[5]} end
local nextSlot, epoch, born = plausible(state[1], math.min(hold + spacing, furthest)), state[2], plausible(state[3], 0)
local pausedUntil = tonumber(state[6]) or 0
if pausedUntil ~= pausedUntil or pausedUntil > now + furthest then pausedUntil = 0 end
if not epoch then
  epoch, born = newEpoch, now
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'born', string.format('%.0f', born))
end
if comingBack then nextSlot = math.max(nextSlot, now + hold) end
if knownEpoch ~= '' and knownEpoch ~= epoch then nextSlot = math.max(nextSlot, born + hold) end
nextSlot = math.max(nextSlot, math.min(ownNext, now + hold + spacing))
local slot = math.max(now, nextSlot, pausedUntil)
local granted = slot - now <= maxWait
if granted then nextSlot = slot + spacing end
redis.call('HSET', KEYS[1], 'nextSlot', string.format('%.0f', nextSlot))
redis.call('PEXPIRE', KEYS[1], ARGV[7])
if granted then return {'granted', string.format('%.0f', slot - now), epoch, string.format('%.0f', nextSlot)} end
return {'refused', string.format('%.0f', slot - now - maxWait), epoch}
`;

const pauseScript = `
local time = redis.call('TIME')
local pausedUntil = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
local known = tonumber(redis.call('HGET', KEYS[1], 'pausedUntil')) or 0
redis.call('HSET', KEYS[1], 'pausedUntil', string.format('%.0f', math.max(known, pausedUntil)))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
`;

const denyScript = `
local time = redis.call('TIME')
local until_ = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'deniedUntil', string.format('%.0f', until_), 'denial', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
`;

/**
 * Slots given out by Redis to all replicas: one round trip gives the slot or refuses.
 * @param holdMs how long after a replica comes back no slot is given out
 */
export const createSharedSlots = (
  memory: SharedMemory,
  { provider, spacingMs, holdMs }: { provider: ProviderName; spacingMs: number; holdMs: number },
): SharedSlots => {
  const keys = [`media-tasks:1:quota:${provider}`];
  const channel = `media-tasks:1:quota-news:${provider}`;
  let knownEpoch = '';
  /** Microseconds, as text: Redis's time. */
  let ownNext = '0';
  /** All replicas ask alike: nobody's reservation lies further ahead than the longest wait that was ever asked for. */
  let longestWaitMs = 0;

  const reserve = async (
    maxWaitMs: number,
    comingBack: boolean,
    believeDenial: boolean,
  ): Promise<Reservation> => {
    longestWaitMs = Math.max(longestWaitMs, maxWaitMs);
    const reply = await memory.run(reserveScript, keys, [
      toMicros(spacingMs),
      toMicros(maxWaitMs),
      toMicros(Math.max(holdMs, longestWaitMs + spacingMs)),
      knownEpoch,
      randomUUID(),
      comingBack ? 1 : 0,
      keyTtlMs,
      ownNext,
      toMicros(furthestMs),
      believeDenial ? 1 : 0,
    ]);
    const [kind, value, epoch, next] = reply as string[];
    if (kind === 'denied') {
      const denial = parseDenial(value);
      return denial ? { kind, denial } : reserve(maxWaitMs, comingBack, false);
    }
    knownEpoch = epoch ?? '';
    const ms = Number(value) / 1_000;
    if (kind !== 'granted') return { kind: 'refused', retryAfterMs: ms };
    ownNext = next ?? '0';
    return { kind, waitMs: ms };
  };

  return {
    reserve: (maxWaitMs, comingBack) => reserve(maxWaitMs, comingBack, true),
    pause: async (ms) => {
      const pauseMs = Math.min(ms, furthestMs);
      const news = JSON.stringify({ pauseMs });
      await memory.run(pauseScript, keys, [toMicros(pauseMs), keyTtlMs, channel, news]);
    },
    deny: async ({ code, message, details }, ms) => {
      const denyMs = Math.min(ms, furthestMs);
      const denial = JSON.stringify({ code, message, vendorCode: details.vendorCode });
      const news = JSON.stringify({ denyMs, denial });
      await memory.run(denyScript, keys, [toMicros(denyMs), denial, keyTtlMs, channel, news]);
    },
    onNews: (listener) => {
      memory.subscribe(channel, (message) => {
        const { pauseMs, denyMs, denial } = parseObject(message);
        const error = parseDenial(denial);
        if (typeof pauseMs === 'number') listener.paused(pauseMs);
        if (typeof denyMs === 'number' && error) listener.denied(error, denyMs);
      });
    },
  };
};

const toMicros = (ms: number): number => Math.round(ms * 1_000);

/** Undefined when it is not a denial of ours. */
const parseDenial = (text: unknown): LookupError | undefined => {
  const { code, message, vendorCode } = parseObject(text);
  if (!isProblemCode(code) || typeof message !== 'string') return undefined;
  return new LookupError(code, message, typeof vendorCode === 'string' ? { vendorCode } : {});
};

const parseObject = (text: unknown): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};
