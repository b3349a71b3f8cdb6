import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import type { Key } from '../domain/provider.ts';
import type { Snapshot } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';
import { createBreaker } from './breaker.ts';
import type { QuotaGate } from './quota.ts';
import { createRetry } from './retry.ts';
import type { VendorClock } from './skew.ts';
import { createTrial, type Trials } from './trial.ts';

/** What one question may cost. */
export interface Terms {
  /** When the answer must be there, in ms since 1970. */
  readonly deadline: number;
  /** How long it may wait for a slot of the quota. */
  readonly maxWaitMs: number;
  /** Called when the question leaves for the vendor. */
  readonly onDeparture?: () => void;
}

/** What a call is bound to. */
export interface Call {
  readonly signal: AbortSignal;
  readonly leave?: (() => Promise<void>) | undefined;
}

export type FetchTask = (key: Key, call: Call) => Promise<Snapshot | null>;

/** Sends one question to the vendor. */
export type Send<Answer> = (call: Call) => Promise<Answer>;

/** One account at one vendor, asked politely. */
export interface Account {
  readonly breakerState: MediaTaskBreakerState;
  /** Asks the vendor about a task; null when it knows no such task. @throws LookupError */
  ask(ref: TaskRef, terms: Terms): Promise<Snapshot | null>;
  /** In how many milliseconds a question on these terms can have a slot; 0 as far as is known here. */
  fullForMs(terms: Terms): number;
  /** Asks the vendor anything, in the same order of things. @throws LookupError, and what `send` throws */
  call<Answer>(send: Send<Answer>, terms: Terms): Promise<Answer>;
}

export interface AccountParts {
  readonly fetchTask: FetchTask;
  readonly gate: QuotaGate;
  readonly vendorClock: VendorClock;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where replicas take turns to try credentials. */
  readonly trials?: Trials | undefined;
}

/** A vendor that throttles without saying for how long is left alone for the span its limit is measured in. */
const throttlePauseMs = 1_000;

/** Wrong credentials are tried once in this time: each try can count against the account. */
const denialMs = 60_000;

/** The way of a question to its vendor: retry, the vendor's own clock, quota, trial and breaker. */
export const createAccount = ({
  fetchTask,
  gate,
  vendorClock,
  clock,
  random,
  trials,
}: AccountParts): Account => {
  const breaker = createBreaker();
  const retry = createRetry(clock, random);
  const trial = createTrial(clock, trials);

  /** What the vendor's own refusal asks for. */
  const heed = (error: LookupError): void => {
    const { code, details } = error;
    const { retryAfterMs, reason } = details;
    if (code === 'RATE_LIMITED') gate.pause(retryAfterMs ?? throttlePauseMs);
    else if (code === 'UNAVAILABLE' && retryAfterMs !== undefined) gate.pause(retryAfterMs);
    else if (reason?.kind === 'wrong-credentials') gate.deny(error, denialMs);
  };

  const askVendor = async <Answer>(send: Send<Answer>, call: Call): Promise<Answer> => {
    try {
      return await send(call);
    } catch (error) {
      if (error instanceof LookupError) heed(error);
      throw error;
    }
  };

  const sendInTime = async <Answer>(send: Send<Answer>, deadline: number, leave: () => Promise<void>) => {
    const restMs = deadline - clock.now();
    if (restMs <= 0) throw new LookupError('TIMEOUT', 'There was no time left to ask the vendor.');
    const call = { signal: AbortSignal.timeout(restMs), leave: () => leave().catch(throwTooSlow) };
    return breaker.run(() => askVendor(send, call));
  };

  const sendInSlot = async <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> => {
    const { deadline, maxWaitMs, onDeparture } = terms;
    const latest = Math.min(clock.now() + maxWaitMs, deadline);
    breaker.check();
    const leave = await gate.pass(latest - clock.now());
    for (;;) {
      breaker.check();
      const outcome = await trial.run(() => {
        onDeparture?.();
        return sendInTime(send, deadline, leave);
      }, deadline);
      if (outcome) return outcome.answer;
      await leave();
    }
  };

  /** A call that was signed before the vendor's time was learnt, by whomever, is signed again, once. */
  const sendAtVendorTime = async <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> => {
    const believedMs = vendorClock.offsetMs;
    try {
      return await sendInSlot(send, terms);
    } catch (error) {
      const reason = error instanceof LookupError ? error.details.reason : undefined;
      if (reason?.kind !== 'wrong-time') throw error;
      vendorClock.learn(reason.vendorTime);
      if (vendorClock.offsetMs === believedMs) throw error;
      return sendInSlot(send, terms);
    }
  };

  const call = <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> =>
    retry(() => sendAtVendorTime(send, terms));

  return {
    get breakerState() {
      return breaker.state;
    },
    call,
    fullForMs: ({ deadline, maxWaitMs }) => gate.fullForMs(Math.min(maxWaitMs, deadline - clock.now())),
    ask: ({ key }, terms) => call((request) => fetchTask(key, request), terms),
  };
};

/** A vendor that takes so long to connect to that our place in the quota is gone is as good as one that does not answer. */
const throwTooSlow = (error: unknown): never => {
  const isQuota = error instanceof LookupError && error.details.reason?.kind === 'own-quota';
  throw isQuota ? new LookupError('TIMEOUT', 'Connecting to the vendor took too long.') : error;
};
