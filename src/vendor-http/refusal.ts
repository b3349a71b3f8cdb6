import { LookupError, type LookupErrorDetails, type LookupErrorReason } from '../domain/errors.ts';
import type { Reply } from '../domain/provider.ts';
import type { MediaTaskProblemCode } from '../generated/model.ts';

/** The part of a vendor's message that is searched for secrets; what is shown is cut shorter afterwards. */
const maxMessageLength = 5_000;

const longestRetryAfterMs = 60_000;

/** A vendor's refusal: its own code, its message, its id of the request. */
export interface Refusal {
  readonly vendorCode?: string | null;
  readonly message?: string | null;
  readonly vendorRequestId?: string | null;
  readonly grounds?: Grounds;
}

/** Codes by which a vendor refuses more than one call. */
export interface Grounds {
  /** The credentials as such are wrong: all calls with them will be refused. */
  readonly wrongCredentials: ReadonlySet<string>;
  /** The request's timestamp is too far from the vendor's time. */
  readonly wrongTime: ReadonlySet<string>;
}

/** The error for a vendor's refusal whose meaning is known. */
export const toRefusalError = (
  code: MediaTaskProblemCode,
  refusal: Refusal,
  reply: Reply,
  now: number,
): LookupError => {
  const details: LookupErrorDetails = {
    reason: toReason(refusal, reply, now),
    vendorCode: toShort(refusal.vendorCode),
    vendorRequestId: toShort(refusal.vendorRequestId),
    retryAfterMs: readRetryAfterMs(reply, now),
  };
  const message = toShort(refusal.message);
  return new LookupError(code, message ? `${summaries[code]}: ${message}` : `${summaries[code]}.`, details);
};

/** Below this, the vendor cannot have refused a timestamp for its age: they tolerate ten minutes and more. */
const refusableSkewMs = 60_000;

/** Some vendors have one code for both faults: then the time is at fault if their clock shows it. */
const toReason = (
  { vendorCode, grounds }: Refusal,
  reply: Reply,
  now: number,
): LookupErrorReason | undefined => {
  const vendorTime = grounds?.wrongTime.has(vendorCode ?? '') ? readDate(reply) : undefined;
  if (vendorTime !== undefined && Math.abs(vendorTime - now) >= refusableSkewMs)
    return { kind: 'wrong-time', vendorTime };
  return grounds?.wrongCredentials.has(vendorCode ?? '') ? { kind: 'wrong-credentials' } : undefined;
};

/** Cut between words: half a secret would not be recognised as one. */
const toShort = (text: string | null | undefined): string | undefined =>
  text && text.length > maxMessageLength
    ? text.slice(0, maxMessageLength).replace(/\S+$/, '…')
    : (text ?? undefined);

/** The code for an HTTP status, for refusals whose own code is unknown or missing. Undefined for success. */
export const toProblemCode = (status: number): MediaTaskProblemCode | undefined => {
  if (status >= 200 && status < 300) return undefined;
  if (status === 401 || status === 403) return 'ACCESS_DENIED';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 408 || status >= 500) return 'UNAVAILABLE';
  if (status >= 400) return 'REJECTED';
  return 'BAD_RESPONSE';
};

/** Retry-After in milliseconds (RFC 9110 10.2.3: seconds or a date), clamped to a minute. Undefined when absent or unreadable. */
const readRetryAfterMs = (reply: Reply, now: number): number | undefined => {
  const value = reply.header('retry-after')?.trim();
  if (!value) return undefined;
  // Date.parse takes a bare number for a year or a month; a date in a header has a weekday.
  const ms = /[a-z]/i.test(value)
    ? Date.parse(value) - now
    : /^\d+$/.test(value)
      ? Number(value) * 1_000
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs);
};

/** The reply's Date header in ms since 1970. Undefined when absent or unreadable. */
const readDate = (reply: Reply): number | undefined => {
  const ms = Date.parse(reply.header('date') ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

const summaries: Readonly<Record<MediaTaskProblemCode, string>> = {
  TASK_NOT_FOUND: 'The vendor knows no such task',
  PROVIDER_NOT_CONFIGURED: 'This server holds no credentials for the provider',
  ACCESS_DENIED: 'The vendor refused our credentials or permissions',
  RATE_LIMITED: 'The vendor is throttling this account',
  TIMEOUT: 'The vendor did not answer in time',
  UNAVAILABLE: 'The vendor failed',
  BAD_RESPONSE: "The vendor's answer could not be read",
  REJECTED: 'The vendor called the request invalid',
};
