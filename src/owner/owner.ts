import type { Answer, Content } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { type LookupError, toRedacted } from '../domain/errors.ts';
import type { Call, Quota, Reply, VendorRequest } from '../domain/provider.ts';
import type { AccountStatus, Subject, Want } from '../exchange/exchange.ts';
import { createCalls } from './calls.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createCredentialCheck } from './credential-check.ts';
import { createDispatcher } from './dispatcher.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createRecentAnswers } from './recent-answers.ts';
import { createResults } from './results.ts';
import { createScheduler } from './scheduler.ts';
import { toSubjectKey } from './subject-key.ts';
import type { VendorClock } from './vendor-clock.ts';

/** One kind of question that the account's vendor answers: for its tasks, or for jobs. */
export interface Operation {
  /** The type of the schema. */
  readonly typename: string;
  /** The most ids in one call; 1 for tasks. */
  readonly maxBatch: number;
  /**
   * Asks the vendor. Ids that are absent from the answer are unknown to it.
   * @throws LookupError
   */
  fetch(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Content>>;
  /** What else an answer tells: the jobs in a task, as subjects with their contents. */
  readonly learn?: (content: Content) => Iterable<readonly [Subject, Content]>;
}

/** Where the owner's results go. Errors are already redacted. */
export interface Publisher {
  answer(subject: Subject, answer: Answer): void;
  failure(subject: Subject, error: LookupError, restMs: number): void;
  /** @param replica the one whose want it was */
  refusal(replica: string, subject: Subject, error: LookupError): void;
  /**
   * The vendor refuses these credentials.
   * @returns whether the account goes to a replica with other credentials; if not, everybody is told the error
   */
  credentialsRefused(error: LookupError): boolean;
}

/** What a successor needs to go on at once. Plain JSON; times are spans in ms, counted from when it was taken. */
export interface HandOver {
  /** When the next call may be made. Finite: JSON knows nothing else. */
  readonly nextPermitInMs: number;
  /** For how long the vendor itself wants no call; 0 when it has not asked for a pause. */
  readonly vendorPauseMs: number;
  readonly credentialsAccepted: boolean;
  /** How far the vendor's clock is ahead of this process's time of day is not passed on: it belongs to the process. */
  readonly breaker: { readonly openForMs: number; readonly opened: number };
  /** Calls that the predecessor has sent and whose answers it will push itself; after so many ms it will not. */
  readonly underWay: readonly (Subject & { readonly forMs: number })[];
}

export interface OwnerOptions {
  readonly operations: readonly Operation[];
  readonly quota: Quota;
  /** Sends a provider's request, as HttpClient.get. */
  readonly get: (
    request: VendorRequest & { readonly signal: AbortSignal; readonly confirm?: () => Promise<void> },
  ) => Promise<Reply>;
  /** Whether this process may call the vendor, looked at in the turn in which a request is written. */
  readonly mayCall: () => boolean;
  readonly publisher: Publisher;
  /** The stored answer, for a task that a replica knows and this process does not. Never rejects. */
  readonly read: (subject: Subject) => Promise<Answer | undefined>;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** How long one call may take, in ms. */
  readonly deadlineMs: number;
  readonly redact: (text: string) => string;
  /** The vendor's time of day: learnt here, used by the provider to sign. */
  readonly vendorClock: VendorClock;
  /** Anything thrown that is no LookupError. Those who wait get UNAVAILABLE, "Internal error." */
  readonly onBug: (error: unknown) => void;
}

/** Makes the calls of one account, for all replicas or for this process alone. */
export interface Owner {
  /** @param replica whose want it is: refusals go there */
  want(want: Want, replica: string): void;
  /** From 0 (no calls: what waits is forgotten, as it will be wanted again elsewhere) to 1 (the whole quota). */
  setShare(share: number): void;
  /** No call within so many milliseconds: a predecessor's may still count at the vendor. */
  hold(ms: number): void;
  /** Stops making calls. Those already sent go on, and are published when they end. */
  handOver(): HandOver;
  takeOver(state: HandOver): void;
  /**
   * A call that a predecessor had under way has ended, and has been published by it.
   * @param answer absent: it failed
   */
  settled(subject: Subject, answer?: Answer): void;
  /** Resolves when no call is under way. */
  drain(): Promise<void>;
  readonly status: AccountStatus;
}

export const createOwner = (options: OwnerOptions): Owner => {
  const { operations, quota, publisher, clock, redact, onBug } = options;
  const limiter = createRateLimiter(quota, clock);
  const breaker = createCircuitBreaker(clock);
  const credentials = createCredentialCheck(clock);
  const recent = createRecentAnswers(clock);
  const maxBatches = new Map(operations.map(({ typename, maxBatch }) => [typename, maxBatch]));
  const maxBatchOf = (typename: string): number => maxBatches.get(typename) ?? 1;
  const scheduler = createScheduler({ limiter, clock, maxBatchOf });
  let vendorPauseUntil = Number.NEGATIVE_INFINITY;
  const vendorPauseMs = (): number => Math.max(0, vendorPauseUntil - clock.elapsed());
  const pauseForVendor = (ms: number): void => {
    vendorPauseUntil = Math.max(vendorPauseUntil, clock.elapsed() + ms);
    limiter.hold(ms);
  };
  const isVendorPause = (): boolean => vendorPauseMs() > 0;
  const results = createResults({ publisher, recent, scheduler, clock, redact, onBug, isVendorPause });
  /** Until when a predecessor's calls are waited for, by subject. */
  const elsewhere = new Map<string, number>();
  let hasShare = true;
  const mayCall = (): boolean => hasShare && options.mayCall();

  const onWrongCredentials = (subjects: readonly Subject[], error: LookupError): void => {
    const denial = toRedacted(error, redact);
    if (credentials.denial) {
      results.failed(subjects, denial);
      return;
    }
    // The account is another replica's by now, or goes to one: these are wanted again there.
    if (!mayCall()) return;
    if (publisher.credentialsRefused(denial)) {
      credentials.pause();
      return;
    }
    credentials.deny(denial);
    results.failed([...subjects, ...scheduler.drop('all')], denial);
  };

  /** Those who wait learn at once what cannot be served. */
  const prepare = (): number => {
    const { refusal } = breaker;
    if (refusal && scheduler.dueCold > 0) results.failed(scheduler.drop('cold'), refusal);
    for (const refused of scheduler.takeRefused()) results.refused(refused);
    return scheduler.nextRefusalInMs;
  };

  const startableInMs = (): number => {
    if (!scheduler.isDue) return scheduler.nextDueInMs;
    const { refusal } = breaker;
    // While one call finds out, its end decides.
    if (breaker.state === 'HALF_OPEN') return Number.POSITIVE_INFINITY;
    if (refusal) return refusal.details.retryAfterMs ?? 0;
    return credentials.mayCall ? 0 : credentials.waitMs;
  };

  const dispatcher = createDispatcher({
    limiter,
    clock,
    mayCall,
    prepare,
    startableInMs,
    start: (permit) => calls.start(scheduler.take(), permit),
    onBug,
  });
  const { acquire, wake } = dispatcher;
  const calls = createCalls({
    ...options,
    mayCall,
    limiter,
    breaker,
    credentials,
    recent,
    results,
    acquire,
    onVendorPause: pauseForVendor,
    onWrongCredentials,
    onEnd: wake,
  });

  const stop = (): void => {
    hasShare = false;
    limiter.setShare(0);
    scheduler.drop('all');
    calls.giveUpUnsent();
  };

  /** What is known without a call. @returns whether that is all there is to do */
  const answerAtOnce = (want: Want, subject: Subject): boolean => {
    const news = recent.news(subject, want.knownAgeMs);
    if (news) publisher.answer(subject, news);
    if (news || calls.isUnderWay(subject)) return true;
    const { denial } = credentials;
    if (denial) results.failed([subject], denial);
    return denial !== undefined;
  };

  /** A call that is not to be made yet: it has failed lately, or a predecessor makes it. */
  const postpone = (want: Want, subject: Subject): Want | undefined => {
    const failure = recent.failure(subject);
    const elsewhereMs = (elsewhere.get(toSubjectKey(subject)) ?? 0) - clock.elapsed();
    const restMs = Math.max(failure?.restMs ?? 0, elsewhereMs, 0);
    if (restMs === 0) return want;
    if (want.patienceMs === 0) return { ...want, dueInMs: Math.max(want.dueInMs, restMs) };
    if (failure) publisher.failure(subject, failure.error, failure.restMs);
    return undefined;
  };

  return {
    want: (want, replica) => {
      const subject = { typename: want.typename, id: want.id };
      if (!hasShare || !maxBatches.has(want.typename) || answerAtOnce(want, subject)) return;
      const due = postpone(want, subject);
      if (!due) return;
      const refused = scheduler.want(due, replica);
      if (refused) results.refused(refused);
      wake();
    },
    setShare: (share) => {
      if (share === 0) return stop();
      hasShare = true;
      limiter.setShare(share);
      wake();
    },
    hold: (ms) => {
      limiter.hold(ms);
      wake();
    },
    handOver: () => {
      const state = {
        nextPermitInMs: limiter.successorInMs,
        vendorPauseMs: vendorPauseMs(),
        credentialsAccepted: credentials.isAccepted,
        breaker: breaker.handOver(),
        underWay: calls.sent,
      };
      stop();
      return state;
    },
    takeOver: (state) => {
      limiter.hold(state.nextPermitInMs);
      pauseForVendor(state.vendorPauseMs);
      breaker.takeOver(state.breaker);
      if (state.credentialsAccepted) credentials.accept();
      elsewhere.clear();
      for (const { forMs, ...subject } of state.underWay)
        elsewhere.set(toSubjectKey(subject), clock.elapsed() + forMs);
      wake();
    },
    settled: (subject, answer) => {
      elsewhere.delete(toSubjectKey(subject));
      if (!answer) return;
      recent.keepAnswer(subject, answer);
      scheduler.remove(subject);
    },
    drain: calls.drain,
    get status() {
      const toMs = (count: number): number => (count === 0 ? 0 : count * limiter.spacingMs);
      const { dueHot, dueCold } = scheduler;
      return {
        breaker: breaker.state,
        renewalBacklogMs: toMs(dueHot),
        backlogMs: toMs(dueHot + dueCold),
      };
    },
  };
};
