import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { isProblemCode, LookupError } from '../domain/errors.ts';
import type { ProviderName } from '../domain/task.ts';
import type { Reservation, SlotNews } from './quota.ts';
import { createRemoteClock } from './remote-clock.ts';
import { createRoundTrips } from './round-trips.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Slots that may fail, because Redis may. */
export interface SharedSlots {
  /**
   * Reserves the next slot of all replicas, in one round trip for all who ask in the same moment. A replica that comes
   * back from working alone says so.
   * @throws SharedMemoryDown
   */
  reserve(maxWaitMs: number, comeback?: Comeback): Promise<Reservation>;
  pause(ms: number): Promise<void>;
  deny(denial: LookupError, ms: number): Promise<void>;
  /** Calls back with what any replica, this one included, was told. */
  onNews(listener: SlotNews): void;
}

/** What a replica that comes back from working alone must tell the others. */
export interface Comeback {
  /** Replicas have given out slots of their own since so many milliseconds, or may have. 0: none of them. */
  readonly aloneMs: number;
  /** This one has, and they may still be due. */
  readonly hasOwnDue: boolean;
}

const none: Comeback = { aloneMs: 0, hasOwnDue: false };

interface Question {
  readonly maxWaitMs: number;
  readonly comeback: Comeback | undefined;
}

/** Long enough that only Redis losing its memory makes an account's key go missing, not a quiet night. */
const keyTtlMs = 7 * 24 * 3_600_000;

/** No pause and no denial reaches further ahead than this: what claims to is not believed. */
const furthestMs = 60_000;

/** Redis does nothing else meanwhile. */
const mostPerTrip = 500;

/** Going alone is costly: a lost round trip or two, as on a crowded machine, are no reason to. */
const repeatPausesMs = [50, 200];

/** For so long a question that is repeated finds the slots that it was given the first time. */
const repeatableMs = 2_000;

/**
 * Time is Redis's own, in microseconds, so that replicas need not agree on it. `epoch` names the memory, and `born` is
 * when it began: a replica that knew another one holds reservations this one has never heard of, and so may others.
 * `ownNext` is the slot behind the caller's last one, for a memory that has gone back in time. `heldAt` is when a
 * replica that came back last made the others wait: one that worked alone since before then need not do so again.
 * Each wait asked for is answered with the moment of its slot, or with how much too short it was, as a negative number.
 */
const reserveScript = `
local spacing, hold = tonumber(ARGV[1]), tonumber(ARGV[2])
local knownEpoch, newEpoch, ownNext, furthest = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local aloneFor, hasOwnDue, believeDenial = tonumber(ARGV[7]), ARGV[8] == '1', ARGV[9] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function plausible(text, ahead)
  local moment = tonumber(text) or 0
  if moment ~= moment or moment < 0 then return 0 end
  return math.min(moment, now + ahead)
end
local known = redis.call('GET', KEYS[2])
if known then
  local isReply, reply = pcall(cmsgpack.unpack, known)
  if isReply and type(reply) == 'table' then
    reply[2] = now
    return reply
  end
end
local state = redis.call('HMGET', KEYS[1], 'nextSlot', 'epoch', 'born', 'deniedUntil', 'denial', 'pausedUntil', 'heldAt')
local deniedUntil = tonumber(state[4]) or 0
if believeDenial and deniedUntil > now and deniedUntil <= now + furthest and state[5] then return {'denied', state[5]} end
local nextSlot, epoch, born = plausible(state[1], math.min(hold + spacing, furthest)), state[2], plausible(state[3], 0)
local pausedUntil, heldAt = tonumber(state[6]) or 0, plausible(state[7], 0)
if pausedUntil ~= pausedUntil or pausedUntil > now + furthest then pausedUntil = 0 end
if not epoch then
  epoch, born = newEpoch, now
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'born', string.format('%.0f', born))
end
if hasOwnDue or (aloneFor > 0 and heldAt < now - aloneFor) then
  nextSlot = math.max(nextSlot, now + hold)
  redis.call('HSET', KEYS[1], 'heldAt', string.format('%.0f', now))
end
if knownEpoch ~= '' and knownEpoch ~= epoch then nextSlot = math.max(nextSlot, born + hold) end
nextSlot = math.max(nextSlot, math.min(ownNext, now + hold + spacing))
local reply, hasGranted = {'slots', now, epoch, ''}, false
for i = 12, #ARGV do
  local slot = math.max(now, nextSlot, pausedUntil)
  local missing = math.ceil(slot - now - tonumber(ARGV[i]))
  if missing > 0 then reply[#reply + 1] = -missing
  else
    reply[#reply + 1] = slot
    nextSlot, hasGranted = slot + spacing, true
  end
end
reply[4] = string.format('%.0f', nextSlot)
redis.call('HSET', KEYS[1], 'nextSlot', reply[4])
redis.call('PEXPIRE', KEYS[1], ARGV[10])
if hasGranted then redis.call('SET', KEYS[2], cmsgpack.pack(reply), 'PX', ARGV[11]) end
return reply
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

export interface SharedSlotsOptions {
  readonly provider: ProviderName;
  /** How far apart slots lie. */
  readonly spacingMs: number;
  /** How long after replicas have worked alone no slot is given out. */
  readonly holdMs: number;
  readonly clock: Clock;
}

/** Slots given out by Redis to all replicas: one round trip gives the slot or refuses. */
export const createSharedSlots = (
  memory: SharedMemory,
  { provider, spacingMs, holdMs, clock }: SharedSlotsOptions,
): SharedSlots => {
  const key = `media-tasks:1:quota:${provider}`;
  const channel = `media-tasks:1:quota-news:${provider}`;
  const redisClock = createRemoteClock();
  let knownEpoch = '';
  /** Microseconds, as text: Redis's time. */
  let ownNext = '0';
  /** All replicas ask alike: nobody's reservation lies further ahead than the longest wait that was ever asked for. */
  let longestWaitMs = 0;

  const ask = async (
    waits: readonly number[],
    { aloneMs, hasOwnDue }: Comeback,
    token: string,
    believeDenial = true,
  ): Promise<readonly Reservation[]> => {
    const sentAt = clock.now();
    const reply = await memory.run(
      reserveScript,
      [key, `${key}:${token}`],
      [
        toMicros(spacingMs),
        toMicros(Math.max(holdMs, longestWaitMs + spacingMs)),
        knownEpoch,
        randomUUID(),
        ownNext,
        toMicros(furthestMs),
        toMicros(aloneMs),
        hasOwnDue ? 1 : 0,
        believeDenial ? 1 : 0,
        keyTtlMs,
        repeatableMs,
        ...waits.map(toMicros),
      ],
    );
    const [kind, ...rest] = reply as unknown[];
    if (kind === 'denied') {
      const denial = parseDenial(rest[0]);
      if (!denial) return ask(waits, { aloneMs, hasOwnDue }, token, false);
      return waits.map(() => ({ kind, denial }));
    }
    const [now, epoch, next, ...slots] = rest as [number, string, string, ...number[]];
    redisClock.learn(now / 1_000, sentAt, clock.now());
    knownEpoch = epoch;
    if (slots.some((slot) => slot > 0)) ownNext = next;
    return slots.map((slot) =>
      slot > 0
        ? { kind: 'granted', at: redisClock.toLocal(slot / 1_000) }
        : { kind: 'refused', retryAfterMs: -slot / 1_000 },
    );
  };

  /** Repeated under its token, a question whose answer was lost takes no slot twice. */
  const askSurely = async (waits: readonly number[]): Promise<readonly Reservation[]> => {
    const token = randomUUID();
    for (const pauseMs of repeatPausesMs) {
      try {
        return await ask(waits, none, token);
      } catch {
        await clock.sleep(pauseMs);
      }
    }
    return ask(waits, none, token);
  };

  const reserve = createRoundTrips<Question, Reservation>((questions) => {
    const waits = questions.map(({ maxWaitMs }) => maxWaitMs);
    longestWaitMs = Math.max(longestWaitMs, ...waits);
    const comeback = questions.find(({ comeback }) => comeback)?.comeback;
    return comeback ? ask(waits, comeback, randomUUID()) : askSurely(waits);
  }, mostPerTrip);

  return {
    reserve: (maxWaitMs, comeback) => reserve({ maxWaitMs, comeback }),
    pause: async (ms) => {
      const pauseMs = Math.min(ms, furthestMs);
      const news = JSON.stringify({ pauseMs });
      await memory.run(pauseScript, [key], [toMicros(pauseMs), keyTtlMs, channel, news]);
    },
    deny: async ({ code, message, details }, ms) => {
      const denyMs = Math.min(ms, furthestMs);
      const denial = JSON.stringify({ code, message, vendorCode: details.vendorCode });
      const news = JSON.stringify({ denyMs, denial });
      await memory.run(denyScript, [key], [toMicros(denyMs), denial, keyTtlMs, channel, news]);
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
