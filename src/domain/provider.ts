import type { Job, ProviderName, Snapshot } from './task.ts';

/** A limit on calls: at most `calls` in any span of `perMs` milliseconds. */
export interface Quota {
  readonly calls: number;
  readonly perMs: number;
}

/** One part of a natural key. */
export interface KeyField<Name extends string = string> {
  /** The field of the schema type and the argument of the root field. */
  readonly name: Name;
  /** The enum values it can have, in capitals; ids carry them in lower case. Absent: any text. */
  readonly oneOf?: readonly string[];
}

/** The values of a natural key, by field name. */
export type Key<Name extends string = string> = Readonly<Record<Name, string>>;

/** A vendor's HTTP response with any status; the body is decompressed text of at most 2 MB. */
export interface Reply {
  readonly status: number;
  /** A header's value by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: string;
}

/** One GET. The address is absolute and already encoded: it is sent as it was signed. */
export interface VendorRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call to the vendor that the account's limits allow. */
export interface Call {
  /**
   * Sends the request once, without retry or redirect, within the call's permit and deadline.
   * @throws LookupError TIMEOUT, UNAVAILABLE or BAD_RESPONSE (over 2 MB)
   */
  get(request: VendorRequest): Promise<Reply>;
}

/** The only clock and the only randomness that a provider may use. */
export interface Tools {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Unpredictable lower-case hex digits, two for each byte. */
  readonly randomHex: (bytes: number) => string;
}

/**
 * Asks the vendor for one task.
 * @returns null when the vendor knows no such task
 * @throws LookupError for anything else that goes wrong; a task that failed is data
 */
export type FetchTask<Name extends string = string> = (
  key: Key<Name>,
  call: Call,
) => Promise<Snapshot | null>;

/** Jobs of tasks that the vendor also answers for by their own ids, many in one call. */
export interface JobKind {
  /** The object type of the schema. */
  readonly typename: string;
  /** The field that holds a job's id: its natural key. */
  readonly keyField: string;
  /** The root field that takes ids, and its argument. */
  readonly rootField: string;
  readonly argument: string;
  /** The most ids in one call. */
  readonly mostPerCall: number;
  /** The separator of ids in a call; an id that contains it is invalid. */
  readonly separator: string;
  /** The jobs in a task's snapshot, by their ids. */
  jobsOf(snapshot: Snapshot): ReadonlyMap<string, Job>;
  /** As `Provider.open`, with the same credentials. */
  open(environment: Environment, tools: Tools): FetchJobs | undefined;
}

/**
 * Asks the vendor for jobs by their ids, at most as many as fit in one call.
 * @returns the jobs that the vendor knows, by their ids
 * @throws LookupError
 */
export type FetchJobs = (ids: readonly string[], call: Call) => Promise<ReadonlyMap<string, Job>>;

/** Reads a provider's settings, gathering every fault rather than stopping at the first. */
export interface Environment {
  /**
   * All of them, or undefined when none is set. Some set and some not is a fault. The values count as secrets. The first
   * one identifies the account, such as a key id: with another one it is another account, with quota and answers of its own.
   */
  credentials<Name extends string>(...names: Name[]): Readonly<Record<Name, string>> | undefined;
  /** A value that counts as a secret. */
  secret(name: string): string | undefined;
  /** A comma-separated list of values that each count as a secret. */
  secrets(name: string): readonly string[];
  /** An absolute http or https address without credentials, query or fragment. */
  url(name: string, fallback: string): string;
  oneOf<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value;
  text(name: string, fallback: string): string;
  /** A whole number within the bounds. */
  integer(name: string, fallback: number, bounds: { min: number; max: number }): number;
  /** Records a fault found by the caller. The text never repeats a secret. */
  fault(name: string, problem: string): void;
}

/** One vendor API. It knows how to sign, send, read and normalise, and nothing of quotas, caches or GraphQL. */
export interface Provider<Name extends string = string> {
  /** The id prefix; enum value, folder and environment names follow from it. */
  readonly name: ProviderName;
  /** The object type of the schema; its root field is the same with a small first letter. */
  readonly typename: string;
  /** The natural key, in the order of the id's parts. */
  readonly keyFields: readonly KeyField<Name>[];
  /** The documented limit of one account. */
  readonly quota: Quota;
  /** Jobs of its tasks that are entities of their own. */
  readonly jobKind?: JobKind;
  /** Reads its settings and returns the function that fetches. Undefined: no credentials, so not configured. */
  open(environment: Environment, tools: Tools): FetchTask<Name> | undefined;
}

/** Types a provider by its own key fields, and returns it as one that fits in a list of all providers. */
export const defineProvider = <const Name extends string>(provider: Provider<Name>): Provider =>
  provider as unknown as Provider;
