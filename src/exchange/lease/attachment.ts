import { type LeaseRecord, leaseMs } from './record.ts';

/** So long after a replica's last heartbeat, or a little later, the owner counts it as missing. */
const missingMs = 1_500;
const marginMs = 250;

/** A replica that the owner's records have not named as reachable for this time is cut off from it. */
const cutOffMs = 3_500;

/**
 * How a replica that is not the owner stands to the owner.
 * - joining: it has only just started, and no owner has received a heartbeat of it
 * - attached: it receives the owner's records and the owner its heartbeats; it confirms renewals, and makes no calls
 * - detaching: it is cut off, and confirms nothing any more, so that the owner leaves calls unused for it
 * - alone: it makes calls of its own
 */
export type AttachmentState = 'joining' | 'attached' | 'detaching' | 'alone';

/** A replica's relation to the owner of the account, for as long as it is not the owner itself. */
export interface Attachment {
  readonly state: AttachmentState;
  /** A renewal of an owner that is another replica. */
  receive(record: LeaseRecord, now: number): void;
  /** This process is the owner, by a renewal that it sent at this moment. */
  owned(renewedAt: number, replicas: number): void;
  /** Brings the state up to date. */
  update(now: number): void;
  /** The renewal that a heartbeat may confirm. */
  readonly confirmed: { readonly term: number; readonly counter: number } | undefined;
  /** When it makes calls of its own, if it receives nothing from an owner before. */
  readonly aloneAt: number;
  /** When a record of an owner was last received. */
  readonly lastSeenAt: number;
  /** How many replicas it counts with when alone. */
  readonly replicas: number;
}

/**
 * Sees to it that no replica makes calls of its own before the owner has left calls unused for it: the owner counts on a
 * replica for a while after a renewal that it has confirmed, and the replica waits for longer than that.
 */
export const createAttachment = (
  replicaId: string,
  perMs: number,
  leastReplicas: number,
  startedAt: number,
): Attachment => {
  const aloneMs = leaseMs + missingMs + perMs + marginMs;
  let state: AttachmentState = 'joining';
  /** From then on nobody counts on this replica any more, unless it confirms or owns anew. */
  let countedOnAt = startedAt;
  let listedAt = startedAt;
  let lastSeenAt = Number.NEGATIVE_INFINITY;
  let confirmed: Attachment['confirmed'];
  let replicas = leastReplicas;

  return {
    get state() {
      return state;
    },
    receive: ({ owner, term, counter, state: { members, replicas: counted } }, now) => {
      if (owner === undefined) return;
      lastSeenAt = now;
      const self = members.find(({ id }) => id === replicaId);
      const isListed = self?.isReachable === true;
      // Before it rejoins, the owner must have learnt that it was cut off: then messages pass in both directions.
      if (isListed && (state === 'joining' || state === 'attached' || self.isAlone)) {
        state = 'attached';
        listedAt = now;
      }
      if (state !== 'attached') return;
      confirmed = { term, counter };
      countedOnAt = now;
      replicas = Math.max(leastReplicas, counted);
    },
    owned: (renewedAt, counted) => {
      state = 'attached';
      confirmed = undefined;
      countedOnAt = Math.max(countedOnAt, renewedAt);
      listedAt = countedOnAt;
      replicas = Math.max(leastReplicas, counted);
    },
    update: (now) => {
      if (state === 'attached' && now - listedAt >= cutOffMs) state = 'detaching';
      if (state !== 'attached') confirmed = undefined;
      if (state !== 'alone' && state !== 'attached' && now >= countedOnAt + aloneMs) state = 'alone';
    },
    get confirmed() {
      return confirmed;
    },
    get aloneAt() {
      return countedOnAt + aloneMs;
    },
    get lastSeenAt() {
      return lastSeenAt;
    },
    get replicas() {
      return replicas;
    },
  };
};
