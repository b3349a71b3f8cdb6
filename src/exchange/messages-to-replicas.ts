import type { Answer } from '../domain/answer.ts';
import type { LookupError } from '../domain/errors.ts';
import {
  readAnswer,
  readError,
  readList,
  readSealed,
  readSpan,
  readSubject,
  readText,
  splitWord,
  toErrorObject,
  toSealed,
} from './codec.ts';
import type { Subject } from './exchange.ts';
import { type LeaseRecord, readRecord } from './lease/lease-record.ts';

/** A want that will not be served in time. */
export interface Refusal {
  readonly subject: Subject;
  readonly error: LookupError;
}

/** What all replicas receive. */
export type MessageToReplicas =
  | { readonly kind: 'lease'; readonly record: LeaseRecord }
  | { readonly kind: 'answer'; readonly subject: Subject; readonly answer: Answer }
  | {
      readonly kind: 'failure';
      readonly subject: Subject;
      readonly error: LookupError;
      readonly restMs: number;
    }
  /** For one replica's wants. */
  | { readonly kind: 'refusals'; readonly replica: string; readonly refusals: readonly Refusal[] }
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

const longestRestMs = 60_000;
const mostRefusals = 2_000;
const mostReplicas = 1_000;

/** Sender and subject stand first, so that nobody reads the rest who does not need it. */
export const toAnswerMessage = (from: string, subject: Subject, answerText: string): string =>
  `answer ${from} ${toSubjectWords(subject)} ${answerText}`;

/** A call that failed; nobody makes it again before `restMs` have passed. */
export const toFailureMessage = (
  from: string,
  subject: Subject,
  error: LookupError,
  restMs: number,
): string =>
  `failure ${from} ${toSubjectWords(subject)} ${toSealed({ error: toErrorObject(error), restMs })}`;

/** Refusals of wants of one replica. */
export const toRefusalsMessage = (replica: string, refusals: readonly Refusal[]): string =>
  `refusals ${replica} ${toSealed({
    refusals: refusals.map(({ subject: { typename, id }, error }) => [typename, id, toErrorObject(error)]),
  })}`;

/** Asks who knows of an owner. */
export const toAskMessage = (from: string): string => `ask ${toSealed({ from })}`;

/** Answers that an owner may make calls for `leftMs`, with so many replicas. */
export const toOwnerKnownMessage = (from: string, leftMs: number, replicas: number): string =>
  `owner-known ${toSealed({ from, leftMs, replicas })}`;

/**
 * @param now when it was received, by `Clock.elapsed`
 * @returns undefined for whatever is not ours, for what this replica itself has sent of tasks, and for refusals of
 *   other replicas' wants
 */
export const readMessageToReplicas = (
  text: string,
  replicaId: string,
  now: number,
): MessageToReplicas | undefined => {
  const [kind, rest] = splitWord(text);
  if (kind === 'lease') {
    const record = readRecord(text);
    return record && { kind, record };
  }
  if (kind === 'answer' || kind === 'failure') return readResult(kind, rest, replicaId, now);
  if (kind === 'refusals') return readRefusals(rest, replicaId);
  const value = readSealed(rest);
  const from = readText(value?.from);
  if (!from) return undefined;
  if (kind === 'ask') return { kind, from };
  if (kind !== 'owner-known') return undefined;
  return {
    kind,
    from,
    leftMs: readSpan(value?.leftMs) ?? 0,
    replicas: readSpan(value?.replicas, mostReplicas) ?? 0,
  };
};

const readResult = (
  kind: 'answer' | 'failure',
  text: string,
  replicaId: string,
  now: number,
): MessageToReplicas | undefined => {
  const [from, afterFrom] = splitWord(text);
  if (from === replicaId) return undefined;
  const [typename, afterTypename] = splitWord(afterFrom);
  const [id, sealed] = splitWord(afterTypename);
  const subject = readSubject(typename, decode(id));
  if (!subject) return undefined;
  if (kind === 'answer') {
    const answer = readAnswer(sealed, now);
    return answer && { kind, subject, answer };
  }
  const value = readSealed(sealed);
  const error = readError(value?.error);
  return error && { kind, subject, error, restMs: readSpan(value?.restMs, longestRestMs) ?? 0 };
};

const readRefusals = (text: string, replicaId: string): MessageToReplicas | undefined => {
  const [replica, sealed] = splitWord(text);
  if (replica !== replicaId) return undefined;
  const refusals = readList(readSealed(sealed)?.refusals)
    .slice(0, mostRefusals)
    .flatMap((value) => {
      const [typename, id, error] = readList(value);
      const [subject, refused] = [readSubject(typename, id), readError(error)];
      return subject && refused ? [{ subject, error: refused }] : [];
    });
  return { kind: 'refusals', replica, refusals };
};

const toSubjectWords = ({ typename, id }: Subject): string => `${typename} ${encodeURIComponent(id)}`;

const decode = (word: string): string | undefined => {
  try {
    return decodeURIComponent(word);
  } catch {
    return undefined;
  }
};
