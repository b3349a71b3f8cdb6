import type { Quota } from '../../domain/provider.ts';
import type { ExchangeState } from '../exchange.ts';
import { type AttachmentState, createAttachment } from './attachment.ts';
import type { Succession } from './contention.ts';
import { createLease, type Lease } from './lease.ts';
import { createMembership, toAloneCalls } from './membership.ts';
import { type Denial, type Heartbeat, type LeaseRecord, type LeaseState, renewEveryMs } from './record.ts';

export interface AuthorityOptions {
  readonly replicaId: string;
  /** Names the secrets of this process's credentials without telling them. */
  readonly fingerprint: string;
  readonly shape: number;
  /** The secrets that this process can open answers with. */
  readonly sealIds: readonly string[];
  readonly quota: Quota;
  /** How many processes like this one there are at least. */
  readonly replicas: number;
  /** When this process started, by `Clock.elapsed`, as all moments here. */
  readonly startedAt: number;
  readonly readRecord: (text: string) => LeaseRecord | undefined;
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
  const { replicaId, fingerprint, shape, sealIds, quota, startedAt, isConnected } = options;
  const denials = createDenials();
  const attachment = createAttachment(replicaId, quota.perMs, options.replicas, startedAt);
  let isClosing = false;
  let releasedTerm = -1;

  const claimableAt = (record: LeaseRecord | undefined, seenAt: number): number => {
    if (isClosing) return Number.POSITIVE_INFINITY;
    if (!record) return Number.NEGATIVE_INFINITY;
    const { members, leastShape = 0 } = record.state;
    const isVacant = record.owner === undefined;
    const isForOthers = record.term === releasedTerm || leastShape > shape;
    const others = members.filter(({ id }) => id !== replicaId).map((member) => member.fingerprint);
    // When all are refused, any of them may as well find out whether that has changed.
    const hasBetter = others.some((other) => denials.endOf(other) < denials.endOf(fingerprint));
    return Math.max(
      hasBetter ? denials.endOf(fingerprint) : Number.NEGATIVE_INFINITY,
      isVacant && isForOthers ? seenAt + leaveToOthersMs : Number.NEGATIVE_INFINITY,
    );
  };

  const lease = createLease({
    ...options,
    perMs: quota.perMs,
    claimableAt,
    onTaken: (succession, now) => {
      membership.begin(succession, now);
      options.onTaken(succession);
    },
  });
  const membership = createMembership({ replicaId, quota, replicas: options.replicas, sentAt: lease.sentAt });

  const isOwner = (now: number): boolean => !isClosing && now < lease.authorityUntil;
  const isAlone = (now: number): boolean => !isClosing && !isOwner(now) && attachment.state === 'alone';
  const isDenied = (of: string, now: number): boolean => now < denials.endOf(of);

  /** Replicas that could own the account instead of this one. */
  const candidatesAt = (now: number) =>
    membership.membersAt(now).filter((member) => member.isReachable && !isDenied(member.fingerprint, now));

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

  /** Whether this process can read what the owner of the record answers. */
  const canRead = (record: LeaseRecord | undefined): boolean =>
    !record || (record.state.shape <= shape && record.state.sealIds.some((id) => sealIds.includes(id)));

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
      if (isFollower(now)) return { kind: canRead(lease.record) ? 'follower' : 'outdated' };
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
    toHeartbeat: (isLeaving) => ({
      kind: 'heartbeat',
      from: replicaId,
      shape,
      fingerprint,
      isAlone: detached.includes(attachment.state) && !isLeaving,
      isLeaving,
      confirmed: attachment.confirmed,
      replicas: attachment.replicas,
    }),
    toLeaseState: (now) => ({
      shape,
      fingerprint,
      sealIds,
      replicas: membership.replicas,
      undiscovered: membership.undiscovered,
      members: membership.membersAt(now),
      denials: denials.toDenials(now),
    }),
    newestShape: (now) => Math.max(shape, ...candidatesAt(now).map((member) => member.shape)),
    denyCredentials: (now) => {
      denials.learn([{ fingerprint, ageMs: 0 }], now);
      return candidatesAt(now).length > 0;
    },
    isForOtherCredentials: (now) => {
      // Those that a new owner knows from the record only may be gone.
      const isThere = candidatesAt(now).some(({ id }) => membership.hasHeard(id));
      return isOwner(now) && isDenied(fingerprint, now) && isThere;
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

/** For so long nobody owns the account with credentials that the vendor has refused. */
const deniedMs = 60_000;

/** Credentials of this account that the vendor has refused, named by the fingerprints of their secrets. */
const createDenials = () => {
  const deniedAt = new Map<string, number>();
  const endOf = (fingerprint: string): number =>
    (deniedAt.get(fingerprint) ?? Number.NEGATIVE_INFINITY) + deniedMs;
  return {
    endOf,
    learn: (denials: readonly Denial[], now: number): void => {
      for (const { fingerprint, ageMs } of denials)
        if (now - ageMs + deniedMs > Math.max(now, endOf(fingerprint)))
          deniedAt.set(fingerprint, now - ageMs);
    },
    toDenials: (now: number): readonly Denial[] => {
      for (const [fingerprint, at] of deniedAt) if (now - at >= deniedMs) deniedAt.delete(fingerprint);
      return [...deniedAt].map(([fingerprint, at]) => ({ fingerprint, ageMs: now - at }));
    },
  };
};
