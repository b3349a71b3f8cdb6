import type { HandOver } from '../owner/owner.ts';
import {
  type LeaseRecord,
  readRecord,
  readRenewalPrefix,
  toRenewalPrefix,
  toTermPrefix,
} from './lease-record.ts';

/** For so long after its last renewal an owner may make calls, and nobody else becomes the owner. */
export const leaseMs = 2_500;
export const renewEveryMs = 500;

/** What an owner leaves unused of its lease: clocks of different machines do not run equally fast. */
const marginMs = 50;

/** Who knows of an owner answers within this time, when Redis has lost the record. */
const askMs = 500;

/** A request without a reply is made again after this time; it may have been carried out. */
const replyMs = 1_000;

/** After giving up because it does not hear its own renewals, a process leaves the account to others for so long. */
const restMs = 5_000;

/** Renewals whose announcements may still come. */
const mostRenewals = 16;

/** What is to be asked of Redis or of the other replicas now. */
export type LeaseAction =
  /** Read the record. */
  | { readonly kind: 'look' }
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
  /** How many replicas the others knew of, when Redis has lost the record. 0: nobody knew. */
  readonly replicas: number;
  /** No call before: a predecessor's may still count at the vendor. By `Clock.elapsed`. */
  readonly holdUntil: number;
}

export interface LeaseOptions {
  readonly replicaId: string;
  /** The span of the vendor's quota. */
  readonly perMs: number;
  /** From when on this process may claim what the record shows, apart from the lease. By `Clock.elapsed`. */
  readonly claimableAt: (record: LeaseRecord | undefined, seenAt: number) => number;
  /** How long a round trip to Redis takes. */
  readonly roundTripMs: () => number;
  readonly onTaken: (succession: Succession) => void;
  readonly onLost: () => void;
}

/**
 * Who owns an account, as one process sees it. Does nothing by itself: it says what is to be done, and is told what
 * came of it. All moments are of this process's `Clock.elapsed`.
 */
export interface Lease {
  /** What is to be done now, if anything. What is returned counts as done. */
  next(now: number): LeaseAction | undefined;
  /** When `next` is worth calling again, if nothing is heard before. */
  readonly nextAt: number;
  /** The reply to a claim or renewal: undefined when it was done, else the record as it is. */
  replied(action: LeaseAction, current: string | undefined, now: number): void;
  /** The reply to a look; empty when the record is missing. */
  looked(current: string, now: number): void;
  /** A record that was announced. */
  heard(record: LeaseRecord, now: number): void;
  /** Another replica knows that an owner may make calls for so long, and how many replicas there were. */
  heardOfOwner(leftMs: number, replicas: number, now: number): void;
  /** Lets the next renewal, with its announcement, be due at once. */
  renewNow(): void;
  /** Stops being the owner: what to replace the record with. Undefined: it is not the owner. */
  release(): { readonly expected: string; readonly term: number; readonly counter: number } | undefined;
  readonly isOwner: boolean;
  /** Until when this process may make the account's calls. */
  readonly authorityUntil: number;
  /** When the last renewal that was announced had been sent. */
  readonly renewedAt: number;
  /** When this process sent the renewal with this counter, if it did in its current term, and not long ago. */
  sentAt(term: number, counter: number): number | undefined;
  /** For how long an owner that is known may still make calls. */
  ownerLeftMs(now: number): number;
  /** When an owner that this process can be may make calls, as far as can be foreseen. */
  servedAt(now: number): number;
  /** The last record that was seen. */
  readonly record: LeaseRecord | undefined;
}

interface Claim {
  readonly term: number;
  readonly expected: string;
  readonly succession: Succession;
}

const never = Number.NEGATIVE_INFINITY;

export const createLease = (options: LeaseOptions): Lease => {
  const { replicaId, perMs, claimableAt, roundTripMs, onTaken, onLost } = options;
  /** Whether the record was ever read or heard; `record` is undefined when it is missing. */
  let isKnown = false;
  let record: LeaseRecord | undefined;
  /** What the record begins with; empty when it is missing. One that nobody can read is replaced as if it were. */
  let beginning = '';
  let seenAt = never;
  /** When another owner was last seen to be alive, and the record of then. */
  let aliveAt = never;
  let lastOwned: LeaseRecord | undefined;
  let highestTerm = 0;

  let waitUntil = never;
  let restUntil = never;
  let askedAt: number | undefined;
  let othersKnowUntil = never;
  let othersReplicas = 0;

  let claim: Claim | undefined;
  /** Set while this process is the owner as far as it knows. */
  let owned: Claim | undefined;
  let counter = 0;
  let sent = new Map<number, number>();
  let takenAt = never;
  let renewedAt = never;
  let renewAt = never;
  /** What the record must begin with for the next renewal. */
  let renewExpected = '';

  const note = (text: string, seen: LeaseRecord | undefined, now: number): void => {
    const isNew = !isKnown || text !== beginning;
    isKnown = true;
    beginning = text;
    record = seen;
    if (!isNew) return;
    seenAt = now;
    askedAt = undefined;
    highestTerm = Math.max(highestTerm, seen?.term ?? 0);
    if (seen?.owner === undefined || seen.owner === replicaId) return;
    aliveAt = now;
    lastOwned = seen;
  };

  const noteText = (text: string, now: number): void => note(readRenewalPrefix(text), readRecord(text), now);
  const noteRecord = (seen: LeaseRecord, now: number): void => note(toRenewalPrefix(seen), seen, now);

  const send = (now: number): number => {
    counter += 1;
    sent.set(counter, now);
    for (const old of sent.keys()) if (old <= counter - mostRenewals) sent.delete(old);
    return counter;
  };

  const take = (now: number): void => {
    if (!claim) return;
    owned = claim;
    claim = undefined;
    takenAt = now;
    renewedAt = never;
    renewAt = now;
    renewExpected = toTermPrefix({ owner: replicaId, term: owned.term });
    onTaken(owned.succession);
  };

  const lose = (): void => {
    if (!owned) return;
    owned = undefined;
    claim = undefined;
    onLost();
  };

  /** An announcement or reply that shows this process as the owner. */
  const isOwn = (seen: LeaseRecord): boolean =>
    seen.owner === replicaId && seen.term === (owned ?? claim)?.term;

  const authorityUntil = (): number => (owned ? renewedAt + leaseMs - marginMs : never);

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
      replicas: record ? 0 : othersReplicas,
      holdUntil: isFree ? now : now + perMs,
    };
  };

  const contend = (now: number): LeaseAction | undefined => {
    if (now < waitUntil) return undefined;
    if (!isKnown) {
      waitUntil = now + replyMs;
      return { kind: 'look' };
    }
    // After it has been missing for as long as answers take, it is asked for again before it is claimed.
    if (!record && askedAt === undefined) {
      askedAt = now;
      othersReplicas = 0;
      return { kind: 'ask' };
    }
    if (now < claimAt()) return undefined;
    waitUntil = now + replyMs;
    const expected = beginning;
    if (claim?.expected !== expected) {
      claim = { term: highestTerm + 1, expected, succession: toSuccession(now) };
      sent = new Map();
    }
    return { kind: 'claim', expected, term: claim.term, counter: send(now) };
  };

  const renew = (now: number, { term }: Claim): LeaseAction | undefined => {
    if (now - Math.max(renewedAt, takenAt) > leaseMs + renewEveryMs && isHeardByRedis(now)) {
      restUntil = now + restMs;
      lose();
      return undefined;
    }
    if (now < renewAt) return undefined;
    renewAt = now + renewEveryMs;
    return { kind: 'renew', expected: renewExpected, term, counter: send(now) };
  };

  let repliedAt = never;
  /** Redis carries out the renewals, so that only their announcements are missing. */
  const isHeardByRedis = (now: number): boolean => now - repliedAt < renewEveryMs * 2;

  /** The owner's renewal found another record. */
  const recover = (current: string, seen: LeaseRecord | undefined, now: number): void => {
    const { predecessor } = owned?.succession ?? {};
    const isForgotten =
      !seen || (predecessor && toTermPrefix(seen) === toTermPrefix(predecessor) && seen.term < highestTerm);
    if (isForgotten && now < authorityUntil()) {
      // Redis, or the replica that took its place, has lost what it was told: nobody else can have become the owner.
      renewExpected = seen ? toTermPrefix(seen) : readRenewalPrefix(current);
      renewAt = now;
      return;
    }
    noteText(current, now);
    lose();
  };

  return {
    next: (now) => (owned ? renew(now, owned) : contend(now)),
    get nextAt() {
      if (owned) return renewAt;
      if (!isKnown || (!record && askedAt === undefined)) return waitUntil;
      return Math.max(waitUntil, claimAt());
    },
    replied: (action, current, now) => {
      if (action.kind === 'look' || action.kind === 'ask') return;
      if (action.term !== (owned ?? claim)?.term) return;
      if (!owned) waitUntil = now;
      if (current === undefined) {
        repliedAt = now;
        take(now);
        if (owned) renewExpected = toTermPrefix({ owner: replicaId, term: owned.term });
        return;
      }
      const seen = readRecord(current);
      if (seen && isOwn(seen)) {
        take(now);
        if (owned) renewExpected = toTermPrefix({ owner: replicaId, term: owned.term });
      } else if (owned) recover(current, seen, now);
      else noteText(current, now);
    },
    looked: (current, now) => {
      if (owned) return;
      waitUntil = now;
      noteText(current, now);
    },
    heard: (seen, now) => {
      if (isOwn(seen)) {
        take(now);
        renewedAt = Math.max(renewedAt, sent.get(seen.counter) ?? never);
        noteRecord(seen, now);
      } else if (!owned) noteRecord(seen, now);
      else if (seen.term > owned.term) {
        noteRecord(seen, now);
        lose();
      }
    },
    heardOfOwner: (leftMs, replicas, now) => {
      othersReplicas = Math.max(othersReplicas, replicas);
      othersKnowUntil = Math.max(othersKnowUntil, now + Math.min(leftMs, leaseMs));
    },
    renewNow: () => {
      renewAt = never;
    },
    release: () => {
      if (!owned) return undefined;
      const { term } = owned;
      owned = undefined;
      counter += 1;
      return { expected: renewExpected, term, counter };
    },
    get isOwner() {
      return owned !== undefined;
    },
    get authorityUntil() {
      return authorityUntil();
    },
    get renewedAt() {
      return owned ? renewedAt : never;
    },
    sentAt: (term, of) => (owned?.term === term ? sent.get(of) : undefined),
    ownerLeftMs: (now) => Math.max(0, Math.max(aliveAt + leaseMs, authorityUntil()) - now),
    servedAt: (now) => {
      const roundTrip = roundTripMs();
      if (owned) return Math.max(now, owned.succession.holdUntil) + roundTrip;
      const isAsked = isKnown && (record !== undefined || askedAt !== undefined);
      const at = isAsked ? Math.max(now, claimAt()) : now + askMs + 2 * roundTrip;
      return toSuccession(at).holdUntil + 2 * roundTrip;
    },
    get record() {
      return record;
    },
  };
};
