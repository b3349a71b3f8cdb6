import { isFinalStatus, type Snapshot } from './task.ts';

/** The content of a vendor's answer about one task or job, as far as freshness depends on it. Immutable. */
export type Content = Pick<Snapshot, 'status'> & Partial<Pick<Snapshot, 'outputs'>>;

/** A vendor's answer about one task or job, and when it was given. Immutable. Times are of `Clock.elapsed`. */
export interface Answer {
  /** Null: the vendor knows no such task. */
  readonly content: Content | null;
  /** When the vendor gave this content. */
  readonly fetchedAt: number;
  /** When the vendor was last asked. Later than `fetchedAt` only when the newer answer contradicted a final state. */
  readonly checkedAt: number;
  /** When an answer first contradicted the final state, if the vendor has not confirmed the final state since. */
  readonly contradictedAt?: number;
}

/** An answer that contradicts a final state is accepted when the vendor repeats it after this time, in ms. */
export const repeatAfterMs = 60_000;

/**
 * The answer to keep after a new one. A final state stays: a vendor's own replicas can be out of date, and vendors forget
 * finished tasks (web casts after 72 hours).
 * @param now by `Clock.elapsed`
 */
export const toSettledAnswer = (last: Answer | undefined, content: Content | null, now: number): Answer => {
  const newest: Answer = { content, fetchedAt: now, checkedAt: now };
  if (!last?.content || !isFinal(last.content) || isFinal(content)) return newest;
  // "Not found" does not contradict a final state: vendors forget finished tasks.
  if (!content) return { content: last.content, fetchedAt: last.fetchedAt, checkedAt: now };
  const contradictedAt = last.contradictedAt ?? now;
  return now - contradictedAt >= repeatAfterMs ? newest : { ...last, checkedAt: now, contradictedAt };
};

const isFinal = (content: Content | null): boolean => isFinalStatus(content?.status ?? null);

/** What an object takes in memory besides its fields, a field besides its value, and a text besides its characters, in bytes. */
const objectBytes = 64;
const fieldBytes = 16;

/** About how much memory a value takes, in bytes: cheap, and enough to bound what is kept. */
export const estimateBytes = (value: unknown): number => {
  if (typeof value === 'string') return fieldBytes + value.length;
  if (typeof value !== 'object' || value === null) return fieldBytes;
  let bytes = objectBytes;
  for (const each of Object.values(value)) bytes += fieldBytes + estimateBytes(each);
  return bytes;
};
