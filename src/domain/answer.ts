import { isFinalStatus, type Snapshot } from './task.ts';

/** What a vendor tells of one task or job, as far as freshness depends on it. Immutable. */
export type Content = Pick<Snapshot, 'status'> & Partial<Pick<Snapshot, 'outputs'>>;

/** What a vendor said of one task or job, and when. A plain value, replaced whole. Times are of `Clock.elapsed`. */
export interface Answer {
  /** Null: the vendor knows no such task. */
  readonly content: Content | null;
  /** When the vendor gave this content. */
  readonly fetchedAt: number;
  /** When the vendor was last asked. Later than `fetchedAt` only when its newer answer was not believed. */
  readonly checkedAt: number;
  /** When the vendor first took back that the task is final, if it has and has not repeated it. */
  readonly contradictedAt?: number;
}

/** A vendor that takes a final state back is believed when it still says so after this time, in ms. */
export const repeatAfterMs = 60_000;

/**
 * What to keep after a vendor's answer. Final stays final: vendors' replicas lag behind each other, and vendors forget
 * tasks (web casts after 72 hours) that were seen to end.
 * @param now by `Clock.elapsed`
 */
export const toSettledAnswer = (last: Answer | undefined, content: Content | null, now: number): Answer => {
  const newest: Answer = { content, fetchedAt: now, checkedAt: now };
  if (!last?.content || !isFinal(last.content) || isFinal(content)) return newest;
  // Forgetting is no contradiction: a task that ended stays so when nobody remembers it.
  if (!content) return { content: last.content, fetchedAt: last.fetchedAt, checkedAt: now };
  const contradictedAt = last.contradictedAt ?? now;
  return now - contradictedAt >= repeatAfterMs ? newest : { ...last, checkedAt: now, contradictedAt };
};

const isFinal = (content: Content | null): boolean => isFinalStatus(content?.status ?? null);
