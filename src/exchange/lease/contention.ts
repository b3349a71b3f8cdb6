import type { LeaseOptions } from './lease.ts';
import { type LeaseAction, leaseMs, type Succession } from './lease-terms.ts';
import type { RecordWatch } from './record-watch.ts';

/** Who knows of an owner answers within this time, when Redis has lost the record. */
const askMs = 500;

/** A request without a reply is made again after this time; it may have been carried out. */
const replyMs = 1_000;

/** After giving up because it does not receive its own renewals, a process leaves the account to others for so long. */
const restMs = 5_000;

/** An attempt to become the owner. */
export interface Claim {
  readonly term: number;
  /** What the record must begin with. */
  readonly expected: string;
  readonly succession: Succession;
}

/** How a process that is not the owner becomes it. All moments are of this process's `Clock.elapsed`. */
export interface Contention {
  /** What is to be done now, if anything. What is returned counts as done. */
  next(now: number): LeaseAction | undefined;
  readonly nextAt: number;
  /** The last request was replied to: the next may follow at once. */
  replied(now: number): void;
  /** The claim that has been made and neither granted nor refused. */
  readonly claim: Claim | undefined;
  /** The claim was granted, or is given up. */
  endClaim(): void;
  /** Leaves the account to others for a while. */
  rest(now: number): void;
  /** Another replica knows that an owner may make calls for so long, and how many replicas there were. */
  ownerIsKnown(leftMs: number, replicas: number, now: number): void;
  /** When this process may make calls, if it becomes the owner, as far as can be foreseen. */
  servedAt(now: number): number;
}

export interface ContentionOptions extends Pick<LeaseOptions, 'perMs' | 'claimableAt' | 'roundTripMs'> {
  readonly watch: RecordWatch;
  /** Counts a renewal that is sent now; those of an earlier term are forgotten. @returns the counter */
  readonly send: (now: number, isNewTerm: boolean) => number;
}

const never = Number.NEGATIVE_INFINITY;

export const createContention = (options: ContentionOptions): Contention => {
  const { watch, perMs, claimableAt, roundTripMs, send } = options;
  let waitUntil = never;
  let restUntil = never;
  /** When the other replicas were asked about the record that is missing, if they were since it is. */
  let asked: { readonly at: number; readonly version: number } | undefined;
  let othersKnowUntil = never;
  let othersReplicas = 0;
  let claim: Claim | undefined;

  const askedAt = (): number | undefined => (asked?.version === watch.version ? asked.at : undefined);

  /** When a contender may claim what it knows. */
  const claimAt = (): number => {
    const { record, seenAt, aliveAt } = watch;
    const allowedAt = Math.max(restUntil, claimableAt(record, seenAt));
    if (record?.owner !== undefined) return Math.max(allowedAt, seenAt + leaseMs);
    if (record) return allowedAt;
    const answersUntil = (askedAt() ?? Number.POSITIVE_INFINITY) + Math.max(askMs, 4 * roundTripMs());
    return Math.max(allowedAt, answersUntil, aliveAt + leaseMs, othersKnowUntil);
  };

  const toSuccession = (now: number): Succession => {
    const { record, aliveAt, lastOwned } = watch;
    const handOver = record?.owner === undefined ? record?.state.handOver : undefined;
    const knowsOwner = aliveAt + leaseMs + perMs > now || othersKnowUntil + perMs > now;
    const isFree = handOver !== undefined || (!record && !knowsOwner);
    return {
      predecessor: record ?? lastOwned,
      handOver,
      replicas: record ? 0 : othersReplicas,
      holdUntil: isFree ? now : now + perMs,
    };
  };

  const isToBeAsked = (): boolean => !watch.record && askedAt() === undefined;

  return {
    next: (now) => {
      if (now < waitUntil) return undefined;
      if (!watch.isKnown) {
        waitUntil = now + replyMs;
        return { kind: 'read' };
      }
      // After it has been missing for as long as answers take, it is asked for again before it is claimed.
      if (isToBeAsked()) {
        asked = { at: now, version: watch.version };
        othersReplicas = 0;
        return { kind: 'ask' };
      }
      if (now < claimAt()) return undefined;
      waitUntil = now + replyMs;
      const expected = watch.beginning;
      const isNew = claim?.expected !== expected;
      if (!claim || isNew) claim = { term: watch.highestTerm + 1, expected, succession: toSuccession(now) };
      return { kind: 'claim', expected, term: claim.term, counter: send(now, isNew) };
    },
    get nextAt() {
      return !watch.isKnown || isToBeAsked() ? waitUntil : Math.max(waitUntil, claimAt());
    },
    replied: (now) => {
      waitUntil = now;
    },
    get claim() {
      return claim;
    },
    endClaim: () => {
      claim = undefined;
    },
    rest: (now) => {
      restUntil = now + restMs;
    },
    ownerIsKnown: (leftMs, replicas, now) => {
      othersReplicas = Math.max(othersReplicas, replicas);
      othersKnowUntil = Math.max(othersKnowUntil, now + Math.min(leftMs, leaseMs));
    },
    servedAt: (now) => {
      const roundTrip = roundTripMs();
      const isAsked = watch.isKnown && !isToBeAsked();
      const at = isAsked ? Math.max(now, claimAt()) : now + askMs + 2 * roundTrip;
      return toSuccession(at).holdUntil + 2 * roundTrip;
    },
  };
};
