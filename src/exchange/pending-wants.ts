import { type Subject, toSubjectKey, type Want } from './exchange.ts';

const repeatEveryMs = 1_000;

/** What nobody waits for is repeated less often: the next question about it wants it again anyway. */
const repeatIdleEveryMs = 10_000;

/** What nobody waits for is given up so long after it was due. */
const idleLifeMs = 30_000;

interface Pending {
  readonly want: Want;
  readonly wantedAt: number;
  readonly until: number;
  repeatAt: number;
}

/** This replica's wants without a reply: what was sent of them may be lost. */
export interface PendingWants {
  add(want: Want, now: number): void;
  /** There was a reply. */
  settle(subject: Subject): void;
  /** What is left of all of them, to be sent to a new owner. */
  takeAll(now: number): readonly Want[];
  /** Those that are to be repeated now. */
  takeDue(now: number): readonly Want[];
  /** Those that will not be served in time: their patience ends before this moment. They are given up. */
  takeLate(servedAt: number): readonly Want[];
  /** When `takeDue` or `takeLate` with the time of then is worth calling again. */
  readonly nextAt: number;
}

export const createPendingWants = (): PendingWants => {
  const pending = new Map<string, Pending>();

  const isIdle = ({ want }: Pending): boolean => want.patienceMs <= 0;

  const send = (entry: Pending, now: number): Want => {
    entry.repeatAt = now + (isIdle(entry) ? repeatIdleEveryMs : repeatEveryMs);
    const { want, wantedAt } = entry;
    const passedMs = now - wantedAt;
    return {
      ...want,
      patienceMs: Math.max(0, want.patienceMs - passedMs),
      dueInMs: Math.max(0, want.dueInMs - passedMs),
      ...(want.knownAgeMs !== undefined && { knownAgeMs: want.knownAgeMs + passedMs }),
    };
  };

  return {
    add: (want, now) => {
      const key = toSubjectKey(want);
      const known = pending.get(key);
      // Who waits longer keeps waiting.
      const knownUntil = known && !isIdle(known) ? known.until : Number.NEGATIVE_INFINITY;
      const lifeMs = want.patienceMs > 0 ? want.patienceMs : want.dueInMs + idleLifeMs;
      if (knownUntil > now + lifeMs || (knownUntil > now && want.patienceMs <= 0)) return;
      const repeatMs = want.patienceMs > 0 ? repeatEveryMs : want.dueInMs + repeatIdleEveryMs;
      pending.set(key, { want, wantedAt: now, until: now + lifeMs, repeatAt: now + repeatMs });
    },
    settle: (subject) => {
      pending.delete(toSubjectKey(subject));
    },
    takeAll: (now) => [...pending.values()].map((entry) => send(entry, now)),
    takeDue: (now) =>
      [...pending.values()].filter(({ repeatAt }) => repeatAt <= now).map((entry) => send(entry, now)),
    takeLate: (servedAt) => {
      const late = [...pending.values()].filter(({ until }) => until <= servedAt);
      for (const { want } of late) pending.delete(toSubjectKey(want));
      return late.filter((entry) => !isIdle(entry)).map(({ want }) => want);
    },
    get nextAt() {
      let nextAt = Number.POSITIVE_INFINITY;
      for (const { until, repeatAt } of pending.values()) nextAt = Math.min(nextAt, until, repeatAt);
      return nextAt;
    },
  };
};
