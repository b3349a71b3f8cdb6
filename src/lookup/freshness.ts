import type { MediaTaskStatus } from '../generated/model.ts';
import { isFinalStatus, type Snapshot } from '../task.ts';

/** A transcoding moves by a percent in about this time, and people look at it. */
const runningMs = 2_000;
/** Queues are longer than jobs; nothing is seen to move while waiting. */
const queuedMs = 5_000;
/** The vendor's word may be a passing state: look again as for a running task. */
const unknownMs = 2_000;
/** Long enough to keep a wrong id from eating the quota, short enough for a task that was only just created. */
const notFoundMs = 10_000;
/** Memory is the only reason to forget a final task. */
const finalMs = 600_000;
/** A presigned address is handed out only while it has this much left to be used. */
const addressMarginMs = 60_000;

const keepMs: Readonly<Record<MediaTaskStatus, number>> = {
  QUEUED: queuedMs,
  RUNNING: runningMs,
  UNKNOWN: unknownMs,
  SUCCEEDED: finalMs,
  PARTIALLY_SUCCEEDED: finalMs,
  FAILED: finalMs,
  CANCELED: finalMs,
};

/** For how many milliseconds an answer is as good as a new one. Null: the vendor knows no such task. */
export const toFreshMs = (snapshot: Snapshot | null, now: number): number => {
  if (!snapshot) return notFoundMs;
  const ms = keepMs[snapshot.status ?? 'UNKNOWN'];
  const expiries = (snapshot.outputs ?? []).map(({ urlExpiresAt }) =>
    urlExpiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(urlExpiresAt) - addressMarginMs - now,
  );
  return Math.max(runningMs, Math.min(ms, ...expiries));
};

/** When a client should ask again: as soon as we would. Null when final. */
export const toNextPollMs = (snapshot: Snapshot | null): number | null => {
  if (!snapshot) return notFoundMs;
  return isFinalStatus(snapshot.status) ? null : keepMs[snapshot.status ?? 'UNKNOWN'];
};

/** How long after it was fetched an answer may still be shown, marked stale, while the vendor cannot be asked. */
export const staleGraceMs = 300_000;

/** How long a vendor that just failed is not asked about the same task again. */
export const failureBackoffMs = 1_000;
