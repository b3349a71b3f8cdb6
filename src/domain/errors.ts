import type { MediaTaskProblemCode } from '../generated/model.ts';

const retryable: Readonly<Record<MediaTaskProblemCode, boolean>> = {
  TASK_NOT_FOUND: false,
  PROVIDER_NOT_CONFIGURED: false,
  ACCESS_DENIED: false,
  RATE_LIMITED: true,
  TIMEOUT: true,
  UNAVAILABLE: true,
  BAD_RESPONSE: true,
  REJECTED: false,
};

/** Whether asking again later can succeed without a fix by the client or the operator. */
export const isRetryable = (code: MediaTaskProblemCode): boolean => retryable[code];

/** Whether an untrusted value is one of the codes. */
export const isProblemCode = (text: unknown): text is MediaTaskProblemCode =>
  typeof text === 'string' && Object.hasOwn(retryable, text);

/** Why a lookup failed, where more than the one task is concerned. */
export type LookupErrorReason =
  /** The account's own rate limiter had no permit before the deadline; the vendor was not asked. */
  | { readonly kind: 'own-quota' }
  /** The caller had to let others go before, and had no permit before the deadline; the vendor was not asked. */
  | { readonly kind: 'fair-share' }
  /** The vendor throttles the account. */
  | { readonly kind: 'vendor-throttle' }
  /** The vendor asked for a pause that lasts beyond the deadline; it was not asked again. */
  | { readonly kind: 'vendor-pause' }
  /** The circuit breaker is open; the vendor was not asked. */
  | { readonly kind: 'circuit-open' }
  /** This replica may not call: the account has no owner, or its owner cannot be reached. The vendor was not asked. */
  | { readonly kind: 'partitioned' }
  /** The vendor refused the credentials as such, so it will refuse every other call with them. */
  | { readonly kind: 'wrong-credentials' }
  /** The vendor refused the request's timestamp; `vendorTime` is its own clock, in ms since 1970. */
  | { readonly kind: 'wrong-time'; readonly vendorTime: number };

/** What may be known of a failed lookup besides its code. */
export interface LookupErrorDetails {
  /** The vendor's own code, verbatim. */
  readonly vendorCode?: string | undefined;
  /** The vendor's id of the refused request. */
  readonly vendorRequestId?: string | undefined;
  /** How long the vendor, or our own quota, asks to wait. */
  readonly retryAfterMs?: number | undefined;
  /** What decides how the account is treated after this error. Absent: the error is about one task only. */
  readonly reason?: LookupErrorReason | undefined;
}

/**
 * From then on, errors are created without a stack. For those that are data, not bugs: a full quota creates thousands, a
 * list of malformed ids hundreds, and capturing a stack costs more than everything else.
 * @returns a function that ends it
 */
export const omitStacks = (): (() => void) => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
};

class ErrorWithoutStack extends Error {
  constructor(message: string) {
    const end = omitStacks();
    super(message);
    end();
  }
}

/**
 * Why a task's data could not be had. Thrown once, where the reason is known, and turned into the task's `problem`
 * by the lookup. The message is shown to clients: it never holds an address, a header or a credential.
 */
export class LookupError extends ErrorWithoutStack {
  override readonly name = 'LookupError';
  readonly code: MediaTaskProblemCode;
  readonly details: LookupErrorDetails;

  constructor(code: MediaTaskProblemCode, message: string, details: LookupErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The longest text of a vendor that is shown: it is there for people to read. */
const maxTextLength = 400;

/** The same error with every text of the vendor passed through `redact`, and then cut: vendors repeat what they were sent. */
export const toRedacted = (
  { code, message, details }: LookupError,
  redact: (text: string) => string,
): LookupError => {
  const { vendorCode, vendorRequestId } = details;
  const toShown = (text: string): string => redact(text).slice(0, maxTextLength).toWellFormed();
  return new LookupError(code, toShown(message), {
    ...details,
    vendorCode: vendorCode && toShown(vendorCode),
    vendorRequestId: vendorRequestId && toShown(vendorRequestId),
  });
};

/** A span of time for people to read: `0.4 s`, `12 s`. */
export const toSpanText = (ms: number): string => `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`;

/** The caller's own mistake, such as a malformed id. The message names the fault and the fix. */
export class InvalidInputError extends ErrorWithoutStack {
  override readonly name = 'InvalidInputError';
}
