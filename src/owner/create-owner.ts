import { LRUCache } from 'lru-cache';
import { type Answer, type Content, estimateBytes, toSettledAnswer } from '../domain/answer.ts';
import { isRetryable, LookupError, toRedacted, toSpanText } from '../domain/errors.ts';
import { freshUntil } from '../domain/freshness.ts';
import type { Quota } from '../domain/provider.ts';
import { type Subject, toSubjectKey, type Want } from '../exchange/exchange.ts';
import { type CallEnd, createCalls } from './calls.ts';
import type { Owner, OwnerOptions } from './owner.ts';
import { createDispatcher, createRateLimiter } from './rate-limiter.ts';
import { createScheduler, type Refused } from './scheduler.ts';
import { isUnknownTask } from './vendor-call.ts';
import { createCircuitBreaker, createCredentialCheck, isWrongCredentials } from './vendor-state.ts';

/** What the last call for a subject has brought, for replicas that have not received it. */
interface Outcome {
  readonly answer: Answer | undefined;
  readonly failed?: { readonly error: LookupError; readonly until: number };
}

/** Bounds the memory of outcomes. Answers share their content with the lookups of this process. */
const mostBytes = 32 * 2 ** 20;

/** Ages are rounded on their way between processes. */
const roundingMs = 1;

/** A call that failed is not made again before this, in ms: soon if trying again may help, later if not. */
const shortestRestMs = 1_000;
const futileRestMs = 10_000;

/** A vendor that throttles without saying for how long is not called for the span that its limit is measured in. */
const throttleHoldMs = 1_000;

type RefusalKind = 'own-quota' | 'fair-share' | 'vendor-pause' | 'vendor-throttle';

/** Puts the owner of one account together. */
export const createOwner = (options: OwnerOptions): Owner => {
  const { quota, publisher, clock, redact, onBug, emit = () => {} } = options;
  const limiter = createRateLimiter(quota, clock);
  const breaker = createCircuitBreaker(clock, emit);
  const credentials = createCredentialCheck(clock);
  const outcomes = new LRUCache<string, Outcome>({
    maxSize: mostBytes,
    sizeCalculation: ({ answer }) => estimateBytes(answer?.content),
  });
  const operations = new Map(options.operations.map((operation) => [operation.typename, operation]));
  const scheduler = createScheduler({
    limiter,
    clock,
    maxBatchOf: (typename) => operations.get(typename)?.maxBatch ?? 1,
  });
  /** The pause that the vendor has asked for, or that follows from its throttling. */
  let pause = { until: Number.NEGATIVE_INFINITY, isAsked: false };
  /** Until when a predecessor's calls are waited for, by subject. */
  const elsewhere = new Map<string, number>();
  let hasShare = true;
  let lastSuccessAt: number | undefined;
  const mayCall = (): boolean => hasShare && options.mayCall();

  const lastAnswer = (subject: Subject): Answer | undefined => outcomes.get(toSubjectKey(subject))?.answer;
  const keep = (subject: Subject, answer: Answer): void => {
    outcomes.set(toSubjectKey(subject), { answer });
  };

  const pauseMs = (): number => Math.max(0, pause.until - clock.elapsed());
  const pauseFor = (ms: number, isAsked: boolean): void => {
    const until = clock.elapsed() + ms;
    if (until > pause.until) pause = { until, isAsked };
    limiter.hold(ms);
  };

  const toError = (error: unknown): LookupError => {
    if (!(error instanceof LookupError)) {
      onBug(error);
      return internalError;
    }
    const { code, message, details } = toRedacted(error, redact);
    const reason =
      details.reason ?? (code === 'RATE_LIMITED' ? { kind: 'vendor-throttle' as const } : undefined);
    return new LookupError(code, message, { ...details, reason });
  };

  const failed = (subjects: readonly Subject[], thrown: unknown): void => {
    const error = toError(thrown);
    const restMs = toRestMs(error);
    // An open circuit is not the call's own failure, and may close sooner.
    const isOwn = error.details.reason?.kind !== 'circuit-open';
    for (const subject of subjects) {
      const until = clock.elapsed() + restMs;
      if (isOwn)
        outcomes.set(toSubjectKey(subject), { answer: lastAnswer(subject), failed: { error, until } });
      publisher.failure(subject, error, restMs);
    }
  };

  const refuse = ({ replica, subject, retryAfterMs, overShare, trace }: Refused): void => {
    const waiting = scheduler.dueCold + scheduler.dueHot;
    const ownKind: RefusalKind = overShare === undefined ? 'own-quota' : 'fair-share';
    const vendorKind: RefusalKind = pause.isAsked ? 'vendor-pause' : 'vendor-throttle';
    const kind = pauseMs() > 0 ? vendorKind : ownKind;
    const cause = {
      'own-quota': `The quota of ${toQuotaText(quota)} is used up: ${waiting} tasks wait`,
      'fair-share': `The caller's share of the quota of ${toQuotaText(quota)} is used up: ${overShare} of its tasks wait`,
      'vendor-pause': 'The vendor asked for a pause',
      'vendor-throttle': 'The vendor throttles the account',
    }[kind];
    const message = `${cause}, the next free call is in ${toSpanText(retryAfterMs)}.`;
    const details = { retryAfterMs: Math.ceil(retryAfterMs), reason: { kind } } as const;
    emit({ kind: 'permit-refused', reason: kind, message, retryAfterMs, waiting, quota, trace });
    publisher.refusal(replica, subject, new LookupError('RATE_LIMITED', message, details));
  };

  const credentialsRefused = (subjects: readonly Subject[], error: LookupError): void => {
    const denial = toRedacted(error, redact);
    if (credentials.denial) {
      failed(subjects, denial);
      return;
    }
    // The account is another replica's by now, or goes to one: these are wanted again there.
    if (!mayCall()) return;
    if (publisher.credentialsRefused(denial)) {
      credentials.pause();
      return;
    }
    credentials.deny(denial);
    failed([...subjects, ...scheduler.drop('all')], denial);
  };

  const answered = (
    subject: Subject,
    content: Content | null,
    last: Answer | undefined,
    at: number,
  ): Answer => {
    const answer = toSettledAnswer(last, content, at);
    keep(subject, answer);
    return answer;
  };

  const publish = (subject: Subject, end: Extract<CallEnd, { readonly at: number }>): void => {
    const { operation, contents, stored, at } = end;
    const content = contents.get(subject.id) ?? null;
    const newest = toNewest(lastAnswer(subject), stored.get(toSubjectKey(subject)));
    publisher.answer(subject, answered(subject, content, newest, at));
    if (!content) return;
    // What it says of other subjects is published if they are wanted, and kept for when they are.
    for (const [other, otherContent] of operation.learn?.(content) ?? []) {
      const answer = answered(other, otherContent, lastAnswer(other), at);
      if (scheduler.remove(other)) publisher.answer(other, answer);
    }
  };

  const onEnd = (subjects: readonly Subject[], end: CallEnd): void => {
    if ('error' in end) {
      if (isUnknownTask(end.error)) lastSuccessAt = clock.elapsed();
      if (isWrongCredentials(end.error)) credentialsRefused(subjects, end.error);
      else failed(subjects, end.error);
      return;
    }
    lastSuccessAt = end.at;
    for (const subject of subjects) {
      try {
        publish(subject, end);
      } catch (error) {
        failed([subject], error);
      }
    }
  };

  const { acquire, wake } = createDispatcher({
    limiter,
    clock,
    mayCall,
    onBug,
    /** Those who wait learn at once what cannot be served. */
    prepare: () => {
      const { refusal } = breaker;
      if (refusal && scheduler.dueCold > 0) failed(scheduler.drop('cold'), refusal);
      for (const refused of [...calls.takeRefused(), ...scheduler.takeRefused()]) refuse(refused);
      return scheduler.nextRefusalInMs;
    },
    startableInMs: () => {
      if (!scheduler.isDue) return scheduler.nextDueInMs;
      // While one call finds out, its end decides.
      if (breaker.state === 'HALF_OPEN') return Number.POSITIVE_INFINITY;
      return breaker.refusal?.details.retryAfterMs ?? credentials.waitMs;
    },
    start: (permit) => calls.start(scheduler.take(), permit),
  });

  const calls = createCalls({
    ...options,
    operations,
    mayCall,
    limiter,
    breaker,
    credentials,
    acquire,
    lastAnswer,
    onVendorError: ({ code, details: { retryAfterMs } }) => {
      if (code === 'RATE_LIMITED') pauseFor(retryAfterMs ?? throttleHoldMs, retryAfterMs !== undefined);
      else if (code === 'UNAVAILABLE' && retryAfterMs !== undefined) pauseFor(retryAfterMs, true);
    },
    onEnd,
    onIdle: wake,
  });

  const stop = (): void => {
    hasShare = false;
    limiter.setShare(0);
    scheduler.drop('all');
    calls.giveUpUnsent();
  };

  /** What is known without a call. @returns whether that is all there is to do */
  const answerAtOnce = (want: Want, subject: Subject, replica: string): boolean => {
    const now = clock.elapsed();
    const answer = lastAnswer(subject);
    const knownAt = now - (want.knownAgeMs ?? Number.POSITIVE_INFINITY);
    const isNewer = answer && freshUntil(answer, clock) > now && answer.checkedAt > knownAt + roundingMs;
    if (isNewer) {
      publisher.answer(subject, answer);
      return true;
    }
    if (calls.join(want, replica)) {
      // It may wait in vain, if the call has lost its permit.
      wake();
      return true;
    }
    const { denial } = credentials;
    if (denial) failed([subject], denial);
    return denial !== undefined;
  };

  /** A call that is not to be made yet: it has failed lately, or a predecessor makes it. */
  const postpone = (want: Want, subject: Subject): Want | undefined => {
    const key = toSubjectKey(subject);
    const now = clock.elapsed();
    const failure = outcomes.get(key)?.failed;
    const failureMs = Math.max(0, (failure?.until ?? 0) - now);
    const restMs = Math.max(failureMs, (elsewhere.get(key) ?? 0) - now);
    if (restMs <= 0) return want;
    if (want.patienceMs === 0) return { ...want, dueInMs: Math.max(want.dueInMs, restMs) };
    if (failure && failureMs > 0) publisher.failure(subject, failure.error, failureMs);
    return undefined;
  };

  return {
    want: (want, replica) => {
      const subject = { typename: want.typename, id: want.id };
      if (!hasShare || !operations.has(want.typename) || answerAtOnce(want, subject, replica)) return;
      const due = postpone(want, subject);
      if (!due) return;
      const refused = scheduler.want(due, replica);
      if (refused) refuse(refused);
      wake();
    },
    setShare: (share) => {
      if (share === 0) {
        stop();
        return;
      }
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
        vendorPauseMs: pauseMs(),
        credentialsAccepted: credentials.isAccepted,
        breaker: breaker.handOver(),
        underWay: calls.sent,
      };
      stop();
      return state;
    },
    takeOver: (state) => {
      limiter.hold(state.nextPermitInMs);
      pauseFor(state.vendorPauseMs, true);
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
      keep(subject, answer);
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
        backlog: dueHot + dueCold,
        callsInLastSecond: calls.sentInLastSecond,
        ...(lastSuccessAt !== undefined && { lastSuccessAgeMs: clock.elapsed() - lastSuccessAt }),
      };
    },
  };
};

const toNewest = (left: Answer | undefined, right: Answer | undefined): Answer | undefined =>
  left && right ? (left.checkedAt >= right.checkedAt ? left : right) : (left ?? right);

const toRestMs = ({ code, details }: LookupError): number =>
  isRetryable(code) ? Math.max(shortestRestMs, details.retryAfterMs ?? 0) : futileRestMs;

const internalError = new LookupError('UNAVAILABLE', 'Internal error.');

const toQuotaText = ({ calls, perMs }: Quota): string =>
  `${calls} calls ${perMs === 1_000 ? 'a second' : `in ${toSpanText(perMs)}`}`;
