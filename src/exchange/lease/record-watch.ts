import { type LeaseRecord, readRecord, readRenewalPrefix, toRenewalPrefix } from './lease-record.ts';

/** What one process has seen of an account's lease record. All moments are of this process's `Clock.elapsed`. */
export interface RecordWatch {
  /** The record was read; empty when it is missing. */
  sawText(text: string, now: number): void;
  /** The record was announced. */
  sawRecord(record: LeaseRecord, now: number): void;
  /** Whether it was ever seen; `record` is undefined when it is missing. */
  readonly isKnown: boolean;
  readonly record: LeaseRecord | undefined;
  /** What it begins with; empty when it is missing. One that nobody can read is replaced as if it were missing. */
  readonly beginning: string;
  /** Counts changes. */
  readonly version: number;
  /** When it last changed. */
  readonly seenAt: number;
  /** When another owner was last seen to be alive, and the record of then. */
  readonly aliveAt: number;
  readonly lastOwned: LeaseRecord | undefined;
  readonly highestTerm: number;
}

export const createRecordWatch = (replicaId: string): RecordWatch => {
  const seen = {
    isKnown: false,
    record: undefined as LeaseRecord | undefined,
    beginning: '',
    version: 0,
    seenAt: Number.NEGATIVE_INFINITY,
    aliveAt: Number.NEGATIVE_INFINITY,
    lastOwned: undefined as LeaseRecord | undefined,
    highestTerm: 0,
  };

  const see = (beginning: string, record: LeaseRecord | undefined, now: number): void => {
    const isNew = !seen.isKnown || beginning !== seen.beginning;
    Object.assign(seen, { isKnown: true, beginning, record });
    if (!isNew) return;
    seen.version += 1;
    seen.seenAt = now;
    seen.highestTerm = Math.max(seen.highestTerm, record?.term ?? 0);
    if (record?.owner === undefined || record.owner === replicaId) return;
    seen.aliveAt = now;
    seen.lastOwned = record;
  };

  return Object.assign(seen, {
    sawText: (text: string, now: number) => see(readRenewalPrefix(text), readRecord(text), now),
    sawRecord: (record: LeaseRecord, now: number) => see(toRenewalPrefix(record), record, now),
  });
};
