import { LRUCache } from 'lru-cache';
import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import type { LookupError } from '../domain/errors.ts';
import { freshUntil } from '../domain/freshness.ts';
import { type Subject, toSubjectKey } from '../exchange/exchange.ts';

/** A call's failure, and for how many more milliseconds it is not made again. */
export interface RecentFailure {
  readonly error: LookupError;
  readonly restMs: number;
}

/** What the owner's calls have brought lately, for replicas that have not received it. */
export interface RecentAnswers {
  /** The last answer, however old. */
  last(subject: Subject): Answer | undefined;
  /**
   * An answer that is still fresh and newer than what the replica has.
   * @param knownAgeMs the age of what the replica has; absent: it has nothing
   */
  newer(subject: Subject, knownAgeMs: number | undefined): Answer | undefined;
  /** The failure of the last call, while it is not to be made again. */
  failure(subject: Subject): RecentFailure | undefined;
  keepAnswer(subject: Subject, answer: Answer): void;
  keepFailure(subject: Subject, error: LookupError, restMs: number): void;
}

/** Bounds memory: an answer takes about 1 to 3 kB. */
const mostKept = 20_000;

/** Ages are rounded on their way between processes. */
const roundingMs = 1;

interface Outcome {
  readonly answer: Answer | undefined;
  readonly failed?: { readonly error: LookupError; readonly until: number };
}

export const createRecentAnswers = (clock: Clock): RecentAnswers => {
  const outcomes = new LRUCache<string, Outcome>({ max: mostKept });
  const last = (subject: Subject): Answer | undefined => outcomes.get(toSubjectKey(subject))?.answer;
  return {
    last,
    newer: (subject, knownAgeMs) => {
      const answer = last(subject);
      const now = clock.elapsed();
      if (!answer || freshUntil(answer, clock) <= now) return undefined;
      const isNewer = knownAgeMs === undefined || answer.checkedAt > now - knownAgeMs + roundingMs;
      return isNewer ? answer : undefined;
    },
    failure: (subject) => {
      const failed = outcomes.get(toSubjectKey(subject))?.failed;
      const restMs = failed ? failed.until - clock.elapsed() : 0;
      return failed && restMs > 0 ? { error: failed.error, restMs } : undefined;
    },
    keepAnswer: (subject, answer) => {
      outcomes.set(toSubjectKey(subject), { answer });
    },
    keepFailure: (subject, error, restMs) => {
      const failed = { error, until: clock.elapsed() + restMs };
      outcomes.set(toSubjectKey(subject), { answer: last(subject), failed });
    },
  };
};
