import type { Quota } from '../../domain/provider.ts';
import type { Succession } from './contention.ts';
import type { Heartbeat, MemberInRecord } from './record.ts';

/** So long after a renewal was sent, a replica that has confirmed it keeps to being served by the owner. */
const presentMs = 2_500;

/** After this time without a heartbeat a replica is taken to be gone for good. */
const goneMs = 10 * 60_000;

/**
 * How many of the account's calls one replica may make by itself when Redis is lost. The sum over all replicas is half of
 * the quota at most, in whole calls as far as there are enough.
 */
export const toAloneCalls = (calls: number, replicas: number): number => {
  const part = calls / (2 * replicas);
  return part >= 1 ? Math.floor(part) : part;
};

interface Member {
  readonly id: string;
  shape: number;
  fingerprint: string;
  isAlone: boolean;
  /** How many replicas it counts with when it makes calls of its own. */
  replicas: number;
  lastSeenAt: number;
  /** Until then it makes no calls of its own. */
  presentUntil: number;
  /** Until then its earlier calls may still count at the vendor. */
  reservedUntil: number;
  /** This process has received a heartbeat of it; else it only knows it from the last record. */
  isHeard: boolean;
  /** It has said goodbye. */
  hasLeft: boolean;
}

export interface MembershipOptions {
  readonly replicaId: string;
  readonly quota: Quota;
  /** How many replicas there are at least. */
  readonly replicas: number;
  /** When this process sent the renewal that a replica confirms. */
  readonly sentAt: (term: number, counter: number) => number | undefined;
}

/** The replicas of an account as its owner counts them: for each that may make calls of its own, calls are left unused. */
export interface Membership {
  /** Begins again, as a new owner: with the members that the last record names, or as many as others knew of. */
  begin(succession: Succession, now: number): void;
  receive(heartbeat: Heartbeat, now: number): void;
  /** The part of the quota that the owner may use. */
  shareAt(now: number): number;
  /** All but the owner. */
  membersAt(now: number): readonly MemberInRecord[];
  /** Whether this process has received a heartbeat of it as the owner. */
  hasHeard(id: string): boolean;
  /** How many replicas have to be counted with. */
  readonly replicas: number;
  /** How many there must be of which no owner has received a heartbeat. */
  readonly undiscovered: number;
}

export const createMembership = (options: MembershipOptions): Membership => {
  const { replicaId, quota, sentAt } = options;
  const members = new Map<string, Member>();
  /** How many there must be besides the known ones, and until when they are counted with. */
  let undiscovered = 0;
  let undiscoveredCountWith = options.replicas;
  let undiscoveredUntil = Number.NEGATIVE_INFINITY;

  const countReplicas = (): number => Math.max(options.replicas, members.size + 1 + undiscovered);

  const add = (member: Omit<Member, 'hasLeft' | 'isHeard' | 'reservedUntil'>): Member => {
    const added = { ...member, hasLeft: false, isHeard: false, reservedUntil: Number.NEGATIVE_INFINITY };
    members.set(member.id, added);
    return added;
  };

  const discover = (heartbeat: Heartbeat, now: number): Member => {
    undiscovered = Math.max(0, undiscovered - 1);
    const { from: id, shape, fingerprint, isAlone, replicas } = heartbeat;
    // It makes no calls before it has waited longer than this for an owner.
    const presentUntil = now + presentMs;
    return add({ id, shape, fingerprint, isAlone, replicas, lastSeenAt: now, presentUntil });
  };

  const isReserved = ({ presentUntil, reservedUntil }: Member, now: number): boolean =>
    now >= presentUntil || now < reservedUntil;

  const forget = (now: number): void => {
    for (const member of members.values()) {
      const isGone = member.hasLeft ? now >= member.reservedUntil : now - member.lastSeenAt > goneMs;
      if (isGone) members.delete(member.id);
    }
    if (now >= undiscoveredUntil) undiscovered = 0;
  };

  return {
    begin: ({ predecessor, handOver, announcedAt, replicas: othersReplicas }, now) => {
      const isHandedOver = handOver !== undefined;
      members.clear();
      const { state } = predecessor ?? {};
      const known = state?.members.filter(({ id }) => id !== replicaId) ?? [];
      for (const { id, shape, fingerprint, replicas, isAlone, presentForMs } of known) {
        const isPresent = isHandedOver && announcedAt !== undefined;
        const presentUntil = isPresent ? announcedAt + presentForMs : Number.NEGATIVE_INFINITY;
        add({ id, shape, fingerprint, isAlone, replicas, lastSeenAt: now, presentUntil });
      }
      const lastOwner = isHandedOver ? undefined : predecessor?.owner;
      if (lastOwner !== undefined && lastOwner !== replicaId && !members.has(lastOwner)) {
        const { shape = 0, fingerprint = '', replicas = options.replicas } = state ?? {};
        const presentUntil = Number.NEGATIVE_INFINITY;
        add({ id: lastOwner, shape, fingerprint, replicas, isAlone: false, lastSeenAt: now, presentUntil });
      }
      undiscovered = state ? state.undiscovered : Math.max(options.replicas - 1, othersReplicas);
      undiscoveredCountWith = othersReplicas || (state?.replicas ?? options.replicas);
      undiscoveredUntil = now + goneMs;
    },
    receive: (heartbeat, now) => {
      const { from, shape, fingerprint, isAlone, isLeaving, confirmed, replicas } = heartbeat;
      if (from === replicaId) return;
      if (isLeaving) {
        const member = members.get(from);
        if (!member) return;
        if (isReserved(member, now)) member.reservedUntil = now + quota.perMs;
        member.hasLeft = true;
        member.presentUntil = Number.POSITIVE_INFINITY;
        return;
      }
      const member = members.get(from) ?? discover(heartbeat, now);
      if (member.hasLeft) return;
      Object.assign(member, { shape, fingerprint, lastSeenAt: now, isHeard: true, isAlone, replicas });
      if (isAlone) {
        member.presentUntil = Number.NEGATIVE_INFINITY;
        return;
      }
      const confirmedAt = confirmed && sentAt(confirmed.term, confirmed.counter);
      if (confirmedAt === undefined || confirmedAt + presentMs <= now) return;
      // It has stopped making calls of its own, but the last ones were made only just now.
      if (now >= member.presentUntil) member.reservedUntil = now + quota.perMs;
      member.presentUntil = Math.max(member.presentUntil, confirmedAt + presentMs);
    },
    shareAt: (now) => {
      forget(now);
      const reserved = [...members.values()]
        .filter((member) => isReserved(member, now))
        .reduce((sum, { replicas }) => sum + toAloneCalls(quota.calls, replicas), 0);
      const ofUndiscovered = undiscovered * toAloneCalls(quota.calls, undiscoveredCountWith);
      return Math.max(0, 1 - (reserved + ofUndiscovered) / quota.calls);
    },
    membersAt: (now) => {
      forget(now);
      return [...members.values()]
        .filter(({ hasLeft }) => !hasLeft)
        .map(({ id, shape, fingerprint, replicas, isAlone, lastSeenAt, presentUntil }) => ({
          id,
          shape,
          fingerprint,
          replicas,
          isAlone,
          isReachable: now - lastSeenAt < presentMs,
          presentForMs: Math.min(presentMs, Math.max(0, presentUntil - now)),
        }));
    },
    hasHeard: (id) => members.get(id)?.isHeard === true,
    get replicas() {
      return countReplicas();
    },
    get undiscovered() {
      return undiscovered;
    },
  };
};
