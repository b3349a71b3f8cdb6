import { type Claim, createContention, type LeaseAction, type Succession } from './contention.ts';
import { type LeaseRecord, leaseMs, readRenewalPrefix, renewEveryMs, toTermPrefix } from './record.ts';

/** What an owner leaves unused of its lease: clocks of different machines do not run equally fast. */
const marginMs = 50;

/** Renewals whose announcements may still come. */
const mostRenewals = 16;

export interface LeaseOptions {
  readonly replicaId: string;
  /** The span of the vendor's quota. */
  readonly perMs: number;
  /** Undefined for what no replica of this account can have written. */
  readonly readRecord: (text: string) => LeaseRecord | undefined;
  /** From when on this process may claim what the record shows, apart from the lease. By `Clock.elapsed`. */
  readonly claimableAt: (record: LeaseRecord | undefined, seenAt: number) => number;
  /** How long a round trip to Redis takes. */
  readonly roundTripMs: () => number;
  readonly onTaken: (succession: Succession, now: number) => void;
  readonly onLost: () => void;
}

/**
 * Who owns an account, as one process sees it. Does nothing by itself: it returns what is to be done, and is given
 * the outcome. All moments are of this process's `Clock.elapsed`.
 */
export interface Lease {
  /** What is to be done now, if anything. What is returned counts as done. */
  next(now: number): LeaseAction | undefined;
  /** When `next` is worth calling again, if nothing is received before. */
  readonly nextAt: number;
  /** The reply to a claim or renewal: undefined when it was done, else the record as it is. */
  replied(action: LeaseAction, current: string | undefined, now: number): void;
  /** The reply to a look; empty when the record is missing. */
  wasRead(current: string, now: number): void;
  /** A record that was announced. */
  announced(record: LeaseRecord, now: number): void;
  /** Another replica knows that an owner may make calls for so long, and how many replicas there were. */
  ownerIsKnown(leftMs: number, replicas: number, now: number): void;
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

const never = Number.NEGATIVE_INFINITY;

export const createLease = (options: LeaseOptions): Lease => {
  const { replicaId, readRecord, roundTripMs, onTaken, onLost } = options;
  /** Set while this process is the owner as far as it knows. */
  let owned: Claim | undefined;
  let counter = 0;
  const sent = new Map<number, number>();
  let takenAt = never;
  let renewedAt = never;
  let renewAt = never;
  let repliedAt = never;
  /** What the record must begin with for the next renewal. */
  let renewExpected = '';

  const send = (now: number, isNewTerm = false): number => {
    if (isNewTerm) sent.clear();
    counter += 1;
    sent.set(counter, now);
    for (const old of sent.keys()) if (old <= counter - mostRenewals) sent.delete(old);
    return counter;
  };

  const contention = createContention({ ...options, send });

  const take = (now: number): void => {
    const { claim } = contention;
    if (!claim) return;
    owned = claim;
    contention.endClaim();
    takenAt = now;
    renewedAt = never;
    renewAt = now;
    renewExpected = toTermPrefix({ owner: replicaId, term: owned.term });
    onTaken(owned.succession, now);
  };

  const lose = (): void => {
    if (!owned) return;
    owned = undefined;
    contention.endClaim();
    onLost();
  };

  /** An announcement or reply that shows this process as the owner. */
  const isOwn = (seen: LeaseRecord): boolean =>
    seen.owner === replicaId && seen.term === (owned ?? contention.claim)?.term;

  const authorityUntil = (): number => (owned ? renewedAt + leaseMs - marginMs : never);

  const renew = (now: number, { term }: Claim): LeaseAction | undefined => {
    // Redis carries out the renewals, and only their announcements are missing.
    const isDeaf =
      now - Math.max(renewedAt, takenAt) > leaseMs + renewEveryMs && now - repliedAt < renewEveryMs * 2;
    if (isDeaf) {
      contention.rest(now);
      lose();
      return undefined;
    }
    if (now < renewAt) return undefined;
    renewAt = now + renewEveryMs;
    return { kind: 'renew', expected: renewExpected, term, counter: send(now) };
  };

  /** The owner's renewal found another record. */
  const recover = (current: string, seen: LeaseRecord | undefined, now: number): void => {
    const { predecessor } = owned?.succession ?? {};
    const isForgotten =
      !seen ||
      (predecessor && toTermPrefix(seen) === toTermPrefix(predecessor) && seen.term < contention.highestTerm);
    if (isForgotten && now < authorityUntil()) {
      // Redis, or the replica that took its place, has lost the record: nobody else can have become the owner.
      renewExpected = seen ? toTermPrefix(seen) : readRenewalPrefix(current);
      renewAt = now;
      return;
    }
    contention.sawText(current, seen, now);
    lose();
  };

  return {
    next: (now) => (owned ? renew(now, owned) : contention.next(now)),
    get nextAt() {
      return owned ? renewAt : contention.nextAt;
    },
    replied: (action, current, now) => {
      if (action.kind === 'read' || action.kind === 'ask') return;
      if (action.term !== (owned ?? contention.claim)?.term) return;
      if (!owned) contention.replied(now);
      const seen = current === undefined ? undefined : readRecord(current);
      if (current === undefined || (seen && isOwn(seen))) {
        if (current === undefined) repliedAt = now;
        take(now);
        if (owned) renewExpected = toTermPrefix({ owner: replicaId, term: owned.term });
      } else if (owned) recover(current, seen, now);
      else contention.sawText(current, seen, now);
    },
    wasRead: (current, now) => {
      if (owned) return;
      contention.replied(now);
      contention.sawText(current, readRecord(current), now);
    },
    announced: (seen, now) => {
      if (isOwn(seen)) {
        take(now);
        renewedAt = Math.max(renewedAt, sent.get(seen.counter) ?? never);
        contention.sawRecord(seen, now);
      } else if (!owned) contention.sawRecord(seen, now);
      else if (seen.term > owned.term) {
        contention.sawRecord(seen, now);
        lose();
      }
    },
    ownerIsKnown: contention.ownerIsKnown,
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
    ownerLeftMs: (now) => Math.max(0, Math.max(contention.aliveAt + leaseMs, authorityUntil()) - now),
    servedAt: (now) =>
      owned ? Math.max(now, owned.succession.holdUntil) + roundTripMs() : contention.servedAt(now),
    get record() {
      return contention.record;
    },
  };
};
