import type { Answer } from '../domain/answer.ts';
import { LookupError, toSpanText } from '../domain/errors.ts';
import type { TraceParent } from '../domain/events.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';

/** One task or job at one account: the type of the schema, and the id that is unique within it. */
export interface Subject {
  readonly typename: string;
  readonly id: string;
}

/** One text per subject, for maps. Type names hold no space. */
export const toSubjectKey = ({ typename, id }: Subject): string => `${typename} ${id}`;

/** What a replica asks of the owner of the account. A lost one costs nothing but being sent again. */
export interface Want extends Subject {
  /** How long somebody can wait for the answer, in ms. 0: nobody waits, it is to be renewed in the background. */
  readonly patienceMs: number;
  /** After how many milliseconds it falls due; 0 for what somebody waits for. */
  readonly dueInMs: number;
  /** The age of the answer that the replica has, in ms: only a newer one is of use to it. Absent: it has none. */
  readonly knownAgeMs?: number;
  /** Whose share of the permits the call is taken from, as `toCaller` makes it. */
  readonly caller: string;
  /** Of the request that wants it. Opaque. */
  readonly trace?: TraceParent | undefined;
}

/**
 * A caller as one text. Permits are shared between the identities that wait, then between the requests of an identity.
 * @param identity empty: it is not known, and the request stands for itself
 * @param request unique in this process
 */
export const toCaller = (identity: string, request: string): string =>
  `${encodeURIComponent(identity.toWellFormed())} ${request}`;

/** The part of the patience that is kept for the call itself, and not spent waiting for a permit. */
const callShare = 0.2;

/** How long whoever has this patience can wait for a permit, in ms. */
export const toPermitPatienceMs = (patienceMs: number): number => patienceMs * (1 - callShare);

/** The least patience of whoever can wait so long for a permit, in ms. */
export const toLeastPatienceMs = (permitMs: number): number => permitMs / (1 - callShare);

/** The identity in such a text, encoded; empty when it is not known. */
export const identityOf = (caller: string): string => caller.slice(0, Math.max(0, caller.indexOf(' ')));

/** What a replica receives of the account, unasked. Any of it may be lost. */
export interface ExchangeListener {
  /** The vendor's newest answer, wherever it was fetched. */
  onAnswer(subject: Subject, answer: Answer): void;
  /** A call that failed at the vendor: nobody tries again before `restMs` have passed. Already redacted. */
  onFailure(subject: Subject, error: LookupError, restMs: number): void;
  /**
   * This replica's own want will not be served in time. It stays queued if there is room: `retryAfterMs` of the error
   * is when it gets its permit.
   */
  onRefusal(subject: Subject, error: LookupError): void;
  /** Another process, or this one, has begun to make the calls: renewals that were wanted before are forgotten. */
  onNewOwner(): void;
}

/** Whether and how this replica's wants are served. */
export type ExchangeState =
  /** This process makes the account's calls, alone or for all replicas. */
  | { readonly kind: 'owner' }
  /** Another replica makes them. */
  | { readonly kind: 'follower' }
  /** A replica of a newer version makes them: this one could not read its answers, and wants nothing. */
  | { readonly kind: 'outdated' }
  /** Nobody is known to make them; in `retryAfterMs` somebody may, this replica alone if need be. */
  | { readonly kind: 'partitioned'; readonly retryAfterMs: number }
  /** Redis is lost: this process makes calls of its own within its part of the quota. */
  | { readonly kind: 'alone' };

/** Nobody serves this replica's wants before so many milliseconds have passed. */
export const toPartitionedError = (retryAfterMs: number): LookupError =>
  new LookupError(
    'RATE_LIMITED',
    `The replica that makes the calls of this account cannot be reached: this one may call in ${toSpanText(retryAfterMs)}.`,
    { retryAfterMs, reason: { kind: 'partitioned' } },
  );

/** How the owner of an account stands, as far as this replica knows. */
export interface AccountStatus {
  readonly breaker: MediaTaskBreakerState;
  /** How long the calls that are due now will take, in ms: renewals only, and all together. */
  readonly renewalBacklogMs: number;
  readonly backlogMs: number;
  /** How many calls are due now. */
  readonly backlog?: number;
  /** How many calls were sent within the last second. */
  readonly callsInLastSecond?: number;
  /** How long ago the vendor last answered a call, in ms; absent when it has not. */
  readonly lastSuccessAgeMs?: number;
}

/** The way from one replica's lookups to the owner of one account, in this process or over Redis, and back. */
export interface Exchange {
  /** Passes the want to the owner. Answers come to the listeners. Never throws. */
  want(want: Want): void;
  /** What the store has of it; undefined when it has nothing, or cannot be asked. Never rejects. */
  read(subject: Subject): Promise<Answer | undefined>;
  /** Every listener receives everything. */
  listen(listener: ExchangeListener): void;
  readonly state: ExchangeState;
  readonly status: AccountStatus;
  /** Hands the account over; resolves when what is under way has been stored and pushed. */
  close(): Promise<void>;
}
