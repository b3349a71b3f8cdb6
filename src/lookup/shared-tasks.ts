import { createHash, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { LRUCache } from 'lru-cache';
import { isProblemCode, LookupError } from '../domain/errors.ts';
import type { Entry } from './entry.ts';
import { freshUntil, showableUntil } from './freshness.ts';
import { createRoundTrips } from './round-trips.ts';
import { type SharedMemory, SharedMemoryDown } from './shared-memory.ts';

/** The right to ask the vendor about one task, for as long as a flight lasts. Losing it early does no harm. */
export interface Lease {
  /** Shares what the vendor said. */
  store(entry: Entry): void;
  /** Shares that it failed, so that nobody tries again before the backoff is over. */
  fail(error: LookupError, backoffMs: number): void;
  /** Gives the right back, having learnt nothing. */
  release(): void;
}

/** What the replicas know of a task together. */
export type Shared =
  | { readonly kind: 'fresh' | 'stale'; readonly entry: Entry }
  /** Nobody may try again before the backoff is over; the last answer is there if there ever was one. */
  | {
      readonly kind: 'failed';
      readonly error: LookupError;
      readonly backoffMs: number;
      readonly entry: Entry | undefined;
    }
  /** Nobody is asking the vendor, and now it is for the caller to do so. */
  | { readonly kind: 'leased'; readonly lease: Lease; readonly entry: Entry | undefined }
  /** Nothing fresh, and the right to ask was not wanted. */
  | { readonly kind: 'unknown'; readonly entry: Entry | undefined }
  /** Somebody is asking the vendor. `settled` resolves when that has come to an end, or may have. */
  | { readonly kind: 'busy'; readonly settled: Promise<void> };

/** The tasks that replicas share. Every value has an end; a replica that dies is not waited for longer than its flight. */
export interface SharedTasks {
  /**
   * What is known of a task. Something that was not fresh: the right to ask, unless somebody else has it.
   * With `acceptStale`, an entry that may still be shown is answered as it is. Without `wantLease`, the right to ask is
   * left to others.
   * @throws SharedMemoryDown
   */
  look(id: string, acceptStale: boolean, wantLease?: boolean): Promise<Shared>;
}

const root = 'media-tasks:1:';

/** A message about the end of a flight can be lost; then its waiters look again after this time. */
const lookAgainMs = 500;

/** Redis does nothing else meanwhile: this takes it about a millisecond. */
const mostPerTrip = 100;

/**
 * For each task its four keys and three arguments; the last argument is for all. What is wrong with one task's keys
 * (a value of another type, a Redis that is full) is no reason to tell the others nothing.
 */
const lookScript = `
local leaseMs = ARGV[#ARGV]
local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'table' then return value end
  redis.call('DEL', key)
  return false
end
local function look(entryKey, freshKey, leaseKey, failureKey, token, acceptStale, wantLease)
  local entry, failure = get(entryKey), get(failureKey)
  if failure then return {'failed', failure, redis.call('PTTL', failureKey), entry or ''} end
  if entry and redis.call('EXISTS', freshKey) == 1 then return {'fresh', entry} end
  if entry and acceptStale == '1' then return {'stale', entry} end
  if wantLease == '0' and redis.call('EXISTS', leaseKey) == 0 then return {'unknown', entry or ''} end
  if redis.call('PTTL', leaseKey) == -1 then redis.call('DEL', leaseKey) end
  local taken = redis.pcall('SET', leaseKey, token, 'NX', 'PX', leaseMs)
  if taken and taken.err then return {'down'} end
  if taken then return {'leased', entry or ''} end
  return {'busy', '', redis.call('PTTL', leaseKey)}
end
local replies = {}
for task = 0, #KEYS / 4 - 1 do
  local k, a = task * 4, task * 3
  replies[task + 1] = look(KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 4], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3])
end
return replies
`;

/** An answer that somebody else has had since is newer, and stays. */
const storeScript = `
local known = redis.call('GET', KEYS[1])
local isJson, value = pcall(cjson.decode, string.sub(known or '', 17))
local knownAt = isJson and type(value) == 'table' and tonumber(value.checkedAt) or 0
if knownAt <= tonumber(ARGV[7]) then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
  redis.call('DEL', KEYS[4])
end
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('PUBLISH', ARGV[5], ARGV[6])
`;

const renewScript = `
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('PEXPIRE', KEYS[3], ARGV[2]) end
`;

/** For each task its four keys and four arguments. Who has lost the lease has nothing to say any more. */
const failScript = `
local channel, replies = ARGV[#ARGV], {}
local function fail(leaseKey, failureKey, token, failure, backoffMs, id)
  if redis.pcall('GET', leaseKey) ~= token then return end
  if tonumber(backoffMs) > 0 then redis.pcall('SET', failureKey, failure, 'PX', backoffMs) end
  redis.call('DEL', leaseKey)
  redis.call('PUBLISH', channel, id)
end
for task = 0, #KEYS / 4 - 1 do
  local k = task * 4
  fail(KEYS[k + 3], KEYS[k + 4], ARGV[k + 1], ARGV[k + 2], ARGV[k + 3], ARGV[k + 4])
  replies[task + 1] = 1
end
return replies
`;

const forgetScript = `redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])`;

interface Question {
  readonly id: string;
  readonly token: string;
  readonly acceptStale: boolean;
  readonly wantLease: boolean;
}

interface Failure {
  readonly id: string;
  readonly token: string;
  readonly text: string;
  readonly backoffMs: number;
}

type Reply = [kind: string, text: string, ms: number, last: string | undefined];

/** A replica that dies is missed after this time; one that lives, however busy, renews its leases several times in it. */
const longestLeaseMs = 2_500;
const renewalsPerLease = 5;

/**
 * @param flightMs how long one question to a vendor can last at most
 * @param version names the shape of what is stored: replicas of another version do not see it
 */
export const createSharedTasks = (
  memory: SharedMemory,
  flightMs: number,
  now: () => number,
  version = '',
): SharedTasks => {
  const leaseMs = Math.min(flightMs, longestLeaseMs);
  const prefix = `${root}${version && `${version}:`}`;
  const settledChannel = `${prefix}settled`;
  const toKeys = (id: string): string[] =>
    ['entry', 'fresh', 'lease', 'failure'].map((what) => `${prefix}${what}:${id}`);

  const settled = new EventEmitter();
  settled.setMaxListeners(0);
  /** The news that a flight has ended can overtake the answer that somebody is busy. */
  const settledAt = new LRUCache<string, number>({ max: mostPerTrip * 10 });
  memory.subscribe(settledChannel, (id) => {
    settledAt.set(id, now());
    settled.emit(toEvent(id));
  });

  const fail = createRoundTrips<Failure, unknown>(async (failures) => {
    const keys = failures.flatMap(({ id }) => toKeys(id));
    const args = failures.flatMap(({ id, token, text, backoffMs }) => [token, text, backoffMs, id]);
    return (await memory.run(failScript, keys, [...args, settledChannel])) as unknown[];
  }, mostPerTrip);

  const createLease = (id: string, token: string): Lease => {
    const keys = toKeys(id);
    const until = now() + flightMs;
    const renewal = setInterval(() => {
      if (now() > until) clearInterval(renewal);
      else memory.run(renewScript, keys, [token, leaseMs]).catch(ignore);
    }, leaseMs / renewalsPerLease).unref();
    const end = (text: string, backoffMs: number) => {
      clearInterval(renewal);
      fail({ id, token, text, backoffMs }).catch(ignore);
    };
    return {
      store: (entry) => {
        clearInterval(renewal);
        const keepMs = Math.max(showableUntil(entry), freshUntil(entry, 'shared')) - now();
        const freshMs = freshUntil(entry, 'shared') - now();
        const lives = [Math.ceil(Math.max(1, keepMs)), Math.ceil(Math.max(1, freshMs))];
        const args = [token, seal(JSON.stringify(entry)), ...lives, settledChannel, id, entry.checkedAt];
        memory.run(storeScript, keys, args).catch(ignore);
      },
      fail: (error, backoffMs) => end(toText(error), Math.ceil(backoffMs)),
      release: () => end('', 0),
    };
  };

  const waitForEnd = async (id: string, leaseMs: number): Promise<void> => {
    const signal = AbortSignal.timeout(Math.max(1, Math.min(leaseMs + 1, lookAgainMs)));
    await once(settled, toEvent(id), { signal }).catch(ignore);
  };

  const ask = createRoundTrips<Question, Reply>(async (questions) => {
    const keys = questions.flatMap(({ id }) => toKeys(id));
    const args = questions.flatMap(({ token, acceptStale, wantLease }) => [
      token,
      acceptStale ? 1 : 0,
      wantLease ? 1 : 0,
    ]);
    return (await memory.run(lookScript, keys, [...args, leaseMs])) as Reply[];
  }, mostPerTrip);

  const look = async (id: string, acceptStale: boolean, wantLease = true): Promise<Shared> => {
    const token = randomUUID();
    const askedAt = now();
    const [kind, text, ms, last] = await ask({ id, token, acceptStale, wantLease });
    if (kind === 'leased') return { kind, lease: createLease(id, token), entry: toEntry(text) };
    if (kind === 'down') throw new SharedMemoryDown('Redis takes no leases.');
    if (kind === 'unknown') return { kind, entry: toEntry(text) };
    if (kind === 'busy') {
      const hasSettled = (settledAt.get(id) ?? 0) >= askedAt;
      return { kind, settled: hasSettled ? Promise.resolve() : waitForEnd(id, ms) };
    }
    if (kind === 'failed') {
      const error = toError(text);
      if (error) return { kind, error, backoffMs: ms, entry: toEntry(last ?? '') };
    } else if (kind === 'fresh' || kind === 'stale') {
      const entry = toEntry(text);
      if (entry) return { kind, entry };
    }
    // Not a value of ours: better none than this one.
    await memory.run(forgetScript, toKeys(id), []);
    return look(id, acceptStale, wantLease);
  };

  return { look };
};

/** Whoever publishes `error` must not raise Node's event of that name, which nobody listening would end the process. */
const toEvent = (id: string): string => `settled:${id}`;

/** What Redis does not take now is asked for again later. */
const ignore = (): void => {};

const toText = ({ code, message, details }: LookupError): string =>
  seal(JSON.stringify({ code, message, details }));

const toError = (text: string): LookupError | undefined => {
  const value = parseObject(text) as Partial<Pick<LookupError, 'code' | 'message' | 'details'>> | undefined;
  if (!isProblemCode(value?.code) || typeof value.message !== 'string') return undefined;
  return new LookupError(value.code, value.message, value.details);
};

const toEntry = (text: string): Entry | undefined => {
  if (text === '') return undefined;
  const value = parseObject(text) as Partial<Entry> | undefined;
  const isEntry =
    typeof value?.fetchedAt === 'number' &&
    typeof value.checkedAt === 'number' &&
    typeof value.snapshot === 'object';
  return isEntry ? (value as Entry) : undefined;
};

const parseObject = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(unseal(text));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const sealLength = 16;

/** The text behind its own hash: whoever else writes into Redis, or whatever breaks there, does not pass for us. */
const seal = (text: string): string =>
  `${createHash('sha256').update(text).digest('hex').slice(0, sealLength)}${text}`;

/** Empty, which is no JSON, when the seal is broken. */
const unseal = (text: string): string => {
  const sealed = text.slice(sealLength);
  return seal(sealed) === text ? sealed : '';
};
