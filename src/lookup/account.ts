import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';
import type { Call, FetchTask } from '../provider.ts';
import type { Snapshot } from '../task.ts';
import type { TaskRef } from '../task-id.ts';
import { createBreaker } from './breaker.ts';
import type { QuotaGate } from './quota.ts';
import { createRetry } from './retry.ts';
import type { VendorClock } from './skew.ts';

/** What one question may cost. */
export interface Terms {
  /** When the answer must be there, in ms since 1970. */
  readonly deadline: number;
  /** How long it may wait for a slot of the quota. */
  readonly maxWaitMs: number;
  /** Called when the question leaves for the vendor. */
  readonly onDeparture?: () => void;
}

/** Sends one question to the vendor. */
export type Send<Answer> = (call: Call) => Promise<Answer>;

/** One account at one vendor, asked politely. */
export interface Account {
  readonly breakerState: MediaTaskBreakerState;
  /** Asks the vendor about a task; null when it knows no such task. @throws LookupError */
  ask(ref: TaskRef, terms: Terms): Promise<Snapshot | null>;
  /** Asks the vendor anything, in the same order of things. @throws LookupError, and what `send` throws */
  call<Answer>(send: Send<Answer>, terms: Terms): Promise<Answer>;
}

export interface AccountParts {
  readonly fetchTask: FetchTask;
  readonly gate: QuotaGate;
  readonly vendorClock: VendorClock;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A vendor that throttles without saying for how long is left alone for the span its limit is measured in. */
const throttlePauseMs = 1_000;

/** Wrong credentials are tried once in this time: each try can count against the account. */
const denialMs = 60_000;

/** The way of a question to its vendor: breaker, retry, quota, and the vendor's own clock. */
export const createAccount = ({ fetchTask, gate, vendorClock, clock, random }: AccountParts): Account => {
  const breaker = createBreaker();
  const retry = createRetry(clock, random);

  const sendInSlot = async <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> => {
    const { deadline, maxWaitMs, onDeparture } = terms;
    const onSent = await gate.pass(Math.min(maxWaitMs, deadline - clock.now()));
    onDeparture?.();
    try {
      return await send({ signal: AbortSignal.timeout(Math.max(0, deadline - clock.now())), onSent });
    } finally {
      onSent();
    }
  };

  const sendAtVendorTime = async <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> => {
    try {
      return await sendInSlot(send, terms);
    } catch (error) {
      const vendorTime = error instanceof LookupError ? error.details.vendorTime : undefined;
      if (vendorTime === undefined || !vendorClock.learn(vendorTime)) throw error;
      return sendInSlot(send, terms);
    }
  };

  const attempt = async <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> => {
    try {
      return await sendAtVendorTime(send, terms);
    } catch (error) {
      if (error instanceof LookupError) heed(error);
      throw error;
    }
  };

  const heed = (error: LookupError): void => {
    const { retryAfterMs, ownQuota, wrongCredentials } = error.details;
    if (error.code === 'RATE_LIMITED' && !ownQuota) gate.pause(retryAfterMs ?? throttlePauseMs);
    else if (error.code === 'UNAVAILABLE' && retryAfterMs !== undefined) gate.pause(retryAfterMs);
    else if (wrongCredentials) gate.deny(error, denialMs);
  };

  const call = <Answer>(send: Send<Answer>, terms: Terms): Promise<Answer> =>
    breaker.run(() => retry(() => attempt(send, terms)));

  return {
    get breakerState() {
      return breaker.state;
    },
    call,
    ask: ({ key }, terms) => call((request) => fetchTask(key, request), terms),
  };
};
