import type { Clock } from '../domain/clock.ts';
import { type Subject, toSubjectKey, type Want } from '../exchange/exchange.ts';
import { type ColdPlace, createColdQueue } from './cold-queue.ts';
import { createHotQueue, type HotPlace } from './hot-queue.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { createWaiters, type Waiter } from './waiters.ts';

/** A subject whose call is due now. */
export interface Scheduled {
  readonly subject: Subject;
  /** When the newest answer that some replica has was given, by `Clock.elapsed`; infinitely long ago when none has one. */
  readonly knownAt: number;
}

/** A replica that waits in vain: its turn comes in `retryAfterMs`, which is later than it can wait. */
export interface Refused {
  readonly replica: string;
  readonly subject: Subject;
  readonly retryAfterMs: number;
}

/**
 * Decides what the next permit is used for. *Cold* is what somebody waits for, *hot* what is renewed in the background.
 * While both have something that is due, they alternate.
 */
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

/** The part of the patience that is kept for the call itself, and not spent waiting for a permit. */
const callShare = 0.2;

/** A caller with more than so many calls queued may wait for this part of its patience, so that others find room. */
const patientCalls = 20;
const impatientShare = 0.75;

/** As much as the account can serve in this time stays queued when nobody can wait for it. */
const longestBacklogMs = 60_000;

/** Bounds memory. Who is left out wants it again with the next poll. */
const mostHot = 10_000;

/** Renewals fall due within seconds; what is wanted for later than this can be wanted again. */
const latestDueMs = 600_000;

interface Entry {
  readonly key: string;
  readonly subject: Subject;
  knownAt: number;
  cold?: ColdPlace<Entry> | undefined;
  hot?: HotPlace<Entry> | undefined;
}

export const createScheduler = ({ limiter, clock, maxBatchOf }: SchedulerOptions): Scheduler => {
  const entries = new Map<string, Entry>();
  const cold = createColdQueue<Entry>(maxBatchOf);
  const hot = createHotQueue<Entry>();
  const waiters = createWaiters<Entry>();
  /** What of each batched type is queued, the longest queued first. */
  const batchable = new Map<string, Set<Entry>>();
  let wasHot = false;

  const create = (subject: Subject, key: string): Entry => {
    const entry: Entry = { key, subject, knownAt: Number.NEGATIVE_INFINITY };
    entries.set(key, entry);
    if (maxBatchOf(subject.typename) > 1) {
      const queued = batchable.get(subject.typename) ?? new Set();
      batchable.set(subject.typename, queued.add(entry));
    }
    return entry;
  };

  const leaveQueue = (entry: Entry): void => {
    if (entry.hot) hot.remove(entry.hot);
    if (entry.cold) cold.remove(entry, entry.cold);
    entry.hot = undefined;
    entry.cold = undefined;
  };

  const forget = (entry: Entry): void => {
    leaveQueue(entry);
    entries.delete(entry.key);
    batchable.get(entry.subject.typename)?.delete(entry);
    waiters.forget(entry);
  };

  /** How long a call waits that has so many cold ones before it. */
  const toTurnMs = (ahead: number): number => {
    const competing = Math.min(ahead + 1, hot.dueLength(clock.elapsed()));
    return limiter.nextInMs + (ahead + competing) * limiter.spacingMs;
  };

  const turnMsOf = (place: ColdPlace<Entry>): number => toTurnMs(cold.aheadOf(place));

  const toAllowedMs = (patienceMs: number, caller: string): number => {
    const share = cold.lengthOf(caller) > patientCalls ? impatientShare : 1;
    return patienceMs * (1 - callShare) * share;
  };

  const enqueueCold = (entry: Entry, caller: string): void => {
    leaveQueue(entry);
    entry.cold = cold.add(entry, entry.subject.typename, caller);
  };

  const wantCold = ({ typename, id, patienceMs, caller }: Want, replica: string): Refused | undefined => {
    const subject = { typename, id };
    const key = toSubjectKey(subject);
    // Callers are known by their replica only.
    const name = `${replica} ${caller}`;
    const known = entries.get(key);
    const ownTurnMs = toTurnMs(cold.aheadOfNext(typename, name));
    const knownTurnMs = known?.cold ? turnMsOf(known.cold) : Number.POSITIVE_INFINITY;
    const turnMs = Math.min(ownTurnMs, knownTurnMs);
    const allowedMs = toAllowedMs(patienceMs, name);
    const isFull = cold.length * limiter.spacingMs >= longestBacklogMs;
    if (turnMs <= allowedMs || known?.cold || !isFull) {
      const entry = known ?? create(subject, key);
      if (ownTurnMs < knownTurnMs) enqueueCold(entry, name);
      if (turnMs <= allowedMs) waiters.add({ item: entry, replica, latestAt: clock.elapsed() + allowedMs });
    }
    const entry = entries.get(key);
    const isWaiting = entry && waiters.latestAt(entry, replica) >= clock.elapsed() + turnMs;
    return isWaiting ? undefined : { replica, subject, retryAfterMs: turnMs };
  };

  const wantHot = ({ typename, id, dueInMs, knownAgeMs }: Want): undefined => {
    const subject = { typename, id };
    const key = toSubjectKey(subject);
    const known = entries.get(key);
    const now = clock.elapsed();
    const dueAt = now + Math.min(dueInMs, latestDueMs);
    if (known ? known.cold || (known.hot && known.hot.dueAt <= dueAt) : hot.length >= mostHot) return;
    const entry = known ?? create(subject, key);
    leaveQueue(entry);
    entry.hot = hot.add(entry, dueAt, now - (knownAgeMs ?? Number.POSITIVE_INFINITY));
  };

  const takeFirst = (): readonly Entry[] => {
    const now = clock.elapsed();
    const isHot = hot.dueLength(now) > 0 && (cold.length === 0 || !wasHot);
    const renewal = isHot ? hot.take(now) : undefined;
    wasHot = isHot;
    return renewal ? [renewal] : cold.take();
  };

  /** More of the same type go with it: they cost nothing. */
  const fill = (first: readonly Entry[]): readonly Entry[] => {
    const typename = first[0]?.subject.typename;
    if (typename === undefined || maxBatchOf(typename) === 1) return first;
    const batch = new Set(first);
    for (const entry of batchable.get(typename) ?? []) {
      if (batch.size >= maxBatchOf(typename)) break;
      batch.add(entry);
    }
    return [...batch];
  };

  const toRefused = ({ item: { cold: place, subject }, replica }: Waiter<Entry>): Refused => ({
    replica,
    subject,
    retryAfterMs: place ? turnMsOf(place) : limiter.nextInMs,
  });

  return {
    want: (want, replica) => {
      const refused = want.patienceMs > 0 ? wantCold(want, replica) : wantHot(want);
      const entry = entries.get(toSubjectKey(want));
      if (entry && want.knownAgeMs !== undefined)
        entry.knownAt = Math.max(entry.knownAt, clock.elapsed() - want.knownAgeMs);
      return refused;
    },
    take: () => {
      const batch = fill(takeFirst());
      for (const entry of batch) forget(entry);
      return batch.map(({ subject, knownAt }) => ({ subject, knownAt }));
    },
    get isDue() {
      return cold.length > 0 || hot.dueLength(clock.elapsed()) > 0;
    },
    get nextDueInMs() {
      return Math.max(0, hot.nextDueAt - clock.elapsed());
    },
    takeRefused: () => waiters.takeUntil(clock.elapsed() + limiter.nextInMs).map(toRefused),
    get nextRefusalInMs() {
      return Math.max(0, waiters.nextAt - clock.elapsed());
    },
    remove: (subject) => {
      const entry = entries.get(toSubjectKey(subject));
      if (entry) forget(entry);
      return entry !== undefined;
    },
    drop: (which) => {
      const dropped = [...entries.values()].filter((entry) => which === 'all' || entry.cold);
      for (const entry of dropped) forget(entry);
      return dropped.map(({ subject }) => subject);
    },
    get dueHot() {
      return hot.dueLength(clock.elapsed());
    },
    get dueCold() {
      return cold.length;
    },
  };
};
