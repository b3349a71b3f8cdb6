import type { HandOver } from '../../owner/owner.ts';
import type { LeaseOptions } from './lease.ts';
import { highestTerm, type LeaseRecord, leaseMs, readRenewalPrefix, toRenewalPrefix } from './record.ts';

/** Who knows of an owner answers within this time, when Redis has lost the record. */
const askMs = 500;

/** A request without a reply is made again after this time; it may have been carried out. */
const replyMs = 1_000;

/** After giving up because it does not receive its own renewals, a process leaves the account to others for so long. */
const restMs = 5_000;

/** What is to be asked of Redis or of the other replicas now. */
export type LeaseAction =
  /** Read the record. */
  | { readonly kind: 'read' }
  /** Ask the other replicas whether they know of an owner: the record is missing. */
  | { readonly kind: 'ask' }
  /** Replace the record by one of this term and counter, if it begins with `expected`. */
  | {
      readonly kind: 'claim' | 'renew';
      readonly expected: string;
      readonly term: number;
      readonly counter: number;
    };

/** How a process came to be the owner. */
export interface Succession {
  /** The record that was replaced, or the last one that was known before Redis lost it. */
  readonly predecessor: LeaseRecord | undefined;
  /** What a predecessor that stopped by itself has passed on. */
  readonly handOver: HandOver | undefined;
  /** When the predecessor's record was announced; undefined if it was only read, and may be of any age. */
  readonly announcedAt: number | undefined;
  /** How many replicas the others knew of, when Redis has lost the record. 0: nobody knew. */
  readonly replicas: number;
  /** No call before: a predecessor's may still count at the vendor. By `Clock.elapsed`. */
  readonly holdUntil: number;
}

/** An attempt to become the owner. */
export interface Claim {
  readonly term: number;
  /** What the record must begin with. */
  readonly expected: string;
  readonly succession: Succession;
}

/**
 * What a process that is not the owner has seen of the lease, and how it becomes the owner. All moments are of this
 * process's `Clock.elapsed`.
 */
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
  /** The record was read. @param text empty when it is missing */
  sawText(text: string, record: LeaseRecord | undefined, now: number): void;
  /** The record was announced. */
  sawRecord(record: LeaseRecord, now: number): void;
  /** The last record that was seen; undefined when it is missing, or nobody can read it. */
  readonly record: LeaseRecord | undefined;
  /** When another owner was last seen to be alive. */
  readonly aliveAt: number;
  readonly highestTerm: number;
}

export interface ContentionOptions
  extends Pick<LeaseOptions, 'replicaId' | 'perMs' | 'claimableAt' | 'roundTripMs'> {
  /** Counts a renewal that is sent now; those of an earlier term are forgotten. @returns the counter */
  readonly send: (now: number, isNewTerm: boolean) => number;
}

const never = Number.NEGATIVE_INFINITY;

export const createContention = (options: ContentionOptions): Contention => {
  const { replicaId, perMs, claimableAt, roundTripMs, send } = options;
  /** What the record begins with; empty when it is missing, undefined when it was never seen. */
  let beginning: string | undefined;
  let record: LeaseRecord | undefined;
  /** When the record last changed. */
  let seenAt = never;
  let announcedAt: number | undefined;
  let aliveAt = never;
  let lastOwned: LeaseRecord | undefined;
  let highest = 0;

  let waitUntil = never;
  let restUntil = never;
  /** When the others were asked about the record that is missing. */
  let askedAt: number | undefined;
  let othersKnowUntil = never;
  let othersReplicas = 0;
  let claim: Claim | undefined;

  const see = (begins: string, seen: LeaseRecord | undefined, now: number, isLive: boolean): void => {
    record = seen;
    if (beginning === begins) return;
    beginning = begins;
    seenAt = now;
    announcedAt = isLive ? now : undefined;
    askedAt = undefined;
    highest = Math.max(highest, seen?.term ?? 0);
    if (seen?.owner === undefined || seen.owner === replicaId) return;
    aliveAt = now;
    lastOwned = seen;
  };

  /** When a contender may claim what it knows. */
  const claimAt = (): number => {
    const allowedAt = Math.max(restUntil, claimableAt(record, seenAt));
    if (record?.owner !== undefined) return Math.max(allowedAt, seenAt + leaseMs);
    if (record) return allowedAt;
    const answersUntil = (askedAt ?? Number.POSITIVE_INFINITY) + Math.max(askMs, 4 * roundTripMs());
    return Math.max(allowedAt, answersUntil, aliveAt + leaseMs, othersKnowUntil);
  };

  const toSuccession = (now: number): Succession => {
    const handOver = record?.owner === undefined ? record?.state.handOver : undefined;
    const knowsOwner = aliveAt + leaseMs + perMs > now || othersKnowUntil + perMs > now;
    const isFree = handOver !== undefined || (!record && !knowsOwner);
    return {
      predecessor: record ?? lastOwned,
      handOver,
      announcedAt,
      replicas: record ? 0 : othersReplicas,
      holdUntil: isFree ? now : now + perMs,
    };
  };

  const isToBeAsked = (): boolean => !record && askedAt === undefined;

  return {
    next: (now) => {
      if (now < waitUntil) return undefined;
      if (beginning === undefined) {
        waitUntil = now + replyMs;
        return { kind: 'read' };
      }
      if (isToBeAsked()) {
        askedAt = now;
        othersReplicas = 0;
        return { kind: 'ask' };
      }
      if (now < claimAt()) return undefined;
      waitUntil = now + replyMs;
      const isNew = claim?.expected !== beginning;
      if (!claim || isNew) {
        if (highest >= highestTerm) highest = 0;
        claim = { term: highest + 1, expected: beginning, succession: toSuccession(now) };
      }
      return { kind: 'claim', expected: beginning, term: claim.term, counter: send(now, isNew) };
    },
    get nextAt() {
      return beginning === undefined || isToBeAsked() ? waitUntil : Math.max(waitUntil, claimAt());
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
      othersKnowUntil = Math.max(othersKnowUntil, now + leftMs);
    },
    servedAt: (now) => {
      const roundTrip = roundTripMs();
      const isAsked = beginning !== undefined && !isToBeAsked();
      const at = isAsked ? Math.max(now, claimAt()) : now + askMs + 2 * roundTrip;
      return toSuccession(at).holdUntil + 2 * roundTrip;
    },
    sawText: (text, seen, now) => see(readRenewalPrefix(text), seen, now, false),
    sawRecord: (seen, now) => see(toRenewalPrefix(seen), seen, now, true),
    get record() {
      return record;
    },
    get aliveAt() {
      return aliveAt;
    },
    get highestTerm() {
      return highest;
    },
  };
};
