import { createHash } from 'node:crypto';
import type { Answer, Content } from '../domain/answer.ts';
import { isProblemCode, LookupError, type LookupErrorReason } from '../domain/errors.ts';
import type { MediaTaskStatus } from '../generated/model.ts';
import type { Subject } from './exchange.ts';
import { readableShapes, shape } from './shape.ts';

/** What is longer is none of ours: vendors' answers are at most 2 MB, and each is sent by itself. */
const longestText = 4_000_000;
const sealLength = 16;
const longestLifeMs = 40 * 24 * 3_600_000;
const longestRetryMs = 3_600_000;
const longestName = 4_096;

/** A parsed JSON object, none of whose fields can be relied on. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A value as text behind its own hash: whoever else writes into Redis, or whatever breaks there, does not pass for us. */
export const toSealed = (value: unknown): string => {
  const text = JSON.stringify(value);
  return `${toHash(text)}${text}`;
};

/** The object in a sealed text; undefined for whatever is not ours. */
export const readSealed = (sealed: string): JsonObject | undefined => {
  if (sealed.length > longestText) return undefined;
  const text = sealed.slice(sealLength);
  if (toHash(text) !== sealed.slice(0, sealLength)) return undefined;
  try {
    return readObject(JSON.parse(text));
  } catch {
    return undefined;
  }
};

const toHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, sealLength);

/** Undefined when it is no object. */
export const readObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** Empty when it is no list. */
export const readList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A number from 0 up to the bound; undefined when it is none. */
export const readSpan = (value: unknown, longest = longestLifeMs): number | undefined =>
  typeof value === 'number' && !Number.isNaN(value) ? Math.min(Math.max(0, value), longest) : undefined;

/** Undefined when it is no text, or longer than any name or id of ours. */
export const readText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= longestName ? value : undefined;

/** Undefined unless both are texts that are not empty. */
export const readSubject = (typename: unknown, id: unknown): Subject | undefined =>
  readText(typename) && readText(id) ? { typename: String(typename), id: String(id) } : undefined;

/** An answer as it is stored and pushed. Its times are ages: no two processes agree on what time it is. */
export const toAnswerText = (answer: Answer, keepMs: number, now: number): string =>
  toSealed({
    shape,
    keepMs,
    fetchedAgeMs: now - answer.fetchedAt,
    checkedAgeMs: now - answer.checkedAt,
    contradictedAgeMs: answer.contradictedAt === undefined ? undefined : now - answer.contradictedAt,
    content: answer.content,
  });

/**
 * @param now when it was asked for or received, by `Clock.elapsed`
 * @param leftMs how much of its life the stored text has left; absent: it has just been sent
 * @returns undefined for what is not ours, what this version cannot read, and what has no credible age
 */
export const readAnswer = (text: string, now: number, leftMs?: number): Answer | undefined => {
  const value = readSealed(text);
  const keepMs = readSpan(value?.keepMs);
  const fetchedAgeMs = readSpan(value?.fetchedAgeMs);
  const checkedAgeMs = readSpan(value?.checkedAgeMs);
  const content = readContent(value?.content);
  if (!value || !readableShapes.includes(value.shape as number)) return undefined;
  if (keepMs === undefined || fetchedAgeMs === undefined || checkedAgeMs === undefined) return undefined;
  if (content === undefined) return undefined;
  // Redis' clock was put back since: nobody knows how old this is.
  if (leftMs !== undefined && leftMs > keepMs) return undefined;
  const writtenAt = now - (leftMs === undefined ? 0 : keepMs - Math.max(0, leftMs));
  const contradictedAgeMs = readSpan(value.contradictedAgeMs);
  const answer = { content, fetchedAt: writtenAt - fetchedAgeMs, checkedAt: writtenAt - checkedAgeMs };
  return contradictedAgeMs === undefined
    ? answer
    : { ...answer, contradictedAt: writtenAt - contradictedAgeMs };
};

const statuses: Readonly<Record<MediaTaskStatus, true>> = {
  QUEUED: true,
  RUNNING: true,
  SUCCEEDED: true,
  PARTIALLY_SUCCEEDED: true,
  FAILED: true,
  CANCELED: true,
  UNKNOWN: true,
};

/** Null: the vendor knows no such task. Undefined: not ours. */
const readContent = (value: unknown): Content | null | undefined => {
  if (value === null) return null;
  const content = readObject(value);
  const { status, outputs } = content ?? {};
  const hasStatus = status === null || (typeof status === 'string' && Object.hasOwn(statuses, status));
  const hasOutputs =
    outputs === undefined || outputs === null || (Array.isArray(outputs) && outputs.every(readObject));
  return content && hasStatus && hasOutputs ? (content as unknown as Content) : undefined;
};

/** An error as JSON: code, message and details side by side. */
export const toErrorObject = ({ code, message, details }: LookupError): JsonObject => ({
  code,
  message,
  ...details,
});

/** The error in what `toErrorObject` has made, its texts cut and its times clamped; undefined for whatever is not ours. */
export const readError = (value: unknown): LookupError | undefined => {
  const error = readObject(value);
  if (!isProblemCode(error?.code) || typeof error.message !== 'string') return undefined;
  return new LookupError(error.code, error.message.slice(0, longestName), {
    vendorCode: readText(error.vendorCode),
    vendorRequestId: readText(error.vendorRequestId),
    retryAfterMs: readSpan(error.retryAfterMs, longestRetryMs),
    reason: readReason(error.reason),
  });
};

const plainReasons = [
  'own-quota',
  'vendor-pause',
  'circuit-open',
  'partitioned',
  'wrong-credentials',
] as const;

const readReason = (value: unknown): LookupErrorReason | undefined => {
  const reason = readObject(value);
  const kind = plainReasons.find((known) => known === reason?.kind);
  if (kind) return { kind };
  return reason?.kind === 'wrong-time' && typeof reason.vendorTime === 'number'
    ? { kind: 'wrong-time', vendorTime: reason.vendorTime }
    : undefined;
};

/** The first word of a message, and what follows it. */
export const splitWord = (text: string): [word: string, rest: string] => {
  const end = text.indexOf(' ');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
};
