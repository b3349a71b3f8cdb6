import type { MediaTaskBreakerState } from '../../generated/model.ts';
import type { HandOver } from '../../owner/owner.ts';
import type { AccountStatus } from '../exchange.ts';
import { splitMessage } from '../messages.ts';
import {
  type JsonObject,
  readList,
  readObject,
  readSpan,
  readSubject,
  readText,
  type Seal,
} from '../seal.ts';

/** For so long after its last renewal an owner may make calls, and nobody else becomes the owner. */
export const leaseMs = 2_500;
/** How often an owner renews its lease. */
export const renewEveryMs = 500;

/** A replica as the owner of the account sees it. */
export interface MemberInRecord {
  readonly id: string;
  readonly shape: number;
  readonly fingerprint: string;
  /** It makes calls of its own, or may. */
  readonly isAlone: boolean;
  /** The owner receives its heartbeats. */
  readonly isReachable: boolean;
  /** How many replicas it counts with when it makes calls of its own. */
  readonly replicas: number;
  /** For how long the owner may still use this one's part of the quota, in ms. */
  readonly presentForMs: number;
}

/** Credentials that the vendor has refused, named by their fingerprint. */
export interface Denial {
  readonly fingerprint: string;
  readonly ageMs: number;
}

/** What the owner of an account publishes with each renewal. Times are spans. */
export interface LeaseState {
  readonly shape: number;
  readonly fingerprint: string;
  /** The secrets that its answers are sealed with. */
  readonly sealIds: readonly string[];
  /** The owner receives wants: what was wanted before is to be sent again. */
  readonly isListening: boolean;
  /** How many replicas there are, or have to be counted with. */
  readonly replicas: number;
  /** Replicas that there must be, and of which no owner has received a heartbeat yet. */
  readonly undiscovered: number;
  readonly members: readonly MemberInRecord[];
  readonly denials: readonly Denial[];
  readonly status: AccountStatus;
  /** Only in a vacant record: what the successor goes on with. */
  readonly handOver?: HandOver;
  /** Only in a vacant record: the lowest shape that is to take over at once. */
  readonly leastShape?: number;
}

/** Who owns the account. Renewed by counting up. */
export interface LeaseRecord {
  /** Undefined: nobody, the last owner has handed it over. */
  readonly owner: string | undefined;
  /** Counts owners. */
  readonly term: number;
  /** Counts renewals. */
  readonly counter: number;
  readonly state: LeaseState;
}

/** What a replica sends to the owner of the account twice a second. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** The replica's id. */
  readonly from: string;
  readonly shape: number;
  readonly fingerprint: string;
  /** It makes calls of its own, or may. */
  readonly isAlone: boolean;
  /** It is shutting down, and makes no calls any more. */
  readonly isLeaving: boolean;
  /** The owner's last renewal that it has seen; it makes no calls of its own for a good while after that. */
  readonly confirmed?: { readonly term: number; readonly counter: number } | undefined;
  /** How many replicas it counts with when it makes calls of its own. */
  readonly replicas: number;
}

/** What replicas send each other about who owns the account, beside the record. */
export type LeaseMessage =
  | Heartbeat
  /** Redis has lost the record: does anybody know of an owner? */
  | { readonly kind: 'ask'; readonly from: string }
  | {
      readonly kind: 'owner-known';
      readonly from: string;
      /** For how long that owner may make calls. */
      readonly leftMs: number;
      /** How many replicas there were under it. */
      readonly replicas: number;
    };

const nobody = '-';

/** More owners than there can ever be. After it, which only a forged record can have, terms begin anew. */
export const highestTerm = 1e12;

/** The record of any renewal within one owner's term begins with this. */
export const toTermPrefix = ({ owner = nobody, term }: Pick<LeaseRecord, 'owner' | 'term'>): string =>
  `lease ${owner} ${term} `;

/** Only the record of this renewal begins with this. */
export const toRenewalPrefix = (record: Pick<LeaseRecord, 'owner' | 'term' | 'counter'>): string =>
  `${toTermPrefix(record)}${record.counter} `;

/** The beginning of a record, as it is there: `toRenewalPrefix` of one that can be read. Empty when there is none. */
export const readRenewalPrefix = (text: string): string => /^lease \S+ \d+ \d+ /.exec(text)?.[0] ?? '';

/** The record as it is stored and announced. */
export const toRecordText = (record: LeaseRecord, seal: Seal): string =>
  toRenewalPrefix(record) + seal.close({ kind: 'lease', ...record });

/** Undefined for whatever is not ours. */
export const readRecord = (text: string, seal: Seal): LeaseRecord | undefined => {
  const prefix = readRenewalPrefix(text);
  const value = prefix === '' ? undefined : seal.open(text.slice(prefix.length));
  if (value?.kind !== 'lease') return undefined;
  const term = readSpan(value.term, highestTerm);
  const counter = readSpan(value.counter, highestTerm);
  const state = readState(value.state);
  if (term === undefined || counter === undefined || !state) return undefined;
  const record = { owner: readText(value.owner), term, counter, state };
  return toRenewalPrefix(record) === prefix ? record : undefined;
};

/** Kind and sender stand first, so that nobody opens its own. */
export const toLeaseMessageText = (message: LeaseMessage, seal: Seal): string =>
  `${message.kind} ${message.from} ${seal.close({ ...message })}`;

/** Undefined for whatever is not ours, and for this replica's own. */
export const readLeaseMessage = (text: string, replicaId: string, seal: Seal): LeaseMessage | undefined => {
  const [kind, from, sealed] = splitMessage(text);
  if (from === replicaId || (kind !== 'heartbeat' && kind !== 'ask' && kind !== 'owner-known'))
    return undefined;
  const value = seal.open(sealed);
  if (value?.kind !== kind || value.from !== from) return undefined;
  if (kind === 'ask') return { kind, from };
  const replicas = Math.max(1, readSpan(value.replicas, mostMembers) ?? 1);
  if (kind === 'owner-known') return { kind, from, leftMs: readSpan(value.leftMs, leaseMs) ?? 0, replicas };
  const { term, counter } = readObject(value.confirmed) ?? {};
  return {
    kind,
    from,
    shape: readSpan(value.shape) ?? 0,
    fingerprint: readText(value.fingerprint) ?? '',
    isAlone: value.isAlone === true,
    isLeaving: value.isLeaving === true,
    confirmed: typeof term === 'number' && typeof counter === 'number' ? { term, counter } : undefined,
    replicas,
  };
};

const mostMembers = 1_000;

const readState = (untrusted: unknown): LeaseState | undefined => {
  const value = readObject(untrusted);
  if (!value) return undefined;
  const handOver = readHandOver(value.handOver);
  const leastShape = readSpan(value.leastShape);
  return {
    shape: readSpan(value.shape) ?? 0,
    fingerprint: readText(value.fingerprint) ?? '',
    sealIds: readList(value.sealIds).slice(0, mostMembers).map(String),
    isListening: value.isListening === true,
    replicas: Math.max(1, readSpan(value.replicas, mostMembers) ?? 1),
    undiscovered: readSpan(value.undiscovered, mostMembers) ?? 0,
    members: readList(value.members).slice(0, mostMembers).flatMap(readMember),
    denials: readList(value.denials).slice(0, mostMembers).flatMap(readDenial),
    status: readStatus(value.status),
    ...(handOver && { handOver }),
    ...(leastShape !== undefined && { leastShape }),
  };
};

const readMember = (value: unknown): MemberInRecord[] => {
  const member: JsonObject = readObject(value) ?? {};
  const id = readText(member.id);
  if (!id) return [];
  return [
    {
      id,
      shape: readSpan(member.shape) ?? 0,
      fingerprint: readText(member.fingerprint) ?? '',
      isAlone: member.isAlone === true,
      isReachable: member.isReachable === true,
      replicas: Math.max(1, readSpan(member.replicas, mostMembers) ?? 1),
      presentForMs: readSpan(member.presentForMs, 10_000) ?? 0,
    },
  ];
};

const readDenial = (value: unknown): Denial[] => {
  const denial = readObject(value);
  const fingerprint = readText(denial?.fingerprint);
  return fingerprint ? [{ fingerprint, ageMs: readSpan(denial?.ageMs) ?? 0 }] : [];
};

const longestBacklogMs = 3_600_000;
const breakers: readonly MediaTaskBreakerState[] = ['CLOSED', 'HALF_OPEN', 'OPEN'];

const readStatus = (value: unknown): AccountStatus => {
  const status = readObject(value);
  const backlog = readSpan(status?.backlog);
  const callsInLastSecond = readSpan(status?.callsInLastSecond);
  const lastSuccessAgeMs = readSpan(status?.lastSuccessAgeMs);
  return {
    breaker: breakers.find((known) => known === status?.breaker) ?? 'CLOSED',
    renewalBacklogMs: readSpan(status?.renewalBacklogMs, longestBacklogMs) ?? 0,
    backlogMs: readSpan(status?.backlogMs, longestBacklogMs) ?? 0,
    // Absent from replicas of an earlier version.
    ...(backlog !== undefined && { backlog }),
    ...(callsInLastSecond !== undefined && { callsInLastSecond }),
    ...(lastSuccessAgeMs !== undefined && { lastSuccessAgeMs }),
  };
};

/** No hold and no breaker of a predecessor reaches further ahead than this. */
const longestHoldMs = 60_000;

const readHandOver = (value: unknown): HandOver | undefined => {
  const handOver = readObject(value);
  if (!handOver) return undefined;
  const breaker = readObject(handOver.breaker);
  return {
    nextPermitInMs: readSpan(handOver.nextPermitInMs, longestHoldMs) ?? longestHoldMs,
    vendorPauseMs: readSpan(handOver.vendorPauseMs, longestHoldMs) ?? 0,
    credentialsAccepted: handOver.credentialsAccepted === true,
    breaker: {
      openForMs: readSpan(breaker?.openForMs, longestHoldMs) ?? 0,
      opened: readSpan(breaker?.opened, 1_000) ?? 0,
    },
    underWay: readList(handOver.underWay)
      .slice(0, mostMembers)
      .flatMap((call) => {
        const { typename, id, forMs } = readObject(call) ?? {};
        const subject = readSubject(typename, id);
        return subject ? [{ ...subject, forMs: readSpan(forMs, longestHoldMs) ?? 0 }] : [];
      }),
  };
};
