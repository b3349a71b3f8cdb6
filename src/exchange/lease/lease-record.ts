import type { MediaTaskBreakerState } from '../../generated/model.ts';
import type { HandOver } from '../../owner/owner.ts';
import {
  type JsonObject,
  readList,
  readObject,
  readSealed,
  readSpan,
  readSubject,
  readText,
  toSealed,
} from '../codec.ts';
import type { AccountStatus } from '../exchange.ts';

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

const nobody = '-';

/** The record of any renewal within one owner's term begins with this. */
export const toTermPrefix = ({ owner = nobody, term }: Pick<LeaseRecord, 'owner' | 'term'>): string =>
  `lease ${owner} ${term} `;

/** Only the record of this renewal begins with this. */
export const toRenewalPrefix = (record: Pick<LeaseRecord, 'owner' | 'term' | 'counter'>): string =>
  `${toTermPrefix(record)}${record.counter} `;

/** The record as it is stored and announced. */
export const toRecordText = (record: LeaseRecord): string =>
  `${toRenewalPrefix(record)}${toSealed(record.state)}`;

/** The beginning of a record, as it is there: `toRenewalPrefix` of one that can be read. Empty when there is none. */
export const readRenewalPrefix = (text: string): string => /^lease \S+ \d+ \d+ /.exec(text)?.[0] ?? '';

/** Undefined for whatever is not ours. */
export const readRecord = (text: string): LeaseRecord | undefined => {
  const [, owner, term, counter, sealed] = /^lease (\S{1,100}) (\d{1,15}) (\d{1,15}) (.+)$/s.exec(text) ?? [];
  const state = sealed === undefined ? undefined : readState(readSealed(sealed));
  if (!state) return undefined;
  return { owner: owner === nobody ? undefined : owner, term: Number(term), counter: Number(counter), state };
};

const mostMembers = 1_000;

const readState = (value: JsonObject | undefined): LeaseState | undefined => {
  if (!value) return undefined;
  const handOver = readHandOver(value.handOver);
  const leastShape = readSpan(value.leastShape);
  return {
    shape: readSpan(value.shape) ?? 0,
    fingerprint: readText(value.fingerprint) ?? '',
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
  const member = readObject(value);
  const id = readText(member?.id);
  if (!member || !id) return [];
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
  return denial && fingerprint ? [{ fingerprint, ageMs: readSpan(denial.ageMs) ?? 0 }] : [];
};

const longestBacklogMs = 3_600_000;
const breakers: readonly MediaTaskBreakerState[] = ['CLOSED', 'HALF_OPEN', 'OPEN'];

const readStatus = (value: unknown): AccountStatus => {
  const status = readObject(value);
  return {
    breaker: breakers.find((known) => known === status?.breaker) ?? 'CLOSED',
    renewalBacklogMs: readSpan(status?.renewalBacklogMs, longestBacklogMs) ?? 0,
    backlogMs: readSpan(status?.backlogMs, longestBacklogMs) ?? 0,
  };
};

/** No hold and no breaker of a predecessor reaches further ahead than this. */
const longestHoldMs = 60_000;
const mostUnderWay = 1_000;

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
      .slice(0, mostUnderWay)
      .flatMap((call) => {
        const { typename, id, forMs } = readObject(call) ?? {};
        const subject = readSubject(typename, id);
        return subject ? [{ ...subject, forMs: readSpan(forMs, longestHoldMs) ?? 0 }] : [];
      }),
  };
};
