import { isFinalStatus, type Snapshot } from '../domain/task.ts';
import type { MediaTaskStatus } from '../generated/model.ts';
import type { Entry } from './entry.ts';
import { repeatAfterMs } from './finality.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const days = 24 * 60 * minutes;

/** Memory is the only reason to forget a final task; without a shared memory it is asked for again after this. */
const finalMs = 10 * minutes;

/**
 * For how long an answer is as good as a new one.
 *
 * | state     | for    | because                                                                       |
 * | --------- | ------ | ----------------------------------------------------------------------------- |
 * | running   | 2 s    | it moves by about a percent in this time, and people watch it                 |
 * | queued    | 5 s    | queues are longer than jobs, and nothing is seen to move                      |
 * | unknown   | 2 s    | the vendor's word may be a passing state: looked at like a running task       |
 * | not found | 10 s   | keeps a wrong id from eating the quota; a task just created shows up soon     |
 * | final     | 10 min | it does not change; in shared memory 30 days, which outlives the vendors' own |
 */
const keepMs: Readonly<Record<MediaTaskStatus | 'NOT_FOUND', number>> = {
  RUNNING: 2 * seconds,
  QUEUED: 5 * seconds,
  UNKNOWN: 2 * seconds,
  NOT_FOUND: 10 * seconds,
  SUCCEEDED: finalMs,
  PARTIALLY_SUCCEEDED: finalMs,
  FAILED: finalMs,
  CANCELED: finalMs,
};

/** A final task in the memory that replicas share. */
const sharedFinalMs = 30 * days;

/** A presigned address is handed out only while it has this much left to be used. */
const addressMarginMs = 60 * seconds;

/** An address that is as good as expired when it comes is no reason to ask more often than this. */
const shortestMs = 2 * seconds;

/** How old an answer that is not final may be and still be shown, marked stale. */
export const graceMs = 5 * minutes;

/** How long a task is left alone after a failed attempt. */
export const failureBackoffMs = 1 * seconds;

/** For how long an answer with this status is as good as a new one. */
export const keepMsOfStatus = (status: MediaTaskStatus | 'NOT_FOUND' | null): number =>
  keepMs[status ?? 'UNKNOWN'];

/** For how long an answer of this state is as good as a new one. Null: the vendor knows no such task. */
export const keepMsOf = (snapshot: Snapshot | null): number =>
  keepMsOfStatus(snapshot ? snapshot.status : 'NOT_FOUND');

/** Until when an entry is fresh, in ms since 1970, in this process's memory or in the shared one. */
export const freshUntil = (entry: Entry, where: 'memory' | 'shared'): number => {
  const { snapshot, checkedAt, contradictedAt } = entry;
  const isLasting = where === 'shared' && isFinalStatus(snapshot?.status ?? null);
  const kept = checkedAt + (isLasting ? sharedFinalMs : keepMsOf(snapshot));
  const doubtedUntil =
    contradictedAt === undefined ? Number.POSITIVE_INFINITY : contradictedAt + repeatAfterMs;
  return Math.max(checkedAt + shortestMs, Math.min(kept, doubtedUntil, addressesGoodUntil(snapshot)));
};

/**
 * Until when an entry may be shown, marked stale, while the vendor fails, in ms since 1970. A final task has not
 * changed, however old the news.
 */
export const showableUntil = ({ snapshot, fetchedAt }: Entry): number => {
  if (!snapshot) return 0;
  return isFinalStatus(snapshot.status) ? fetchedAt + sharedFinalMs : fetchedAt + graceMs;
};

/** Until when an entry may be shown at once, marked stale, while it is renewed: not with addresses that have expired. */
export const showableMeanwhileUntil = (entry: Entry): number =>
  Math.min(showableUntil(entry), addressesGoodUntil(entry.snapshot));

const addressesGoodUntil = (snapshot: Snapshot | null): number =>
  (snapshot?.outputs ?? []).reduce(
    (earliest, { urlExpiresAt }) =>
      urlExpiresAt === null ? earliest : Math.min(earliest, Date.parse(urlExpiresAt) - addressMarginMs),
    Number.POSITIVE_INFINITY,
  );
