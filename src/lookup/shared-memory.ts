import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  handleAll,
  type IBreaker,
} from 'cockatiel';
import { Redis, ReplyError } from 'ioredis';

/** The memory that replicas share cannot be used just now. Nobody but the lookup ever sees this. */
export class SharedMemoryDown extends Error {
  override readonly name = 'SharedMemoryDown';
}

/** Redis, on terms that keep its troubles from becoming anybody else's. */
export interface SharedMemory {
  /**
   * Runs a Lua script in one round trip.
   * @throws SharedMemoryDown when Redis is away, refuses, or takes longer than the budget of 50 ms
   */
  run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Resolves when Redis is there, or at the latest after so many milliseconds. */
  whenConnected(ms: number): Promise<void>;
  /** Calls back with each message published on the channel. */
  subscribe(channel: string, listener: (message: string) => void): void;
  close(): void;
}

/** Well above a round trip, well below what a person waiting for a page would notice. */
const budgetMs = 50;

/** A script that has failed so often in a row, over so long, is not run for a second. */
const failuresToOpen = 3;
const troubleMs = 250;
const pauseMs = 1_000;

/** A Redis that has answered nothing for so long, though it was asked, is connected to anew. */
const longestSilenceMs = 3_000;

/** Many who ask at once and fail at once, as when a machine is crowded for a moment, are one sign of trouble and not many. */
const createTroubleCounter = (): IBreaker => {
  let failures = 0;
  let since = 0;
  return {
    // Nobody stores it.
    state: undefined,
    success: () => {
      failures = 0;
    },
    failure: (state) => {
      const now = performance.now();
      if (failures === 0) since = now;
      failures += 1;
      return state !== CircuitState.Closed || (failures >= failuresToOpen && now - since >= troubleMs);
    },
  };
};

/** Connects in the background: Redis may be down now, and come up or go away at any time. */
export const connectSharedMemory = (url: string, reportTrouble: (error: Error) => void): SharedMemory => {
  const settings = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, 1_000),
  };
  const commands = new Redis(url, { ...settings, enableAutoPipelining: true });
  // A connection that has subscribed can do nothing else.
  const messages = new Redis(url, settings);
  for (const connection of [commands, messages]) connection.on('error', reportTrouble);

  let silentSince: number | undefined;
  /** A connection whose other end has gone without a word would be waited on for many minutes. */
  const noteSilence = (): void => {
    const now = performance.now();
    // One that is being connected anew is silent for that reason, and has all its time before it.
    silentSince = commands.status === 'ready' ? (silentSince ?? now) : undefined;
    if (silentSince === undefined || now - silentSince < longestSilenceMs) return;
    silentSince = undefined;
    for (const connection of [commands, messages]) connection.disconnect(true);
  };

  const breakers = new Map<string, CircuitBreakerPolicy>();
  const breakerOf = (script: string): CircuitBreakerPolicy => {
    const known = breakers.get(script);
    if (known) return known;
    const breaker = circuitBreaker(handleAll, {
      breaker: createTroubleCounter(),
      halfOpenAfter: pauseMs,
    });
    breakers.set(script, breaker);
    return breaker;
  };
  const listeners = new Map<string, (message: string) => void>();
  messages.on('message', (channel, message) => listeners.get(channel)?.(message));
  const listen = (channel: string): void => {
    messages.subscribe(channel).catch(reportTrouble);
  };
  // Again after each new connection; ioredis does so only for what it has subscribed to before.
  messages.on('ready', () => {
    for (const channel of listeners.keys()) listen(channel);
  });

  return {
    run: async (script, keys, args) => {
      try {
        const answer = await breakerOf(script).execute(() =>
          withinBudget(runScript(commands, script, keys, args)),
        );
        silentSince = undefined;
        return answer;
      } catch (error) {
        if (error instanceof BrokenCircuitError)
          throw new SharedMemoryDown('Redis is being left alone for a moment.');
        if (error instanceof ReplyError) silentSince = undefined;
        else noteSilence();
        throw new SharedMemoryDown('Redis did not do as asked.', { cause: error });
      }
    },
    whenConnected: async (ms) => {
      if (commands.status === 'ready') return;
      await once(commands, 'ready', { signal: AbortSignal.timeout(ms) }).catch(() => {});
    },
    subscribe: (channel, listener) => {
      listeners.set(channel, listener);
      if (messages.status === 'ready') listen(channel);
    },
    close: () => {
      commands.disconnect();
      messages.disconnect();
    },
  };
};

const runScript = async (
  redis: Redis,
  script: string,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> => {
  const sha = toSha(script);
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(script, keys.length, ...keys, ...args);
  }
};

const shas = new Map<string, string>();

/** The scripts are constants of this program, so the map stays small. */
const toSha = (script: string): string => {
  const known = shas.get(script);
  if (known) return known;
  const sha = createHash('sha1').update(script).digest('hex');
  shas.set(script, sha);
  return sha;
};

/** So much of the budget with nothing else to do shows that it was Redis that took its time. */
const idleShare = 0.5;

/** So many budgets a process that is busy has at most. */
const mostBudgets = 5;

/**
 * Rejects when the promise takes longer than the budget. A process that was busy meanwhile has not heard the answer,
 * or not even asked: it gets the budget again, rather than blame Redis.
 */
const withinBudget = <Result>(promise: Promise<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    const idleBefore = performance.eventLoopUtilization().idle;
    const wasBusy = (): boolean =>
      performance.eventLoopUtilization().idle - idleBefore < budgetMs * idleShare;
    const startTimer = (budgetsLeft: number): NodeJS.Timeout =>
      setTimeout(() => {
        if (budgetsLeft > 0 && wasBusy()) timer = startTimer(budgetsLeft - 1);
        // What has arrived is read first.
        else setImmediate(() => reject(new Error(`No answer within ${budgetMs} ms.`)));
      }, budgetMs);
    let timer = startTimer(mostBudgets - 1);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
