import { leaseMs } from './lease.ts';
import type { LeaseRecord } from './lease-record.ts';

/** So long after a replica was last heard, the owner counts it as missing, or a little more. */
const missingMs = 1_500;
const marginMs = 250;

/** A replica that does not see itself among those that the owner hears is cut off from it after this time. */
const cutOffMs = 3_500;

/**
 * How a replica that is not the owner stands to the owner.
 * - joining: it has only just started, and has never been heard by an owner
 * - attached: the owner hears it, and it the owner; it confirms the owner's renewals, and makes no calls
 * - detaching: it is cut off, and confirms nothing any more, so that the owner leaves calls unused for it
 * - alone: it makes calls of its own
 */
export type AttachmentState = 'joining' | 'attached' | 'detaching' | 'alone';

export interface Attachment {
  readonly state: AttachmentState;
  /** A renewal of an owner that is another replica. */
  heard(record: LeaseRecord, now: number): void;
  /** This process is the owner, by a renewal that it sent at this moment. */
  owned(renewedAt: number, replicas: number): void;
  /** Brings the state up to date. */
  pass(now: number): void;
  /** The renewal that a heartbeat may confirm. */
  readonly confirmed: { readonly term: number; readonly counter: number } | undefined;
  /** When it makes calls of its own, if it hears nothing before. */
  readonly aloneAt: number;
  /** When an owner was last heard. */
  readonly heardAt: number;
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
  let heardAt = Number.NEGATIVE_INFINITY;
  let confirmed: Attachment['confirmed'];
  let replicas = leastReplicas;

  return {
    get state() {
      return state;
    },
    heard: ({ owner, term, counter, state: { members, replicas: counted } }, now) => {
      if (owner === undefined) return;
      heardAt = now;
      const self = members.find(({ id }) => id === replicaId);
      const isListed = self?.isHeard === true;
      // Before it comes back, the owner must have heard that it is cut off: then both hear each other.
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
    pass: (now) => {
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
    get heardAt() {
      return heardAt;
    },
    get replicas() {
      return replicas;
    },
  };
};
