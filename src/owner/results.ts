import { type Answer, type Content, toSettledAnswer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { isRetryable, LookupError, toRedacted } from '../domain/errors.ts';
import type { Subject } from '../exchange/exchange.ts';
import type { Operation, Publisher } from './owner.ts';
import type { RecentAnswers } from './recent-answers.ts';
import type { Refused, Scheduler } from './scheduler.ts';

/** Settles, remembers and publishes what calls bring. */
export interface Results {
  /**
   * @param content null: the vendor knows no such task
   * @param stored the stored answer, if there is one that this process did not fetch
   * @param at when the vendor answered, by `Clock.elapsed`
   */
  answered(
    operation: Operation,
    subject: Subject,
    content: Content | null,
    stored: Answer | undefined,
    at: number,
  ): void;
  /** @param error anything thrown: what is no LookupError is a bug */
  failed(subjects: readonly Subject[], error: unknown): void;
  refused(refused: Refused): void;
}

export interface ResultsOptions {
  readonly publisher: Publisher;
  readonly recent: RecentAnswers;
  readonly scheduler: Pick<Scheduler, 'remove'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly redact: (text: string) => string;
  readonly onBug: (error: unknown) => void;
  /** Whether the vendor itself has asked for a pause that is not over. */
  readonly isVendorPause: () => boolean;
}

/** A call that failed is not made again before this, in ms: soon if trying again may help, later if not. */
const shortestRestMs = 1_000;
const futileRestMs = 10_000;

export const createResults = (options: ResultsOptions): Results => {
  const { publisher, recent, scheduler, clock, redact, onBug, isVendorPause } = options;

  const toError = (error: unknown): LookupError => {
    if (error instanceof LookupError) return toRedacted(error, redact);
    onBug(error);
    return internalError;
  };

  const failed: Results['failed'] = (subjects, thrown) => {
    const error = toError(thrown);
    const restMs = toRestMs(error);
    // An open circuit is not the call's own failure, and may close sooner.
    const isOwn = error.details.reason?.kind !== 'circuit-open';
    for (const subject of subjects) {
      if (isOwn) recent.keepFailure(subject, error, restMs);
      publisher.failure(subject, error, restMs);
    }
  };

  /** What one answer says of other subjects is published if they are wanted, and kept for when they are. */
  const learn = (subject: Subject, content: Content, at: number): void => {
    const answer = toSettledAnswer(recent.last(subject), content, at);
    recent.keepAnswer(subject, answer);
    if (scheduler.remove(subject)) publisher.answer(subject, answer);
  };

  return {
    failed,
    answered: ({ learn: learnFrom }, subject, content, stored, at) => {
      try {
        const answer = toSettledAnswer(toNewest(recent.last(subject), stored), content, at);
        recent.keepAnswer(subject, answer);
        publisher.answer(subject, answer);
        if (!content || !learnFrom) return;
        for (const [other, otherContent] of learnFrom(content)) learn(other, otherContent, clock.elapsed());
      } catch (error) {
        failed([subject], error);
      }
    },
    refused: ({ replica, subject, retryAfterMs }) => {
      publisher.refusal(replica, subject, toRefusal(isVendorPause() ? vendorPause : ownQuota, retryAfterMs));
    },
  };
};

const toNewest = (left: Answer | undefined, right: Answer | undefined): Answer | undefined =>
  left && right ? (left.checkedAt >= right.checkedAt ? left : right) : (left ?? right);

const toRestMs = ({ code, details }: LookupError): number =>
  isRetryable(code) ? Math.max(shortestRestMs, details.retryAfterMs ?? 0) : futileRestMs;

const ownQuota = {
  kind: 'own-quota',
  message: "The account's quota is taken up until the deadline.",
} as const;
const vendorPause = {
  kind: 'vendor-pause',
  message: 'The vendor asked for a pause that lasts beyond the deadline.',
} as const;

const toRefusal = (
  { kind, message }: typeof ownQuota | typeof vendorPause,
  retryAfterMs: number,
): LookupError =>
  new LookupError('RATE_LIMITED', message, { retryAfterMs: Math.ceil(retryAfterMs), reason: { kind } });

const internalError = new LookupError('UNAVAILABLE', 'Internal error.');
