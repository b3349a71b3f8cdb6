import type { Clock } from '../domain/clock.ts';
import { type Subject, toSubjectKey, type Want } from '../exchange/exchange.ts';
import { createFairQueue, type Place } from './fair-queue.ts';
import { createHeap } from './heap.ts';
import { createHotQueue, type HotPlace } from './hot-queue.ts';
import type { RateLimiter } from './rate-limiter.ts';

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

/** One call that waits for its permit. */
interface ColdCall {
  readonly typename: string;
  readonly entries: Set<Entry>;
  place?: Place<ColdCall>;
}

interface Entry {
  readonly key: string;
  readonly subject: Subject;
  knownAt: number;
  /** Until when each replica's turn must come, by `Clock.elapsed`. */
  readonly waiters: Map<string, number>;
  cold?: ColdCall | undefined;
  hot?: HotPlace<Entry> | undefined;
}

interface Waiter {
  readonly entry: Entry;
  readonly replica: string;
  readonly latestAt: number;
}

export const createScheduler = ({ limiter, clock, maxBatchOf }: SchedulerOptions): Scheduler => {
  const entries = new Map<string, Entry>();
  const cold = createFairQueue<ColdCall>();
  const hot = createHotQueue<Entry>();
  const waiters = createHeap<Waiter>((left, right) => left.latestAt < right.latestAt);
  /** What of each batched type is queued, the longest queued first. */
  const batchable = new Map<string, Set<Entry>>();
  /** Calls that are not full yet, by type and caller. */
  const open = new Map<string, ColdCall>();
  let wasHot = false;

  const openKeyOf = (typename: string, caller: string): string => `${typename} ${caller}`;

  const findOpen = (typename: string, caller: string): ColdCall | undefined => {
    const call = open.get(openKeyOf(typename, caller));
    return call && call.entries.size < maxBatchOf(typename) ? call : undefined;
  };

  const closeCall = ({ typename, place }: ColdCall): void => {
    if (place) open.delete(openKeyOf(typename, place.caller));
  };

  const create = (subject: Subject, key: string): Entry => {
    const entry: Entry = { key, subject, knownAt: Number.NEGATIVE_INFINITY, waiters: new Map() };
    entries.set(key, entry);
    if (maxBatchOf(subject.typename) > 1) {
      const queued = batchable.get(subject.typename) ?? new Set();
      batchable.set(subject.typename, queued.add(entry));
    }
    return entry;
  };

  const leaveQueue = (entry: Entry): void => {
    if (entry.hot) hot.remove(entry.hot);
    const call = entry.cold;
    call?.entries.delete(entry);
    if (call?.place && call.entries.size === 0) {
      closeCall(call);
      cold.remove(call.place);
    }
    entry.hot = undefined;
    entry.cold = undefined;
  };

  const forget = (entry: Entry): void => {
    leaveQueue(entry);
    entries.delete(entry.key);
    batchable.get(entry.subject.typename)?.delete(entry);
    entry.waiters.clear();
  };

  /** How long a call waits that has so many cold ones before it. */
  const toTurnMs = (ahead: number): number => {
    const competing = Math.min(ahead + 1, hot.dueLength(clock.elapsed()));
    return limiter.nextInMs + (ahead + competing) * limiter.spacingMs;
  };

  const turnMsOf = (call: ColdCall): number => (call.place ? toTurnMs(cold.aheadOf(call.place)) : 0);

  const turnMsOfNext = (typename: string, caller: string): number => {
    const call = findOpen(typename, caller);
    return call ? turnMsOf(call) : toTurnMs(cold.aheadOfNext(caller));
  };

  const toAllowedMs = (patienceMs: number, caller: string): number => {
    const share = cold.lengthOf(caller) > patientCalls ? impatientShare : 1;
    return patienceMs * (1 - callShare) * share;
  };

  const enqueueCold = (entry: Entry, caller: string): void => {
    leaveQueue(entry);
    const { typename } = entry.subject;
    let call = findOpen(typename, caller);
    if (!call) {
      call = { typename, entries: new Set() };
      call.place = cold.add(call, caller);
      if (maxBatchOf(typename) > 1) open.set(openKeyOf(typename, caller), call);
    }
    call.entries.add(entry);
    entry.cold = call;
  };

  const wait = (entry: Entry, replica: string, latestAt: number): void => {
    if ((entry.waiters.get(replica) ?? Number.NEGATIVE_INFINITY) >= latestAt) return;
    entry.waiters.set(replica, latestAt);
    waiters.push({ entry, replica, latestAt });
  };

  const wantCold = ({ typename, id, patienceMs, caller }: Want, replica: string): Refused | undefined => {
    const subject = { typename, id };
    const key = toSubjectKey(subject);
    // Callers are known by their replica only.
    const name = `${replica} ${caller}`;
    const known = entries.get(key);
    const ownTurnMs = turnMsOfNext(typename, name);
    const knownTurnMs = known?.cold ? turnMsOf(known.cold) : Number.POSITIVE_INFINITY;
    const turnMs = Math.min(ownTurnMs, knownTurnMs);
    const allowedMs = toAllowedMs(patienceMs, name);
    const isFull = cold.length * limiter.spacingMs >= longestBacklogMs;
    if (turnMs <= allowedMs || known?.cold || !isFull) {
      const entry = known ?? create(subject, key);
      if (ownTurnMs < knownTurnMs) enqueueCold(entry, name);
      if (turnMs <= allowedMs) wait(entry, replica, clock.elapsed() + allowedMs);
    }
    const waitsUntil = entries.get(key)?.waiters.get(replica) ?? Number.NEGATIVE_INFINITY;
    const isWaiting = waitsUntil >= clock.elapsed() + turnMs;
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
    const call = renewal ? undefined : cold.take();
    if (call) closeCall(call);
    wasHot = isHot;
    return renewal ? [renewal] : [...(call?.entries ?? [])];
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

  const isCurrent = ({ entry, replica, latestAt }: Waiter): boolean =>
    entry.waiters.get(replica) === latestAt;

  const dropStaleWaiters = (): void => {
    while (waiters.first && !isCurrent(waiters.first)) waiters.shift();
  };

  const refuse = ({ entry, replica }: Waiter): Refused => {
    entry.waiters.delete(replica);
    const retryAfterMs = entry.cold ? turnMsOf(entry.cold) : limiter.nextInMs;
    return { replica, subject: entry.subject, retryAfterMs };
  };

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
    takeRefused: () => {
      const refused: Refused[] = [];
      const soonest = clock.elapsed() + limiter.nextInMs;
      for (dropStaleWaiters(); waiters.first && waiters.first.latestAt <= soonest; dropStaleWaiters()) {
        refused.push(refuse(waiters.shift() as Waiter));
      }
      return refused;
    },
    get nextRefusalInMs() {
      dropStaleWaiters();
      return Math.max(0, (waiters.first?.latestAt ?? Number.POSITIVE_INFINITY) - clock.elapsed());
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
