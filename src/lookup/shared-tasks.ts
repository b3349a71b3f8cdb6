import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { LookupError } from '../errors.ts';
import type { MediaTaskProblemCode } from '../generated/model.ts';
import type { Entry } from './entry.ts';
import { freshUntil, showableUntil } from './freshness.ts';
import type { SharedMemory } from './shared-memory.ts';

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
  | { readonly kind: 'failed'; readonly error: LookupError; readonly backoffMs: number }
  /** Nobody is asking the vendor, and now it is for the caller to do so. */
  | { readonly kind: 'leased'; readonly lease: Lease; readonly entry: Entry | undefined }
  /** Somebody is asking the vendor. `settled` resolves when that has come to an end, or may have. */
  | { readonly kind: 'busy'; readonly settled: Promise<void> };

/** The tasks that replicas share. Every value has an end; a replica that dies is not waited for longer than its flight. */
export interface SharedTasks {
  /**
   * What is known of a task. Something that was not fresh: the right to ask, unless somebody else has it.
   * With `acceptStale`, an entry that may still be shown is answered as it is.
   * @throws SharedMemoryDown
   */
  look(id: string, acceptStale: boolean): Promise<Shared>;
}

const prefix = 'media-tasks:1:';
const settledChannel = `${prefix}settled`;

/** A message about the end of a flight can be lost; then its waiters look again after this time. */
const lookAgainMs = 500;

const lookScript = `
local failure = redis.call('GET', KEYS[4])
if failure then return {'failed', failure, redis.call('PTTL', KEYS[4])} end
local entry = redis.call('GET', KEYS[1])
if entry and redis.call('EXISTS', KEYS[2]) == 1 then return {'fresh', entry} end
if entry and ARGV[3] == '1' then return {'stale', entry} end
if redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'leased', entry or ''} end
return {'busy', '', redis.call('PTTL', KEYS[3])}
`;

const storeScript = `
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('PUBLISH', ARGV[5], ARGV[6])
`;

const failScript = `
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[4], ARGV[2], 'PX', ARGV[3]) end
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('PUBLISH', ARGV[4], ARGV[5])
`;

const forgetScript = `redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])`;

/** @param flightMs how long one question to a vendor can last at most */
export const createSharedTasks = (memory: SharedMemory, flightMs: number, now: () => number): SharedTasks => {
  const settled = new EventEmitter();
  settled.setMaxListeners(0);
  memory.subscribe(settledChannel, (id) => settled.emit(id));

  const createLease = (id: string, token: string): Lease => {
    const keys = toKeys(id);
    const end = (failure: string, backoffMs: number) =>
      void memory.run(failScript, keys, [token, failure, backoffMs, settledChannel, id]).catch(ignore);
    return {
      store: (entry) => {
        const keepMs = Math.max(showableUntil(entry), freshUntil(entry, 'shared')) - now();
        const freshMs = freshUntil(entry, 'shared') - now();
        const lives = [Math.ceil(Math.max(1, keepMs)), Math.ceil(Math.max(1, freshMs))];
        const args = [token, JSON.stringify(entry), ...lives, settledChannel, id];
        memory.run(storeScript, keys, args).catch(ignore);
      },
      fail: (error, backoffMs) => end(toText(error), Math.ceil(backoffMs)),
      release: () => end('', 0),
    };
  };

  const waitForEnd = async (id: string, leaseMs: number): Promise<void> => {
    const signal = AbortSignal.timeout(Math.max(1, Math.min(leaseMs + 1, lookAgainMs)));
    await once(settled, id, { signal }).catch(ignore);
  };

  const look = async (id: string, acceptStale: boolean): Promise<Shared> => {
    const token = randomUUID();
    const keys = toKeys(id);
    const reply = await memory.run(lookScript, keys, [token, flightMs, acceptStale ? 1 : 0]);
    const [kind, text, ms] = reply as [string, string, number];
    if (kind === 'leased') return { kind, lease: createLease(id, token), entry: toEntry(text) };
    if (kind === 'busy') return { kind, settled: waitForEnd(id, ms) };
    if (kind === 'failed') {
      const error = toError(text);
      if (error) return { kind, error, backoffMs: ms };
    } else if (kind === 'fresh' || kind === 'stale') {
      const entry = toEntry(text);
      if (entry) return { kind, entry };
    }
    // Not a value of ours: better none than this one.
    await memory.run(forgetScript, keys, []);
    return look(id, acceptStale);
  };

  return { look };
};

/** One hash tag for all keys of a task keeps them together in a Redis cluster. */
const toKeys = (id: string): string[] =>
  ['entry', 'fresh', 'lease', 'failure'].map((what) => `${prefix}${what}:{${id}}`);

/** What Redis does not take now is asked for again later. */
const ignore = (): void => {};

const toText = ({ code, message, details }: LookupError): string =>
  JSON.stringify({ code, message, details });

const toError = (text: string): LookupError | undefined => {
  const value = parseObject(text) as Partial<Pick<LookupError, 'code' | 'message' | 'details'>> | undefined;
  if (typeof value?.code !== 'string' || typeof value.message !== 'string') return undefined;
  return new LookupError(value.code as MediaTaskProblemCode, value.message, value.details);
};

const toEntry = (text: string): Entry | undefined => {
  const value = parseObject(text) as Partial<Entry> | undefined;
  const isEntry =
    typeof value?.fetchedAt === 'number' &&
    typeof value.checkedAt === 'number' &&
    typeof value.snapshot === 'object';
  return isEntry ? (value as Entry) : undefined;
};

const parseObject = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
