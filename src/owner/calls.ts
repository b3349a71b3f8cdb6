import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import { type Subject, toPermitPatienceMs, toSubjectKey, type Want } from '../exchange/exchange.ts';
import type { HandOver, Operation, OwnerOptions } from './owner.ts';
import type { Permit, RateLimiter } from './rate-limiter.ts';
import type { Refused, Scheduled } from './scheduler.ts';
import {
  type Contents,
  createVendorCall,
  isGivenUp,
  type VendorCall,
  type VendorCallOptions,
} from './vendor-call.ts';
import type { CircuitBreaker, CredentialCheck } from './vendor-state.ts';

/** How a call for some subjects of one type ended. */
export type CallEnd =
  | {
      readonly operation: Operation;
      readonly contents: Contents;
      /** The stored answers of those that a replica knows better than this process does. */
      readonly stored: ReadonlyMap<string, Answer>;
      /** When the vendor answered, by `Clock.elapsed`. */
      readonly at: number;
    }
  /** Anything thrown: what is not a LookupError is a bug. */
  | { readonly error: unknown };

/** Makes calls, each through credential check, retry, the vendor's clock and circuit breaker. */
export interface Calls {
  /** @param scheduled what the call asks for: subjects of one type */
  start(scheduled: readonly Scheduled[], permit: Permit): void;
  /** Lets a replica have the answer of the call that is under way. @returns whether one is */
  join(want: Want, replica: string): boolean;
  /** Those who wait for a call that lost its permit, and whose next one comes too late for them. They are not refused again. */
  takeRefused(): readonly Refused[];
  /** Those that have been sent. */
  readonly sent: HandOver['underWay'];
  /** How many were sent within the last second. */
  readonly sentInLastSecond: number;
  /** Ends those that have not been sent: this process may not call any more. */
  giveUpUnsent(): void;
  /** Resolves when none is under way. */
  drain(): Promise<void>;
}

export interface CallsOptions
  extends Pick<
    OwnerOptions,
    'get' | 'mayCall' | 'read' | 'clock' | 'random' | 'deadlineMs' | 'vendorClock' | 'redact' | 'emit'
  > {
  /** By their types. */
  readonly operations: ReadonlyMap<string, Operation>;
  readonly limiter: Pick<RateLimiter, 'isValid' | 'written' | 'nextInMs'>;
  readonly breaker: CircuitBreaker;
  readonly credentials: CredentialCheck;
  /** Another permit, before all that is queued. Rejects with the signal's reason when that is aborted. */
  readonly acquire: (signal: AbortSignal) => Promise<Permit>;
  /** The last answer that this process has. */
  readonly lastAnswer: (subject: Subject) => Answer | undefined;
  /** A call failed at the vendor, for the first time or again. */
  readonly onVendorError: (error: LookupError) => void;
  /** A call has ended. Not called for what was given up: whoever may call now is asked for it again. */
  readonly onEnd: (subjects: readonly Subject[], end: CallEnd) => void;
  /** The vendor has answered, or failed: others may be started. */
  readonly onIdle: () => void;
}

/** Ages grow on their way between processes: an answer is missing here only if it is newer by more than this, in ms. */
const transitMs = 1_000;

export const createCalls = (options: CallsOptions): Calls => {
  const { operations, read, clock, vendorClock, limiter, breaker, credentials, lastAnswer, emit } = options;
  const retry = createRetry(clock, options.random);
  const underWay = new Map<string, Scheduled & { readonly call: VendorCall }>();
  /** What the calls ask for that wait for another permit. */
  const unpermitted = new Set<readonly Scheduled[]>();
  const running = new Set<Promise<unknown>>();
  const sentAt: number[] = [];
  const vendorCallOptions: VendorCallOptions = {
    ...options,
    acquire: async (scheduled, signal) => {
      unpermitted.add(scheduled);
      try {
        return await options.acquire(signal);
      } finally {
        unpermitted.delete(scheduled);
      }
    },
    isValid: limiter.isValid,
    onWritten: limiter.written,
    findDenial: () => credentials.denial,
    onSent: () => {
      forgetSent();
      sentAt.push(clock.elapsed());
    },
  };

  const forgetSent = (): void => {
    while (sentAt[0] !== undefined && sentAt[0] <= clock.elapsed() - 1_000) sentAt.shift();
  };

  /** A call that was signed before the vendor's time was learnt, by whichever call, is signed again, once. */
  const sendAtVendorTime = async (attempt: () => Promise<Contents>): Promise<Contents> => {
    const believedMs = vendorClock.offsetMs;
    try {
      return await breaker.run(attempt);
    } catch (error) {
      const reason = error instanceof LookupError ? error.details.reason : undefined;
      if (reason?.kind !== 'wrong-time') throw error;
      if (vendorClock.learn(reason.vendorTime))
        emit?.({ kind: 'clock-skew', offsetMs: vendorClock.offsetMs });
      if (vendorClock.offsetMs === believedMs) throw error;
      return breaker.run(attempt);
    }
  };

  const readStored = async (scheduled: readonly Scheduled[]): Promise<ReadonlyMap<string, Answer>> => {
    const stored = new Map<string, Answer>();
    await Promise.all(
      scheduled.map(async ({ subject, knownAt }) => {
        const lastAt = lastAnswer(subject)?.checkedAt ?? Number.NEGATIVE_INFINITY;
        const answer = knownAt > lastAt + transitMs ? await read(subject) : undefined;
        if (answer) stored.set(toSubjectKey(subject), answer);
      }),
    );
    return stored;
  };

  const fetchAll = async (scheduled: readonly Scheduled[], call: VendorCall): Promise<CallEnd> => {
    const operation = operations.get(scheduled[0]?.subject.typename ?? '');
    if (!operation) throw new Error('Nothing can be fetched of this type.');
    const ids = scheduled.map(({ subject }) => subject.id);
    const reading = readStored(scheduled);
    try {
      const attempt = () => call.send((bound) => operation.fetch(ids, bound));
      const contents = await credentials.run(() => retry(() => sendAtVendorTime(attempt)));
      const at = clock.elapsed();
      options.onIdle();
      return { operation, contents, stored: await reading, at };
    } catch (error) {
      // If the call fails, nobody needs what is stored.
      reading.catch(() => {});
      options.onIdle();
      return { error };
    }
  };

  /** Unless another call is under way for it by now. */
  const leave = (subjects: readonly Subject[], call: VendorCall): void => {
    for (const key of subjects.map(toSubjectKey)) if (underWay.get(key)?.call === call) underWay.delete(key);
  };

  const run = async (scheduled: readonly Scheduled[], call: VendorCall): Promise<void> => {
    const subjects = scheduled.map(({ subject }) => subject);
    const end = await fetchAll(scheduled, call).catch((error: unknown) => ({ error }));
    // Before anything is published: whoever receives it may want the next answer at once.
    leave(subjects, call);
    if (!('error' in end && isGivenUp(end.error))) options.onEnd(subjects, end);
  };

  return {
    start: (scheduled, permit) => {
      const call = createVendorCall(scheduled, permit, vendorCallOptions);
      for (const each of scheduled) underWay.set(toSubjectKey(each.subject), { ...each, call });
      const ended = run(scheduled, call).finally(() => running.delete(ended));
      running.add(ended);
    },
    join: (want, replica) => {
      const joined = underWay.get(toSubjectKey(want));
      if (!joined) return false;
      const { replicas, waiting } = joined;
      replicas.add(replica);
      const latestAt = clock.elapsed() + toPermitPatienceMs(want.patienceMs);
      if (want.patienceMs > 0) waiting.set(replica, Math.max(latestAt, waiting.get(replica) ?? latestAt));
      return true;
    },
    takeRefused: () => {
      const retryAfterMs = limiter.nextInMs;
      const until = clock.elapsed() + retryAfterMs;
      return [...unpermitted].flat().flatMap(({ subject, waiting, trace }) => {
        const late = [...waiting.keys()].filter((replica) => (waiting.get(replica) ?? until) <= until);
        for (const replica of late) waiting.delete(replica);
        return late.map((replica) => ({ replica, subject, retryAfterMs, trace }));
      });
    },
    get sent() {
      return [...underWay.values()]
        .filter(({ call }) => call.isSent)
        .map(({ subject, call }) => ({ ...subject, forMs: call.restMs }));
    },
    get sentInLastSecond() {
      forgetSent();
      return sentAt.length;
    },
    giveUpUnsent: () => {
      unpermitted.clear();
      for (const { subject, call } of [...underWay.values()]) {
        if (call.isSent) continue;
        call.giveUp();
        // At once: this process may be given the account back in the same turn.
        leave([subject], call);
      }
    },
    drain: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
};

/** Of ten calls, one may be made again: in a total outage the vendor sees at most 1.1 attempts per call. */
const tokensPerCall = 0.1;
const mostTokens = 10;

/** The retry is sent at a random moment within this time, so that calls that failed together do not return together. */
const jitterMs = 200;

/**
 * Makes a call again, once, where that is likely to help and the budget allows it: one retry with full jitter for calls
 * that failed at the network or inside the vendor. Not after a TIMEOUT: the call's time is up. This is the only layer
 * that retries.
 * @param random a number from 0 up to 1
 */
export const createRetry = (clock: Pick<Clock, 'sleep'>, random: () => number) => {
  let tokens = 0;
  return async <Result>(call: () => Promise<Result>): Promise<Result> => {
    tokens = Math.min(mostTokens, tokens + tokensPerCall);
    try {
      return await call();
    } catch (error) {
      // A tenth added ten times is a little less than one.
      if (!isWorthRetrying(error) || tokens < 1 - Number.EPSILON * 10) throw error;
      tokens -= 1;
      await clock.sleep(random() * jitterMs);
      return call();
    }
  };
};

/** Not when the vendor asked for time, or was not asked at all. */
const isWorthRetrying = (error: unknown): boolean =>
  error instanceof LookupError &&
  error.code === 'UNAVAILABLE' &&
  error.details.retryAfterMs === undefined &&
  error.details.reason?.kind !== 'circuit-open';
