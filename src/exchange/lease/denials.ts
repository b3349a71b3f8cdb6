import type { Denial } from './lease-record.ts';

/** For so long nobody owns the account with credentials that the vendor has refused. */
const deniedMs = 60_000;

/** Credentials of this account that the vendor has refused, named by the fingerprints of their secrets. */
export interface Denials {
  deny(fingerprint: string, now: number): void;
  learn(denials: readonly Denial[], now: number): void;
  isDenied(fingerprint: string, now: number): boolean;
  /** From when on a process with this fingerprint may own the account, if these are the others'. */
  claimableAt(fingerprint: string, others: readonly string[]): number;
  toDenials(now: number): readonly Denial[];
}

export const createDenials = (): Denials => {
  const deniedAt = new Map<string, number>();
  const endOf = (fingerprint: string): number =>
    (deniedAt.get(fingerprint) ?? Number.NEGATIVE_INFINITY) + deniedMs;
  return {
    deny: (fingerprint, now) => {
      deniedAt.set(fingerprint, now);
    },
    learn: (denials, now) => {
      for (const { fingerprint, ageMs } of denials) {
        if (ageMs < deniedMs && now - ageMs > (deniedAt.get(fingerprint) ?? Number.NEGATIVE_INFINITY)) {
          deniedAt.set(fingerprint, now - ageMs);
        }
      }
    },
    isDenied: (fingerprint, now) => now < endOf(fingerprint),
    claimableAt: (fingerprint, others) => {
      // When all are refused, any of them may as well find out whether that has changed.
      const hasBetter = others.some((other) => endOf(other) < endOf(fingerprint));
      return hasBetter ? endOf(fingerprint) : Number.NEGATIVE_INFINITY;
    },
    toDenials: (now) => {
      for (const [fingerprint, at] of deniedAt) if (now - at >= deniedMs) deniedAt.delete(fingerprint);
      return [...deniedAt].map(([fingerprint, at]) => ({ fingerprint, ageMs: now - at }));
    },
  };
};
