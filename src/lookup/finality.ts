import { isFinalStatus, type Snapshot } from '../domain/task.ts';
import type { Entry } from './entry.ts';

/** A vendor that takes a final state back is believed when it still says so after this time. */
export const repeatAfterMs = 60_000;

/**
 * What to remember after a vendor's answer. Final stays final: vendors' replicas lag behind each other, and they
 * forget tasks (web casts after 72 hours) that we have seen end.
 */
export const toSettledEntry = (last: Entry | undefined, snapshot: Snapshot | null, now: number): Entry => {
  const news: Entry = { snapshot, fetchedAt: now, checkedAt: now };
  if (!isFinal(last?.snapshot) || isFinal(snapshot)) return news;
  // Forgetting is no contradiction: what has ended stays so when nobody remembers it.
  if (!snapshot) return { snapshot: last.snapshot, fetchedAt: last.fetchedAt, checkedAt: now };
  const contradictedAt = last.contradictedAt ?? now;
  return now - contradictedAt >= repeatAfterMs ? news : { ...last, checkedAt: now, contradictedAt };
};

const isFinal = (snapshot: Snapshot | null | undefined): snapshot is Snapshot =>
  isFinalStatus(snapshot?.status ?? null);
