import type { Answer, Content } from '../domain/answer.ts';
import type { Clock, VendorClock } from '../domain/clock.ts';
import type { LookupError } from '../domain/errors.ts';
import type { EmitOfAccount } from '../domain/events.ts';
import type { Call, Quota, Reply, VendorRequest } from '../domain/provider.ts';
import type { AccountStatus, Subject, Want } from '../exchange/exchange.ts';

/** One kind of question that the account's vendor answers: for its tasks, or for jobs. */
export interface Operation {
  /** The type of the schema. */
  readonly typename: string;
  /** The most ids in one call; 1 for tasks. */
  readonly maxBatch: number;
  /**
   * Asks the vendor. Ids that are absent from the answer are unknown to it.
   * @throws LookupError
   */
  fetch(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Content>>;
  /** What else an answer holds: the jobs in a task, as subjects with their contents. */
  readonly learn?: (content: Content) => Iterable<readonly [Subject, Content]>;
}

/** Where the owner's results go. Errors are already redacted. */
export interface Publisher {
  answer(subject: Subject, answer: Answer): void;
  failure(subject: Subject, error: LookupError, restMs: number): void;
  /** @param replica the one whose want it was */
  refusal(replica: string, subject: Subject, error: LookupError): void;
  /**
   * The vendor refuses these credentials.
   * @returns whether the account goes to a replica with other credentials; if not, all wants fail with the error
   */
  credentialsRefused(error: LookupError): boolean;
}

/** What a successor needs to go on at once. Plain JSON; times are spans in ms, counted from when it was taken. */
export interface HandOver {
  /** When the next call may be made. Finite: JSON knows nothing else. */
  readonly nextPermitInMs: number;
  /** For how long the vendor itself wants no call; 0 when it has not asked for a pause. */
  readonly vendorPauseMs: number;
  readonly credentialsAccepted: boolean;
  /** How far the vendor's clock is ahead of this process's time of day is not passed on: it belongs to the process. */
  readonly breaker: { readonly openForMs: number; readonly opened: number };
  /** Calls that the predecessor has sent and whose answers it will push itself; after so many ms it will not. */
  readonly underWay: readonly (Subject & { readonly forMs: number })[];
}

/** What an owner needs of the process around it. */
export interface OwnerOptions {
  readonly operations: readonly Operation[];
  readonly quota: Quota;
  /** Sends a provider's request, as HttpClient.get. */
  readonly get: (
    request: VendorRequest & { readonly signal: AbortSignal; readonly confirm?: () => Promise<void> },
  ) => Promise<Reply>;
  /** Whether this process may call the vendor, looked at in the turn in which a request is written. */
  readonly mayCall: () => boolean;
  readonly publisher: Publisher;
  /** The stored answer, for a task that a replica knows and this process does not. Never rejects. */
  readonly read: (subject: Subject) => Promise<Answer | undefined>;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** How long one call may take, in ms. */
  readonly deadlineMs: number;
  readonly redact: (text: string) => string;
  /** The vendor's time of day: learnt here, used by the provider to sign. */
  readonly vendorClock: VendorClock;
  /** Anything thrown that is not a LookupError. Those who wait get UNAVAILABLE, "Internal error." */
  readonly onBug: (error: unknown) => void;
  /** Told of calls, permits, the circuit breaker and the vendor's clock. Default: nobody is. */
  readonly emit?: EmitOfAccount;
}

/** Makes the calls of one account, for all replicas or for this process alone. */
export interface Owner {
  /** @param replica whose want it is: refusals go there */
  want(want: Want, replica: string): void;
  /** From 0 (no calls: what waits is forgotten, as it will be wanted again elsewhere) to 1 (the whole quota). */
  setShare(share: number): void;
  /** No call within so many milliseconds: a predecessor's may still count at the vendor. */
  hold(ms: number): void;
  /** Stops making calls. Those already sent go on, and are published when they end. */
  handOver(): HandOver;
  takeOver(state: HandOver): void;
  /**
   * A call that a predecessor had under way has ended, and has been published by it.
   * @param answer absent: it failed
   */
  settled(subject: Subject, answer?: Answer): void;
  /** Resolves when no call is under way. */
  drain(): Promise<void>;
  readonly status: AccountStatus;
}
