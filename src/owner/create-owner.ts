import { type LookupError, toRedacted } from '../domain/errors.ts';
import { type Subject, toSubjectKey, type Want } from '../exchange/exchange.ts';
import { createCalls } from './calls.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createCredentialCheck } from './credential-check.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Owner, OwnerOptions } from './owner.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createRecentAnswers } from './recent-answers.ts';
import { createResults } from './results.ts';
import { createScheduler } from './scheduler.ts';

/** Puts the owner of one account together. */
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
    const newer = recent.newer(subject, want.knownAgeMs);
    if (newer) publisher.answer(subject, newer);
    if (newer || calls.isUnderWay(subject)) return true;
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
