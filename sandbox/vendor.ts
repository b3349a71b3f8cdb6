import type { VendorRequest } from './request.ts';
import type { TaskFamily } from './task-family.ts';

/** A vendor's reply. `refusedFor` is the vendor's own code when it refuses; the statistics count by it. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly refusedFor?: string;
}

/** The refusals that every vendor has, each in its own form. */
export type RefusalKind = 'throttled' | 'wrongCredentials' | 'internalError';

/** Checks a request: the vendor's refusal, or undefined for a valid one. `now` is its clock, ms epoch. */
export type Verify = (request: VendorRequest, now: number) => Reply | undefined;

/** Answers a request that was verified. `now` is ms epoch. */
export type Answer = (request: VendorRequest, now: number) => Reply;

/** One API of a vendor, which is one provider of the subgraph. */
export interface VendorApi<Provider extends string = string> {
  readonly provider: Provider;
  /** The documented limit, over any sliding second. */
  readonly callsPerSecond: number;
  /** The value of `Action` in its calls, where the vendor has several APIs. */
  readonly action?: string;
  /** The parameter that names the task. */
  readonly taskParameter: string;
  /** The tasks it knows. */
  readonly families: readonly TaskFamily[];
  /** `openedAt` (ms epoch) is when the sandbox opened: the times of its unchanging tasks are counted from it. */
  createAnswer(openedAt: number): Answer;
}

/** One vendor: a host, an account and its APIs. A request that matches none is answered by the first. */
export interface Vendor<Provider extends string = string, Credentials extends object = object> {
  /** Visibly fake. */
  readonly credentials: Credentials;
  /**
   * Its path, asked with GET; `/` by default, and then no part of the subgraph's endpoint. A segment such as `:taskId` is a
   * parameter; the endpoint ends before the first one.
   */
  readonly path?: string;
  /** The variables that point a subgraph at this vendor. */
  environment(endpoint: string, credentials: Credentials): Readonly<Record<string, string>>;
  /** The verification of one running vendor, which remembers nonces. */
  createVerify(credentials: Credentials): Verify;
  refuseAs(request: VendorRequest, kind: RefusalKind): Reply;
  readonly apis: readonly VendorApi<Provider>[];
}
