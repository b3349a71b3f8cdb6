import type { MediaTaskBreakerState, MediaTaskProblemCode } from '../generated/model.ts';
import type { LookupErrorReason } from './errors.ts';
import type { Quota } from './provider.ts';
import type { ProviderName } from './task.ts';

/**
 * What happens in this program, for logs, metrics and traces. It is emitted where it happens, once it has ended, and
 * whoever emits knows nothing of who listens. Durations are in milliseconds of `Clock.elapsed`, sizes in bytes. Texts of
 * vendors are redacted before they are emitted. No event holds an address, a secret, a variable or a signed URL.
 *
 * What happens for each task on the path of a known answer is counted instead (`OutcomeCounts`, `ShownCounts`): an event for
 * each would cost more than the answer.
 */
export type AppEvent = RequestEvent | (AccountEvent & { readonly account: AccountRef }) | ProcessEvent;

/** Passes an event to all listeners. Never throws, and never waits. */
export type Emit = (event: AppEvent) => void;

/** As `Emit`, for what happens at one account: owner, exchange and lookups do not know which one they serve. */
export type EmitOfAccount = (event: AccountEvent) => void;

/** One set of credentials at one vendor API. */
export interface AccountRef {
  readonly provider: ProviderName;
  /** Its name in Redis: the provider with a digest of key id, endpoint and region. */
  readonly id: string;
}

/** A W3C `traceparent`, such as `00-<32 hex>-<16 hex>-01`: where in which trace something belongs. Opaque here. */
export type TraceParent = string;

/**
 * Begins the trace of an operation, or goes on with the client's.
 * @param incoming as the client sent it: untrusted
 * @returns what belongs to the operation belongs to this
 */
export type BeginTrace = (incoming: TraceParent | undefined) => TraceParent | undefined;

/** How a client reaches this server. */
export type Transport = 'http' | 'websocket' | 'event-stream';

/** How a task was answered: `STALE` is an earlier answer because no new one could be had. */
export type TaskOutcome = 'OK' | 'STALE' | MediaTaskProblemCode;

/** How many tasks and jobs were answered in which way. */
export type OutcomeCounts = Partial<Record<TaskOutcome, number>>;

/** What lookups have shown without waiting, since the start. */
export interface ShownCounts {
  readonly outcomes: OutcomeCounts;
  /** The sum of the ages of the fresh answers among them, in ms. */
  ageMs: number;
}

/** Why a client was refused, before anything was executed for it. */
export type RefusalRule =
  /** `Router-Authorization` is missing or wrong. */
  | 'router-authorization'
  /** A browser sent it for a page of another site. */
  | 'origin'
  /** It exceeds a limit of this server; the event names it. */
  | 'limit'
  /** There are too many connections, in all or of one address. */
  | 'connections'
  /** The client does not read what is sent to it. */
  | 'unread'
  /** It is not a request of the protocol: not JSON, an unknown path or method, a message before the handshake. */
  | 'malformed';

/** What happens between this server and its clients. */
export type RequestEvent =
  | RequestFinished
  | {
      readonly kind: 'request-refused';
      readonly transport: Transport;
      readonly rule: RefusalRule;
      /** The name of the limit, if the rule is `limit`: one of a closed set. */
      readonly limit?: string;
    }
  | { readonly kind: 'subscription-opened'; readonly transport: Transport; readonly tasks: number }
  | SubscriptionEnded
  /** A client has not read a task's update before the next one replaced it. */
  | { readonly kind: 'queue-conflated' };

/** What is known of the operation that a client sent. */
interface OperationFacts {
  readonly transport: Transport;
  /** Its name as the client gave it: untrusted. Absent: it has none, or was not executed. */
  readonly operation?: string | undefined;
  /** The headers `apollographql-client-name` and `-version`: untrusted. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
  readonly trace?: TraceParent | undefined;
}

/** One operation was answered, whether it was executed or not. For a subscription: its start. */
export interface RequestFinished extends OperationFacts {
  readonly kind: 'request-finished';
  /**
   * `ok`: no entry in `errors`. `invalid`: the client's own mistake, in all or part of it. `refused`: as
   * `request-refused`. `error`: an error of this program. `aborted`: the client went away before the answer.
   */
  readonly outcome: 'ok' | 'invalid' | 'refused' | 'error' | 'aborted';
  /** The HTTP status; 0 if none was sent. */
  readonly status: number;
  readonly durationMs: number;
  /** Of the answer's body, before compression. */
  readonly bytes: number;
  readonly tasks: OutcomeCounts;
  /** Whether the fast lane answered. */
  readonly isFastLane: boolean;
}

/** A subscription that had begun is over. */
export interface SubscriptionEnded extends OperationFacts {
  readonly kind: 'subscription-ended';
  /** `final`: none of its tasks can change any more. */
  readonly why: 'final' | 'client' | 'shutdown' | 'error';
  /** How many tasks it followed, and how many results it sent. */
  readonly tasks: number;
  readonly results: number;
  readonly durationMs: number;
}

/** What happens at one account. */
export type AccountEvent =
  | VendorCallFinished
  | LookupFinished
  /** A call has got its permit; it waited for so long since it was queued. */
  | { readonly kind: 'permit-granted'; readonly waitedMs: number; readonly trace?: TraceParent | undefined }
  | PermitRefused
  | {
      readonly kind: 'breaker-changed';
      readonly from: MediaTaskBreakerState;
      readonly to: MediaTaskBreakerState;
      /** For how long no call is made, if it has opened. */
      readonly openForMs: number;
      /** The outages among the calls of the last seconds that made it open; 0 if something else did. */
      readonly outages: number;
      readonly calls: number;
    }
  /** This process makes the account's calls from now on. */
  | { readonly kind: 'lease-taken'; readonly isHandedOver: boolean }
  /** This process stops making them of its own accord, for another one to go on. */
  | {
      readonly kind: 'lease-handed-over';
      readonly why: 'shutdown' | 'wrong-credentials' | 'newer-version';
    }
  /** This process may not make them any more: it could not renew its lease, or another one has taken it. */
  | { readonly kind: 'lease-lost' }
  /** No owner can be reached: this process makes calls of its own, within this part of the quota (0 to 1). */
  | { readonly kind: 'alone'; readonly share: number }
  /** An owner is there again, or this process is it: no more calls of its own. */
  | { readonly kind: 'rejoined'; readonly afterMs: number }
  /** The vendor's clock is so far ahead of this process's: signatures follow it. */
  | { readonly kind: 'clock-skew'; readonly offsetMs: number }
  /** An error of this program's own, in what it does for the account. */
  | { readonly kind: 'unhandled-error'; readonly error: unknown };

/** One call to the vendor has ended; made again, it is another one. */
export interface VendorCallFinished {
  readonly kind: 'vendor-call-finished';
  /** The type of the schema that was asked for, and how many of it. */
  readonly typename: string;
  readonly items: number;
  /** Absent: the vendor answered, if only that it knows no such task. */
  readonly failure?: CallFailure | undefined;
  /** From when its permit was confirmed and it was written, to the last byte or the failure. 0: it was never sent. */
  readonly durationMs: number;
  /** The HTTP status; 0 if there was none. */
  readonly status: number;
  /** Of the answer's body, decompressed. */
  readonly bytes: number;
  /** The vendor's id of the request, if it answered with one. */
  readonly vendorRequestId?: string | undefined;
  /** The vendor's host name and port, without path and query. */
  readonly host: string;
  /** 1, or higher if it was made again. */
  readonly attempt: number;
  /** Nobody waits for it: it renews a known answer. `trace` is of the request that wanted it, and may have ended. */
  readonly isRenewal: boolean;
  /** How many replicas wanted it: before it was made, or while it was under way (single flight). All get the answer. */
  readonly replicas: number;
  readonly trace?: TraceParent | undefined;
}

/** Why a call failed. The texts are redacted and cut, as clients see them. */
export interface CallFailure {
  readonly code: MediaTaskProblemCode;
  readonly message: string;
  readonly reason?: LookupErrorReason['kind'] | undefined;
  readonly vendorCode?: string | undefined;
  readonly vendorRequestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** One caller has got the task, or job, that it had to wait for. What is known and fresh is counted, see `OutcomeCounts`. */
export interface LookupFinished {
  readonly kind: 'lookup-finished';
  readonly typename: string;
  readonly outcome: TaskOutcome;
  /** Why there is no new answer, if the reason has a name. */
  readonly reason?: LookupErrorReason['kind'] | undefined;
  /** Where what is shown came from; `memory` also for an earlier answer or a failure that this process knew. */
  readonly source: 'memory' | 'redis' | 'vendor' | 'none';
  readonly durationMs: number;
  readonly trace?: TraceParent | undefined;
  /** It joined the wait of another caller (single flight); the trace of that one, if it has one. */
  readonly joined?: { readonly trace?: TraceParent | undefined } | undefined;
}

/** A want cannot be served in time: no permit is free before its deadline. */
export interface PermitRefused {
  readonly kind: 'permit-refused';
  readonly reason: LookupErrorReason['kind'];
  /** The reason in words, with its numbers, as clients see it. */
  readonly message: string;
  readonly retryAfterMs: number;
  /** How many calls are queued. */
  readonly waiting: number;
  /** The account's limit. */
  readonly quota: Quota;
  /** Of the request that wanted it first. */
  readonly trace?: TraceParent | undefined;
}

/** What happens in the process as a whole. */
export type ProcessEvent =
  /** Redis cannot be used. The cause is a sentence for people, without addresses and keys. */
  | { readonly kind: 'redis-lost'; readonly cause: string }
  | { readonly kind: 'redis-back'; readonly afterMs: number }
  /** An error of this program's own. */
  | { readonly kind: 'unhandled-error'; readonly error: unknown };

/** Counts one task or job that is answered. */
export const countOutcome = (tasks: OutcomeCounts, outcome: TaskOutcome): void => {
  tasks[outcome] = (tasks[outcome] ?? 0) + 1;
};

/** Names the account of what owner, exchange and lookups emit. */
export const toEmitOfAccount =
  (emit: Emit, account: AccountRef): EmitOfAccount =>
  (event) =>
    emit({ ...event, account });

/** The outcome of a task or job as the graph shows it. */
export const toTaskOutcome = (shown: {
  readonly problem: { readonly code: MediaTaskProblemCode } | null;
  readonly stale?: boolean;
}): TaskOutcome => shown.problem?.code ?? (shown.stale ? 'STALE' : 'OK');
