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
  toErrorObject,
  toSealed,
} from './codec.ts';
import type { Subject, Want } from './exchange.ts';
import { type LeaseRecord, readRecord } from './lease-record.ts';

/** What a replica tells the owner of the account twice a second. */
export interface Heartbeat {
  /** The replica's id. */
  readonly from: string;
  readonly shape: number;
  readonly fingerprint: string;
  /** It makes calls of its own, or may. */
  readonly isAlone: boolean;
  /** It is shutting down, and makes no calls any more. */
  readonly isLeaving: boolean;
  /** The owner's last renewal that it has seen; it makes no calls of its own for a good while after that. */
  readonly confirmed?: { readonly term: number; readonly counter: number } | undefined;
  /** How many replicas it counts with when it makes calls of its own. */
  readonly replicas: number;
}

/** What only the owner hears. */
export type MessageToOwner =
  | ({ readonly kind: 'heartbeat' } & Heartbeat)
  | { readonly kind: 'wants'; readonly from: string; readonly wants: readonly Want[] };

export interface Refusal {
  readonly subject: Subject;
  readonly error: LookupError;
}

/** What all replicas hear. */
export type News =
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

const longestPatienceMs = 120_000;
const longestRestMs = 60_000;
const mostWants = 2_000;
const mostReplicas = 1_000;

export const toHeartbeatText = (heartbeat: Heartbeat): string => `heartbeat ${toSealed(heartbeat)}`;

export const toWantsText = (from: string, wants: readonly Want[]): string =>
  `wants ${toSealed({
    from,
    wants: wants.map(({ typename, id, patienceMs, dueInMs, knownAgeMs, caller }) => [
      typename,
      id,
      patienceMs,
      dueInMs,
      knownAgeMs ?? null,
      caller,
    ]),
  })}`;

/** Undefined for whatever is not ours. */
export const readMessageToOwner = (text: string): MessageToOwner | undefined => {
  const [kind, rest] = split(text);
  const value = readSealed(rest);
  const from = readText(value?.from);
  if (!value || !from) return undefined;
  if (kind === 'wants') {
    return { kind, from, wants: readList(value.wants).slice(0, mostWants).flatMap(readWant) };
  }
  if (kind !== 'heartbeat') return undefined;
  const { term, counter } = (value.confirmed ?? {}) as Record<string, unknown>;
  const isConfirmed = typeof term === 'number' && typeof counter === 'number';
  return {
    kind,
    from,
    shape: readSpan(value.shape) ?? 0,
    fingerprint: readText(value.fingerprint) ?? '',
    isAlone: value.isAlone === true,
    isLeaving: value.isLeaving === true,
    confirmed: isConfirmed ? { term, counter } : undefined,
    replicas: Math.max(1, readSpan(value.replicas, mostReplicas) ?? 1),
  };
};

const readWant = (value: unknown): Want[] => {
  const [typename, id, patienceMs, dueInMs, knownAgeMs, caller] = readList(value);
  const subject = readSubject(typename, id);
  if (!subject) return [];
  const known = readSpan(knownAgeMs);
  return [
    {
      ...subject,
      patienceMs: readSpan(patienceMs, longestPatienceMs) ?? 0,
      dueInMs: readSpan(dueInMs) ?? 0,
      caller: readText(caller) ?? '',
      ...(known !== undefined && { knownAgeMs: known }),
    },
  ];
};

/** Sender and subject stand first, so that nobody reads the rest who does not need it. */
export const toAnswerNews = (from: string, subject: Subject, answerText: string): string =>
  `answer ${from} ${toSubjectWords(subject)} ${answerText}`;

export const toFailureNews = (from: string, subject: Subject, error: LookupError, restMs: number): string =>
  `failure ${from} ${toSubjectWords(subject)} ${toSealed({ error: toErrorObject(error), restMs })}`;

export const toRefusalsNews = (replica: string, refusals: readonly Refusal[]): string =>
  `refusals ${replica} ${toSealed({
    refusals: refusals.map(({ subject: { typename, id }, error }) => [typename, id, toErrorObject(error)]),
  })}`;

export const toAskNews = (from: string): string => `ask ${toSealed({ from })}`;

export const toOwnerKnownNews = (from: string, leftMs: number, replicas: number): string =>
  `owner-known ${toSealed({ from, leftMs, replicas })}`;

/**
 * @param now when it was heard, by `Clock.elapsed`
 * @returns undefined for whatever is not ours, for what this replica itself has sent of tasks, and for refusals of
 *   other replicas' wants
 */
export const readNews = (text: string, replicaId: string, now: number): News | undefined => {
  const [kind, rest] = split(text);
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
): News | undefined => {
  const [from, afterFrom] = split(text);
  if (from === replicaId) return undefined;
  const [typename, afterTypename] = split(afterFrom);
  const [id, sealed] = split(afterTypename);
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

const readRefusals = (text: string, replicaId: string): News | undefined => {
  const [replica, sealed] = split(text);
  if (replica !== replicaId) return undefined;
  const refusals = readList(readSealed(sealed)?.refusals)
    .slice(0, mostWants)
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

const split = (text: string): [word: string, rest: string] => {
  const end = text.indexOf(' ');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
};
