import type { Answer, Content } from '../domain/answer.ts';
import { LookupError } from '../domain/errors.ts';
import type { Call } from '../domain/provider.ts';
import { type Subject, toSubjectKey } from '../exchange/exchange.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { CredentialCheck } from './credential-check.ts';
import { isWrongCredentials } from './credential-check.ts';
import type { HandOver, OwnerOptions } from './owner.ts';
import type { Permit, RateLimiter } from './rate-limiter.ts';
import type { RecentAnswers } from './recent-answers.ts';
import type { Results } from './results.ts';
import { createRetry } from './retry.ts';
import type { Scheduled } from './scheduler.ts';
import { createVendorCall, isGivenUp, type VendorCall } from './vendor-call.ts';

/** Makes calls, each through credential check, retry, the vendor's clock and circuit breaker, and hands on what they bring. */
export interface Calls {
  /** @param scheduled what the call asks for: subjects of one type */
  start(scheduled: readonly Scheduled[], permit: Permit): void;
  isUnderWay(subject: Subject): boolean;
  /** Those that have been sent. */
  readonly sent: HandOver['underWay'];
  /** Ends those that have not been sent: this process may not call any more. */
  giveUpUnsent(): void;
  /** Resolves when none is under way. */
  drain(): Promise<void>;
}

export interface CallsOptions
  extends Pick<
    OwnerOptions,
    'operations' | 'get' | 'mayCall' | 'read' | 'clock' | 'random' | 'deadlineMs' | 'vendorClock'
  > {
  readonly limiter: Pick<RateLimiter, 'isValid'>;
  readonly breaker: CircuitBreaker;
  readonly credentials: CredentialCheck;
  readonly recent: RecentAnswers;
  readonly results: Results;
  readonly acquire: (signal: AbortSignal) => Promise<Permit>;
  /** The vendor asked for so many milliseconds without a call. */
  readonly onVendorPause: (ms: number) => void;
  /** The vendor refused the credentials in a call for these. */
  readonly onWrongCredentials: (subjects: readonly Subject[], error: LookupError) => void;
  /** A call has ended: others may be started. */
  readonly onEnd: () => void;
}

/** A vendor that throttles without saying for how long is not called for the span that its limit is measured in. */
const throttleHoldMs = 1_000;

/** Ages grow on their way between processes: an answer is missing here only if it is newer by more than this. */
const transitMs = 1_000;

export const createCalls = (options: CallsOptions): Calls => {
  const { operations, read, clock, random, vendorClock, limiter, breaker, credentials, recent, results } =
    options;
  const retry = createRetry(clock, random);
  const operationOf = new Map(operations.map((operation) => [operation.typename, operation]));
  const underWay = new Map<string, { readonly subject: Subject; readonly call: VendorCall }>();
  const running = new Set<Promise<unknown>>();

  /** Unless another call is under way for it by now. */
  const leave = (subjects: readonly Subject[], call: VendorCall): void => {
    for (const subject of subjects) {
      const key = toSubjectKey(subject);
      if (underWay.get(key)?.call === call) underWay.delete(key);
    }
  };

  /** What the vendor's own refusal asks for. */
  const heed = (error: unknown): void => {
    if (!(error instanceof LookupError) || isGivenUp(error)) return;
    const { code, details } = error;
    const { retryAfterMs } = details;
    if (code === 'RATE_LIMITED') options.onVendorPause(retryAfterMs ?? throttleHoldMs);
    else if (code === 'UNAVAILABLE' && retryAfterMs !== undefined) options.onVendorPause(retryAfterMs);
  };

  type Fetch<Result> = (call: Call) => Promise<Result>;

  const send = <Result>(call: VendorCall, fetch: Fetch<Result>): Promise<Result> =>
    breaker.run(async () => {
      try {
        return await call.run(fetch);
      } catch (error) {
        heed(error);
        throw error;
      }
    });

  /** A call that was signed before the vendor's time was learnt, by whichever call, is signed again, once. */
  const sendAtVendorTime = async <Result>(call: VendorCall, fetch: Fetch<Result>): Promise<Result> => {
    const believedMs = vendorClock.offsetMs;
    try {
      return await send(call, fetch);
    } catch (error) {
      const reason = error instanceof LookupError ? error.details.reason : undefined;
      if (reason?.kind !== 'wrong-time') throw error;
      vendorClock.learn(reason.vendorTime);
      if (vendorClock.offsetMs === believedMs) throw error;
      return send(call, fetch);
    }
  };

  /** The stored answers of those that a replica knows better than this process does. */
  const readStored = async (scheduled: readonly Scheduled[]): Promise<ReadonlyMap<string, Answer>> => {
    const stored = new Map<string, Answer>();
    await Promise.all(
      scheduled.map(async ({ subject, knownAt }) => {
        const lastAt = recent.last(subject)?.checkedAt ?? Number.NEGATIVE_INFINITY;
        const answer = knownAt > lastAt + transitMs ? await read(subject) : undefined;
        if (answer) stored.set(toSubjectKey(subject), answer);
      }),
    );
    return stored;
  };

  const fetchContents = async (
    scheduled: readonly Scheduled[],
    call: VendorCall,
  ): Promise<ReadonlyMap<string, Content>> => {
    const ids = scheduled.map(({ subject }) => subject.id);
    const operation = operationOf.get(scheduled[0]?.subject.typename ?? '');
    if (!operation) throw new Error('Nothing can be fetched of this type.');
    const fetch = (bound: Call) => operation.fetch(ids, bound);
    try {
      return await credentials.run(() => retry(() => sendAtVendorTime(call, fetch)));
    } finally {
      options.onEnd();
    }
  };

  const run = async (scheduled: readonly Scheduled[], call: VendorCall): Promise<void> => {
    const subjects = scheduled.map(({ subject }) => subject);
    // Before anything is published: whoever receives it may want the next answer at once.
    const end = (): void => leave(subjects, call);
    try {
      const reading = readStored(scheduled);
      // Awaited after the call: if that fails, nobody needs it.
      reading.catch(() => {});
      const contents = await fetchContents(scheduled, call);
      const at = clock.elapsed();
      const stored = await reading;
      end();
      for (const subject of subjects) {
        const operation = operationOf.get(subject.typename);
        const content = contents.get(subject.id) ?? null;
        if (operation) results.answered(operation, subject, content, stored.get(toSubjectKey(subject)), at);
      }
    } catch (error) {
      end();
      // Whoever may call now is asked again for what was given up.
      if (isGivenUp(error)) return;
      if (isWrongCredentials(error)) options.onWrongCredentials(subjects, error);
      else results.failed(subjects, error);
    }
  };

  return {
    start: (scheduled, permit) => {
      const { isValid } = limiter;
      const call = createVendorCall({ ...options, permit, isValid, findDenial: () => credentials.denial });
      for (const { subject } of scheduled) underWay.set(toSubjectKey(subject), { subject, call });
      const ended = run(scheduled, call).finally(() => running.delete(ended));
      running.add(ended);
    },
    isUnderWay: (subject) => underWay.has(toSubjectKey(subject)),
    get sent() {
      return [...underWay.values()]
        .filter(({ call }) => call.isSent)
        .map(({ subject, call }) => ({ ...subject, forMs: call.restMs }));
    },
    giveUpUnsent: () => {
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
