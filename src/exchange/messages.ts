import type { Answer, Content } from '../domain/answer.ts';
import { isProblemCode, LookupError, type LookupErrorReason, toRedacted } from '../domain/errors.ts';
import type { Subject, Want } from './exchange.ts';
import {
  type JsonObject,
  longestName,
  readList,
  readObject,
  readSpan,
  readSubject,
  readText,
  type Seal,
} from './seal.ts';

/**
 * The version of what replicas store and send of tasks. Raised by hand when a released version could not read it any
 * more: a field that changed its type or its meaning, or one that must not be missing. A test notices a changed schema.
 */
export const shape = 1;
/** The versions that this one can read. */
export const readableShapes: readonly number[] = [1];

/** Every key and channel of one account, built in this place only. */
export interface AccountKeys {
  /** Who owns the account. The same for all shapes: the quota is the vendor's. */
  readonly lease: string;
  /** What all replicas receive: the owner's record, answers, failures, refusals. */
  readonly replicas: string;
  /** What only the owner receives: wants and heartbeats. */
  readonly owner: string;
  answer(subject: Subject, shape: number): string;
}

/**
 * The account in braces is the hash tag of Redis Cluster: whatever must be together is.
 * @param account its name; letters, digits and hyphens
 * @param database channels carry it, because pub/sub knows no databases
 */
export const createAccountKeys = (account: string, database: number): AccountKeys => ({
  lease: `media-tasks:lease:{${account}}`,
  replicas: `media-tasks:replicas:${database}:{${account}}`,
  owner: `media-tasks:owner:${database}:{${account}}`,
  answer: ({ typename, id }, shape) => `media-tasks:${shape}:{${account}}:answer:${typename}:${id}`,
});

/** A want that will not be served in time. */
export interface Refusal {
  readonly subject: Subject;
  readonly error: LookupError;
}

/** What replicas receive of tasks. */
export type Result =
  | { readonly kind: 'answer'; readonly subject: Subject; readonly answer: Answer }
  | {
      readonly kind: 'failure';
      readonly subject: Subject;
      readonly error: LookupError;
      /** Nobody tries again before. */
      readonly restMs: number;
    }
  /** For one replica's wants. */
  | { readonly kind: 'refusals'; readonly refusals: readonly Refusal[] };

export interface MessagesOptions {
  readonly replicaId: string;
  /** Seals what is shown to clients. */
  readonly seal: Seal;
  /** Seals what is only asked for. */
  readonly wantSeal: Seal;
  /** Whether the graph can answer with this content of a type, whoever wrote it. */
  readonly isContent: (typename: string, content: unknown) => boolean;
  readonly redact: (text: string) => string;
}

/**
 * What is stored and sent of tasks, as text and back: `to…` writes, and `read…` returns undefined for whatever is not ours
 * or cannot be shown. Times are ages and spans within bounds: no two processes agree on what time it is.
 */
export interface Messages {
  /** What stands before an answer where it is pushed. */
  readonly answerHead: string;
  /** An answer as it is stored, and pushed. */
  toAnswer(subject: Subject, answer: Answer, keepMs: number, now: number): string;
  /**
   * @param now when it was asked for or received, by `Clock.elapsed`
   * @param leftMs how much of its life the stored text has left; absent: it has just been sent
   */
  readAnswer(text: string, now: number, leftMs?: number): Extract<Result, { kind: 'answer' }> | undefined;
  toFailure(failure: Extract<Result, { kind: 'failure' }>): string;
  /** Refusals of the wants of the replica `to`. */
  toRefusals(to: string, refusals: readonly Refusal[]): string;
  /** Undefined as well for what this replica has sent itself, and for refusals of others' wants. */
  readResult(text: string, now: number): Result | undefined;
  toWants(wants: readonly Want[]): string;
  readWants(text: string): { readonly from: string; readonly wants: readonly Want[] } | undefined;
}

const longestRestMs = 60_000;
const longestPatienceMs = 120_000;
const mostItems = 2_000;

export const createMessages = (options: MessagesOptions): Messages => {
  const { replicaId, seal, wantSeal, isContent, redact } = options;

  const readError = (value: unknown): LookupError | undefined => {
    const error = readObject(value);
    if (!isProblemCode(error?.code) || typeof error.message !== 'string') return undefined;
    const { vendorCode, vendorRequestId, retryAfterMs, reason } = error;
    const details = {
      vendorCode: readText(vendorCode),
      vendorRequestId: readText(vendorRequestId),
      retryAfterMs: readSpan(retryAfterMs, longestRetryMs),
      reason: readReason(reason),
    };
    return toRedacted(new LookupError(error.code, error.message.slice(0, longestName), details), redact);
  };

  const readAnswer: Messages['readAnswer'] = (text, now, leftMs) => {
    const { kind, shape: of, typename, id, content, ...ages } = seal.open(text) ?? {};
    const subject = readSubject(typename, id);
    const keepMs = readSpan(ages.keepMs);
    const fetchedAgeMs = readSpan(ages.fetchedAgeMs);
    const checkedAgeMs = readSpan(ages.checkedAgeMs);
    if (kind !== 'answer' || !subject || !readableShapes.includes(of as number)) return undefined;
    if (keepMs === undefined || fetchedAgeMs === undefined || checkedAgeMs === undefined) return undefined;
    if (content !== null && !isContent(subject.typename, content)) return undefined;
    // Redis' clock was put back since: nobody knows how old this is.
    if (leftMs !== undefined && leftMs > keepMs) return undefined;
    const writtenAt = now - (leftMs === undefined ? 0 : keepMs - Math.max(0, leftMs));
    const contradictedAgeMs = readSpan(ages.contradictedAgeMs);
    const answer: Answer = {
      content: content as Content | null,
      fetchedAt: writtenAt - fetchedAgeMs,
      checkedAt: writtenAt - checkedAgeMs,
      ...(contradictedAgeMs !== undefined && { contradictedAt: writtenAt - contradictedAgeMs }),
    };
    return { kind, subject, answer };
  };

  const readRefusal = (value: unknown): Refusal[] => {
    const [typename, id, object] = readList(value);
    const [subject, error] = [readSubject(typename, id), readError(object)];
    return subject && error ? [{ subject, error }] : [];
  };

  return {
    answerHead: `answer ${replicaId} `,
    toAnswer: (subject, { content, fetchedAt, checkedAt, contradictedAt }, keepMs, now) =>
      seal.close({
        kind: 'answer',
        ...subject,
        shape,
        keepMs,
        fetchedAgeMs: now - fetchedAt,
        checkedAgeMs: now - checkedAt,
        contradictedAgeMs: contradictedAt === undefined ? undefined : now - contradictedAt,
        content,
      }),
    readAnswer,
    toFailure: ({ kind, subject, error, restMs }) =>
      `failure ${replicaId} ${seal.close({ kind, ...subject, error: toErrorObject(error), restMs })}`,
    toRefusals: (to, refusals) => {
      const items = refusals.map(({ subject: { typename, id }, error }) => [
        typename,
        id,
        toErrorObject(error),
      ]);
      return `refusals ${to} ${seal.close({ kind: 'refusals', to, refusals: items })}`;
    },
    readResult: (text, now) => {
      const [head, whom, sealed] = splitMessage(text);
      // Nobody opens what does not concern it.
      if (head === 'refusals' ? whom !== replicaId : whom === replicaId) return undefined;
      if (head === 'answer') return readAnswer(sealed, now);
      if (head !== 'failure' && head !== 'refusals') return undefined;
      const value = seal.open(sealed);
      if (value?.kind !== head) return undefined;
      if (head === 'refusals') {
        if (value.to !== replicaId) return undefined;
        return { kind: head, refusals: readList(value.refusals).slice(0, mostItems).flatMap(readRefusal) };
      }
      const [subject, error] = [readSubject(value.typename, value.id), readError(value.error)];
      if (!subject || !error) return undefined;
      return { kind: head, subject, error, restMs: readSpan(value.restMs, longestRestMs) ?? 0 };
    },
    toWants: (wants) => {
      const items = wants.map(({ typename, id, patienceMs, dueInMs, knownAgeMs, caller, trace }) => [
        typename,
        id,
        patienceMs,
        dueInMs,
        knownAgeMs ?? null,
        caller,
        ...(trace === undefined ? [] : [trace]),
      ]);
      return `wants ${replicaId} ${wantSeal.close({ kind: 'wants', from: replicaId, wants: items })}`;
    },
    readWants: (text) => {
      const [head, whom, sealed] = splitMessage(text);
      if (head !== 'wants' || whom === replicaId) return undefined;
      const value = wantSeal.open(sealed);
      const from = readText(value?.from);
      if (value?.kind !== 'wants' || !from) return undefined;
      return { from, wants: readList(value.wants).slice(0, mostItems).flatMap(readWant) };
    },
  };
};

/** The first two words of a message, kind and sender or receiver, and what follows them. */
export const splitMessage = (text: string): [kind: string, whom: string, rest: string] => {
  const [, kind = '', whom = ''] = /^(\S{1,20}) (\S{1,100}) /.exec(text) ?? [];
  return [kind, whom, text.slice(kind.length + whom.length + 2)];
};

const readWant = (value: unknown): Want[] => {
  const [typename, id, patienceMs, dueInMs, knownAgeMs, caller, trace] = readList(value);
  const subject = readSubject(typename, id);
  const known = readSpan(knownAgeMs);
  if (!subject) return [];
  return [
    {
      ...subject,
      patienceMs: readSpan(patienceMs, longestPatienceMs) ?? 0,
      dueInMs: readSpan(dueInMs) ?? 0,
      caller: readText(caller) ?? '',
      ...(known !== undefined && { knownAgeMs: known }),
      ...(readText(trace) && { trace: readText(trace) }),
    },
  ];
};

const longestRetryMs = 3_600_000;

const toErrorObject = ({ code, message, details }: LookupError): JsonObject => ({
  code,
  message,
  ...details,
});

const plainReasons = [
  'own-quota',
  'fair-share',
  'vendor-throttle',
  'vendor-pause',
  'circuit-open',
  'partitioned',
  'wrong-credentials',
] as const;

const readReason = (value: unknown): LookupErrorReason | undefined => {
  const reason = readObject(value);
  const kind = plainReasons.find((known) => known === reason?.kind);
  if (kind) return { kind };
  const vendorTime = readSpan(reason?.vendorTime, Number.MAX_SAFE_INTEGER);
  return reason?.kind === 'wrong-time' && vendorTime !== undefined
    ? { kind: 'wrong-time', vendorTime }
    : undefined;
};
