import type { Clock } from '../domain/clock.ts';
import type { TraceParent } from '../domain/events.ts';
import {
  identityOf,
  type Subject,
  toPermitPatienceMs,
  toSubjectKey,
  type Want,
} from '../exchange/exchange.ts';
import { createFairQueue, createSortedList, type Place } from './fair-queue.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** A subject whose call is due now. */
export interface Scheduled {
  readonly subject: Subject;
  /** When the newest answer that some replica has was given, by `Clock.elapsed`; infinitely long ago when none has one. */
  readonly knownAt: number;
  /** Since when the call has been due, by `Clock.elapsed`. */
  readonly dueAt: number;
  /** Nobody waits for it. */
  readonly isRenewal: boolean;
  /** Those that want it. */
  readonly replicas: Set<string>;
  /** Until when each replica that waits can wait for the permit, by `Clock.elapsed`. */
  readonly waiting: Map<string, number>;
  /** Of the request that wanted it first. */
  readonly trace?: TraceParent | undefined;
}

/** A replica that waits in vain: its turn comes in `retryAfterMs`, which is later than it can wait. */
export interface Refused {
  readonly replica: string;
  readonly subject: Subject;
  readonly retryAfterMs: number;
  /** How many calls the caller waits for, when it has to let others go before; absent: it is the quota that is used up. */
  readonly overShare?: number;
  /** Of the request that wanted it first. */
  readonly trace?: TraceParent | undefined;
}

/** Decides what the next permit is used for, and when it will be somebody's turn. */
export interface Scheduler {
  /** @returns the refusal, when the replica's turn will not come in time */
  want(want: Want, replica: string): Refused | undefined;
  /** What one call is to ask for; empty when nothing is due. */
  take(): readonly Scheduled[];
  /** Whether something is due. */
  readonly isDue: boolean;
  /** In how many milliseconds the next renewal falls due; infinite when there is none. */
  readonly nextDueInMs: number;
  /** Those whose turn can no longer come in time. They are not refused again, and their subjects stay queued. */
  takeRefused(): readonly Refused[];
  /** In how many milliseconds somebody may have to be refused; infinite when nobody waits. */
  readonly nextRefusalInMs: number;
  /** Removes a subject that has been answered otherwise. @returns whether it was queued */
  remove(subject: Subject): boolean;
  /** Removes all that is cold, or everything. @returns what it removed */
  drop(which: 'cold' | 'all'): readonly Subject[];
  /** How many calls are due: renewals, and what somebody waits or waited for. */
  readonly dueHot: number;
  readonly dueCold: number;
}

export interface SchedulerOptions {
  readonly limiter: Pick<RateLimiter, 'spacingMs' | 'nextInMs'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** How many ids of a type fit in one call. */
  readonly maxBatchOf: (typename: string) => number;
}

/** As much as the account can serve in this time stays queued when nobody can wait for it. */
const longestBacklogMs = 60_000;

/** Bounds memory. Who is left out wants it again with the next poll. */
const mostHot = 10_000;

/** Renewals fall due within seconds; what is wanted for later than this can be wanted again. */
const latestDueMs = 600_000;

/** Those who wait are looked through at most so often, in ms: what is kept for the call itself is a good deal more. */
const lookThroughEveryMs = 10;

/** One call, or a renewal that is not due yet. Entries of one type and request share a call as far as it holds them. */
interface Batch {
  readonly entries: Set<Entry>;
  readonly identity: string;
  /** Where `batches` has it while it has room. */
  readonly key?: string;
  /** Only of renewals. */
  readonly dueAt: number;
  readonly knownAt: number;
  /** Absent: not due yet. */
  place?: Place<Batch>;
}

interface Entry {
  readonly key: string;
  readonly subject: Subject;
  knownAt: number;
  /** Since when it is queued. */
  readonly queuedAt: number;
  readonly trace: TraceParent | undefined;
  readonly replicas: Set<string>;
  batch?: Batch | undefined;
  /** Until when each replica waits for it. */
  readonly waiting: Map<string, number>;
}

const isCold = ({ batch }: Entry): boolean => batch?.place?.request !== undefined;

export const createScheduler = ({ limiter, clock, maxBatchOf }: SchedulerOptions): Scheduler => {
  const entries = new Map<string, Entry>();
  const due = createFairQueue<Batch>();
  const later = createSortedList<Batch>(({ dueAt }) => dueAt);
  /** The last cold batch of each type and request, while it has room. */
  const batches = new Map<string, Batch>();
  /** What of each batched type is queued, the longest queued first. */
  const batchable = new Map<string, Set<Entry>>();
  const waited = new Set<Entry>();
  let nextRefusalAt = Number.POSITIVE_INFINITY;

  const promote = (): void => {
    const now = clock.elapsed();
    for (let { first } = later; first && first.dueAt <= now; { first } = later) {
      later.shift();
      first.place = due.addHot(first, first.identity, first.knownAt);
    }
  };

  const create = (subject: Subject, key: string, trace: TraceParent | undefined): Entry => {
    const entry: Entry = {
      key,
      subject,
      knownAt: Number.NEGATIVE_INFINITY,
      queuedAt: clock.elapsed(),
      trace,
      replicas: new Set(),
      waiting: new Map(),
    };
    entries.set(key, entry);
    if (maxBatchOf(subject.typename) > 1) {
      const queued = batchable.get(subject.typename) ?? new Set();
      batchable.set(subject.typename, queued.add(entry));
    }
    return entry;
  };

  const close = (batch: Batch): void => {
    if (batch.key !== undefined && batches.get(batch.key) === batch) batches.delete(batch.key);
  };

  const leaveQueue = (entry: Entry): void => {
    const { batch } = entry;
    entry.batch = undefined;
    if (!batch?.entries.delete(entry) || batch.entries.size > 0) return;
    close(batch);
    if (batch.place) due.remove(batch.place);
    else later.remove(batch);
  };

  const forget = (entry: Entry): void => {
    leaveQueue(entry);
    entries.delete(entry.key);
    batchable.get(entry.subject.typename)?.delete(entry);
    waited.delete(entry);
    if (waited.size === 0) nextRefusalAt = Number.POSITIVE_INFINITY;
  };

  const toTurnMs = (ahead: number): number => limiter.nextInMs + ahead * limiter.spacingMs;

  const turnMsOf = ({ batch }: Entry): number =>
    batch?.place?.request ? toTurnMs(due.aheadOf(batch.place)) : Number.POSITIVE_INFINITY;

  const toRefused = (
    replica: string,
    subject: Subject,
    retryAfterMs: number,
    identity: string | undefined,
    trace: TraceParent | undefined,
  ): Refused => {
    const overShare = identity === undefined ? undefined : due.overShare(identity);
    return { replica, subject, retryAfterMs, trace, ...(overShare !== undefined && { overShare }) };
  };

  const wantCold = (want: Want, replica: string): Refused | undefined => {
    const { typename, id, patienceMs, caller, trace } = want;
    const subject = { typename, id };
    const key = toSubjectKey(subject);
    // A request is known by its replica only, and stands for itself when its identity is not known.
    const request = `${replica} ${caller}`;
    const identity = identityOf(caller) || request;
    const batchKey = `${typename} ${request}`;
    const open = batches.get(batchKey);
    promote();
    const known = entries.get(key);
    const knownTurnMs = known ? turnMsOf(known) : Number.POSITIVE_INFINITY;
    const ownTurnMs = toTurnMs(open?.place ? due.aheadOf(open.place) : due.aheadOfNext(identity, request));
    const turnMs = Math.min(ownTurnMs, knownTurnMs);
    const isFull = due.cold * limiter.spacingMs >= longestBacklogMs;
    const allowedMs = toPermitPatienceMs(patienceMs);
    const isInTime = turnMs <= allowedMs;
    if (isInTime || !isFull || (known && isCold(known))) {
      const entry = known ?? create(subject, key, trace);
      if (ownTurnMs < knownTurnMs) {
        leaveQueue(entry);
        const batch = open ?? { entries: new Set(), identity, key: batchKey, dueAt: 0, knownAt: 0 };
        entry.batch = batch;
        batch.entries.add(entry);
        batch.place ??= due.addCold(batch, identity, request);
        if (batch.entries.size < maxBatchOf(typename)) batches.set(batchKey, batch);
        else close(batch);
      }
      if (isInTime) wait(entry, replica, clock.elapsed() + allowedMs);
    } else due.turnAway(identity);
    // Wants are repeated: whoever waits already is refused when it is known to wait in vain.
    if (entries.get(key)?.waiting.has(replica)) return undefined;
    return toRefused(replica, subject, turnMs, identity, trace);
  };

  const wait = (entry: Entry, replica: string, latestAt: number): void => {
    waited.add(entry);
    entry.waiting.set(replica, Math.max(latestAt, entry.waiting.get(replica) ?? latestAt));
    nextRefusalAt = Math.min(nextRefusalAt, latestAt);
  };

  const wantHot = ({ typename, id, dueInMs, knownAgeMs, caller, trace }: Want): undefined => {
    const subject = { typename, id };
    const key = toSubjectKey(subject);
    const known = entries.get(key);
    const now = clock.elapsed();
    const dueAt = now + Math.min(dueInMs, latestDueMs);
    if (known ? isCold(known) || (known.batch?.dueAt ?? 0) <= dueAt : later.length + due.hot >= mostHot)
      return;
    const entry = known ?? create(subject, key, trace);
    leaveQueue(entry);
    const knownAt = now - (knownAgeMs ?? Number.POSITIVE_INFINITY);
    entry.batch = { entries: new Set([entry]), identity: identityOf(caller), dueAt, knownAt };
    later.add(entry.batch);
  };

  /** More of the same type go with the first: they cost nothing. */
  const fill = (first: ReadonlySet<Entry>): ReadonlySet<Entry> => {
    const [
      {
        subject: { typename },
      } = { subject: { typename: '' } },
    ] = first;
    const batch = new Set(first);
    for (const entry of batchable.get(typename) ?? []) {
      if (batch.size >= maxBatchOf(typename)) break;
      batch.add(entry);
    }
    return batch;
  };

  return {
    want: (want, replica) => {
      const refused = want.patienceMs > 0 ? wantCold(want, replica) : wantHot(want);
      const entry = entries.get(toSubjectKey(want));
      entry?.replicas.add(replica);
      if (entry && want.knownAgeMs !== undefined)
        entry.knownAt = Math.max(entry.knownAt, clock.elapsed() - want.knownAgeMs);
      return refused;
    },
    take: () => {
      promote();
      const first = due.take();
      if (!first) return [];
      close(first);
      const batch = [...fill(first.entries)];
      const isRenewal = first.place?.request === undefined;
      // These have left the queue already.
      for (const entry of first.entries) entry.batch = undefined;
      for (const entry of batch) forget(entry);
      return batch.map(({ subject, knownAt, queuedAt, replicas, waiting, trace }) => {
        const dueAt = isRenewal ? Math.max(queuedAt, first.dueAt) : queuedAt;
        return { subject, knownAt, dueAt, isRenewal, replicas, waiting, trace };
      });
    },
    get isDue() {
      promote();
      return due.cold + due.hot > 0;
    },
    get nextDueInMs() {
      return Math.max(0, (later.first?.dueAt ?? Number.POSITIVE_INFINITY) - clock.elapsed());
    },
    takeRefused: () => {
      const now = clock.elapsed();
      const until = now + limiter.nextInMs;
      if (nextRefusalAt > until) return [];
      const refused: Refused[] = [];
      nextRefusalAt = Number.POSITIVE_INFINITY;
      for (const entry of waited) {
        for (const [replica, latestAt] of entry.waiting) {
          if (latestAt > until) {
            nextRefusalAt = Math.min(nextRefusalAt, latestAt);
            continue;
          }
          entry.waiting.delete(replica);
          const turnMs = isCold(entry) ? turnMsOf(entry) : limiter.nextInMs;
          refused.push(toRefused(replica, entry.subject, turnMs, entry.batch?.identity, entry.trace));
        }
        if (entry.waiting.size === 0) waited.delete(entry);
      }
      nextRefusalAt = Math.max(nextRefusalAt, now + lookThroughEveryMs);
      return refused;
    },
    get nextRefusalInMs() {
      return Math.max(0, nextRefusalAt - clock.elapsed());
    },
    remove: (subject) => {
      const entry = entries.get(toSubjectKey(subject));
      if (entry) forget(entry);
      return entry !== undefined;
    },
    drop: (which) => {
      const dropped = [...entries.values()].filter((entry) => which === 'all' || isCold(entry));
      for (const entry of dropped) forget(entry);
      return dropped.map(({ subject }) => subject);
    },
    get dueHot() {
      promote();
      return due.hot;
    },
    get dueCold() {
      return due.cold;
    },
  };
};
