import type { MediaTaskStatus } from '../generated/model.ts';
import { type Answer, type Content, repeatAfterMs } from './answer.ts';
import type { Clock } from './clock.ts';
import { isFinalStatus } from './task.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const days = 24 * 60 * minutes;

/** A final task does not change. Most vendors delete tasks sooner than this. */
const finalMs = 30 * days;

/**
 * For how long an answer is as good as a new one, in ms.
 *
 * | state     | for     | because                                                                   |
 * | --------- | ------- | ------------------------------------------------------------------------- |
 * | running   | 2 s     | its progress changes by about a percent in this time                      |
 * | queued    | 5 s     | queueing takes longer than a job, and shows no progress                   |
 * | unknown   | 2 s     | the vendor's status may be a temporary one: treated like a running task   |
 * | not found | 10 s    | a wrong id must not use up the quota; a new task still appears soon       |
 * | final     | 30 days | it does not change                                                        |
 */
const freshMs: Readonly<Record<MediaTaskStatus | 'NOT_FOUND', number>> = {
  RUNNING: 2 * seconds,
  QUEUED: 5 * seconds,
  UNKNOWN: 2 * seconds,
  NOT_FOUND: 10 * seconds,
  SUCCEEDED: finalMs,
  PARTIALLY_SUCCEEDED: finalMs,
  FAILED: finalMs,
  CANCELED: finalMs,
};

/** A presigned URL is shown only while it is valid for at least this long. */
const addressMarginMs = 60 * seconds;

/** A URL that arrives almost expired does not shorten freshness below this. */
const shortestMs = 2 * seconds;

/** How old an answer that is not final may be and still be shown, marked stale. */
export const graceMs = 5 * minutes;

/** For how long an answer with this content is as good as a new one, in ms. Null: the vendor knows no such task. */
export const freshMsOf = (content: Content | null): number =>
  freshMs[content ? (content.status ?? 'UNKNOWN') : 'NOT_FOUND'];

/** Until when an answer is fresh, by `Clock.elapsed`. */
export const freshUntil = (answer: Answer, clock: Clock): number => {
  const { content, checkedAt, contradictedAt } = answer;
  const doubtedUntil =
    contradictedAt === undefined ? Number.POSITIVE_INFINITY : contradictedAt + repeatAfterMs;
  const kept = Math.min(checkedAt + freshMsOf(content), doubtedUntil, addressesGoodUntil(content, clock));
  return Math.max(checkedAt + shortestMs, kept);
};

/**
 * Until when an answer may be shown, marked stale, while the vendor cannot be asked, by `Clock.elapsed`. A final task
 * has not changed, however old the answer.
 */
export const showableUntil = ({ content, fetchedAt }: Answer): number => {
  if (!content) return Number.NEGATIVE_INFINITY;
  return fetchedAt + (isFinalStatus(content.status) ? finalMs : graceMs);
};

/** When the first of its presigned URLs expires, in ms since 1970; infinite if none does. */
export const toFirstExpiry = (content: Content | null): number =>
  Math.min(
    ...(content?.outputs ?? []).map(({ urlExpiresAt }) =>
      urlExpiresAt ? Date.parse(urlExpiresAt) : Number.POSITIVE_INFINITY,
    ),
  );

const addressesGoodUntil = (content: Content | null, clock: Clock): number =>
  clock.elapsed() + toFirstExpiry(content) - addressMarginMs - clock.now();
