import type { Quota } from '../../domain/provider.ts';
import type { ExchangeState } from '../exchange.ts';
import type { Heartbeat } from '../messages-to-owner.ts';
import type { AttachmentState } from './attachment.ts';
import { createAttachment } from './attachment.ts';
import { createDenials } from './denials.ts';
import { createLease, type Lease } from './lease.ts';
import type { LeaseRecord, LeaseState } from './lease-record.ts';
import { renewEveryMs, type Succession } from './lease-terms.ts';
import { createMembership, presentMs, toAloneCalls } from './membership.ts';

export interface AuthorityOptions {
  readonly replicaId: string;
  /** Names the secrets of this process's credentials without telling them. */
  readonly fingerprint: string;
  readonly shape: number;
  readonly quota: Quota;
  /** How many processes like this one there are at least. */
  readonly replicas: number;
  /** When this process started, by `Clock.elapsed`, as all moments here. */
  readonly startedAt: number;
  /** How long a round trip to Redis takes, in ms. */
  readonly roundTripMs: () => number;
  /** Whether messages come and Redis replies, as far as this process knows. */
  readonly isConnected: () => boolean;
  readonly onTaken: (succession: Succession) => void;
  readonly onLost: () => void;
}

/** What the record of another process that owns the account means to this one. */
export interface OwnerSeen {
  /** It is another owner than before. */
  readonly isNew: boolean;
  /** It has only just begun to receive wants. */
  readonly hasBegunListening: boolean;
}

/**
 * Whether this process may make the account's calls, and what part of the quota it may use: by the lease, by the members
 * that it leaves calls for as the owner, and by its attachment to another owner. Sends nothing by itself.
 */
export interface Authority {
  readonly lease: Lease;
  /** This process is the owner, and its lease has not run out. */
  isOwner(now: number): boolean;
  /** No owner can be reached: this process makes calls of its own. */
  isAlone(now: number): boolean;
  /** The part of the quota that this process may use, from 0 to 1. */
  shareAt(now: number): number;
  stateAt(now: number): ExchangeState;
  /** Brings the attachment up to date. To be called before the share is used. */
  update(now: number): void;
  /** @returns undefined when no other process owns the account */
  receiveRecord(record: LeaseRecord, now: number): OwnerSeen | undefined;
  receiveHeartbeat(heartbeat: Heartbeat, now: number): void;
  toHeartbeat(isLeaving: boolean): Heartbeat;
  /** What the owner's record says besides who it is. */
  toLeaseState(now: number): Omit<LeaseState, 'isListening' | 'status'>;
  /** The highest shape of a replica that could own the account instead of this one; this process's own if there is none. */
  newestShape(now: number): number;
  /** The vendor refuses this process's credentials. @returns whether another replica has others */
  denyCredentials(now: number): boolean;
  /** Whether these credentials were refused lately, and a replica with others has come since. */
  isForOtherCredentials(now: number): boolean;
  /** Stops being the owner. @returns what to replace the record with; undefined: it was not the owner */
  release(): ReturnType<Lease['release']>;
  /** How many replicas there are, as far as is known. */
  readonly replicas: number;
  /** This process is shutting down: it never owns the account again. */
  close(): void;
}

/** A process that handed the account over leaves it to the others for so long. */
const leaveToOthersMs = 2_000;

/** When nothing has been received from an owner for so long, wants are not expected to reach one. */
const silentMs = 3_500;

/** Redis is not taken for lost before: a process that starts is busy, and Redis may be far. */
const connectMs = 2_000;

/** A process that has just started has heard a living owner by then: two renewals, should one be late. */
const firstHeardMs = 2 * renewEveryMs;

const detached: readonly AttachmentState[] = ['detaching', 'alone'];

export const createAuthority = (options: AuthorityOptions): Authority => {
  const { replicaId, fingerprint, shape, quota, startedAt, roundTripMs, isConnected } = options;
  const denials = createDenials();
  const attachment = createAttachment(replicaId, quota.perMs, options.replicas, startedAt);
  let isClosing = false;
  let releasedTerm = -1;
  let takenAt = Number.NEGATIVE_INFINITY;

  const claimableAt = (record: LeaseRecord | undefined, seenAt: number): number => {
    if (isClosing) return Number.POSITIVE_INFINITY;
    if (!record) return Number.NEGATIVE_INFINITY;
    const isVacant = record.owner === undefined;
    const isForOthers = record.term === releasedTerm || (record.state.leastShape ?? 0) > shape;
    const others = record.state.members.filter(({ id }) => id !== replicaId);
    return Math.max(
      denials.claimableAt(
        fingerprint,
        others.map((member) => member.fingerprint),
      ),
      isVacant && isForOthers ? seenAt + leaveToOthersMs : Number.NEGATIVE_INFINITY,
    );
  };

  const lease = createLease({
    replicaId,
    perMs: quota.perMs,
    claimableAt,
    roundTripMs,
    onTaken: (succession, now) => {
      takenAt = now;
      membership.begin(succession, now);
      options.onTaken(succession);
    },
    onLost: options.onLost,
  });
  const membership = createMembership({ replicaId, quota, replicas: options.replicas, sentAt: lease.sentAt });

  const isOwner = (now: number): boolean => !isClosing && now < lease.authorityUntil;
  const isAlone = (now: number): boolean => !isClosing && !isOwner(now) && attachment.state === 'alone';

  /** Replicas that could own the account instead of this one. */
  const candidatesAt = (now: number) =>
    membership
      .membersAt(now)
      .filter((member) => member.isReachable && !denials.isDenied(member.fingerprint, now));

  /** In how many milliseconds somebody may serve wants again. */
  const servedInMs = (now: number): number => {
    const aloneInMs = Math.max(1, attachment.aloneAt - now);
    if (!isConnected() && now - startedAt >= connectMs) return aloneInMs;
    // A living owner is heard for the first time at its next renewal.
    const mayHearOwner = lease.record?.owner !== undefined && attachment.lastSeenAt < startedAt;
    if (mayHearOwner && now - startedAt < firstHeardMs) return renewEveryMs;
    return Math.max(1, Math.min(aloneInMs, lease.servedAt(now) - now));
  };

  const isFollower = (now: number): boolean => {
    const { record, isOwner: isLeaseholder } = lease;
    if (record?.owner === undefined || record.owner === replicaId || isLeaseholder) return false;
    return attachment.state !== 'detaching' && now - attachment.lastSeenAt < silentMs;
  };

  return {
    lease,
    isOwner,
    isAlone,
    shareAt: (now) => {
      if (isOwner(now)) return membership.shareAt(now);
      return isAlone(now) ? toAloneCalls(quota.calls, attachment.replicas) / quota.calls : 0;
    },
    stateAt: (now) => {
      if (isOwner(now)) return { kind: 'owner' };
      if (isAlone(now)) return { kind: 'alone' };
      if (isFollower(now))
        return { kind: (lease.record?.state.shape ?? shape) > shape ? 'outdated' : 'follower' };
      return { kind: 'partitioned', retryAfterMs: Math.ceil(servedInMs(now)) };
    },
    update: (now) => {
      if (isOwner(now)) attachment.owned(lease.renewedAt, membership.replicas);
      attachment.update(now);
    },
    receiveRecord: (record, now) => {
      denials.learn(record.state.denials, now);
      const isNew = lease.record?.term !== record.term;
      // Until it follows, wants were kept and not sent.
      const wasListening = isFollower(now) && lease.record?.state.isListening && !isNew;
      lease.announced(record, now);
      if (record.owner === replicaId) return undefined;
      attachment.receive(record, now);
      if (record.owner === undefined) return undefined;
      return { isNew, hasBegunListening: record.state.isListening && !wasListening };
    },
    receiveHeartbeat: membership.receive,
    toHeartbeat: (isLeaving) => {
      const { confirmed, replicas, state } = attachment;
      const isDetached = detached.includes(state) && !isLeaving;
      return { from: replicaId, shape, fingerprint, isAlone: isDetached, isLeaving, confirmed, replicas };
    },
    toLeaseState: (now) => ({
      shape,
      fingerprint,
      replicas: membership.replicas,
      undiscovered: membership.undiscovered,
      members: membership.membersAt(now),
      denials: denials.toDenials(now),
    }),
    newestShape: (now) => Math.max(shape, ...candidatesAt(now).map((member) => member.shape)),
    denyCredentials: (now) => {
      denials.deny(fingerprint, now);
      return candidatesAt(now).length > 0;
    },
    isForOtherCredentials: (now) => {
      // A new owner takes the members of the record for present until it could have heard them itself.
      const knowsMembers = now - takenAt >= presentMs;
      return (
        isOwner(now) && knowsMembers && denials.isDenied(fingerprint, now) && candidatesAt(now).length > 0
      );
    },
    release: () => {
      const change = lease.release();
      if (change) releasedTerm = change.term;
      return change;
    },
    get replicas() {
      return lease.isOwner ? membership.replicas : attachment.replicas;
    },
    close: () => {
      isClosing = true;
    },
  };
};
