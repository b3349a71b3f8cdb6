import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import { type ExchangeState, type Subject, toPartitionedError, toSubjectKey, type Want } from './exchange.ts';

export interface WantsOptions {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly state: () => ExchangeState;
  /** Gives wants to whoever makes the calls; nowhere if nobody is known to. */
  readonly send: (wants: readonly Want[]) => void;
  readonly refuse: (subject: Subject, error: LookupError) => void;
}

/** This replica's wants, on their way to whoever makes the account's calls. Messages may be lost: wants are repeated. */
export interface Wants {
  /** Wants it now, and again until there is a reply or its patience has ended. */
  add(want: Want): void;
  /** There was a reply. */
  settle(subject: Subject): void;
  /** Sends all again: somebody else makes the calls now. */
  resend(): void;
  /** Sends again what is due for it, and refuses what cannot be served in time. To be called every now and then. */
  check(): void;
}

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

export const createWants = ({ clock, state, send, refuse }: WantsOptions): Wants => {
  const pending = new Map<string, Pending>();

  const sendAgain = (entries: readonly Pending[], now: number): void => {
    for (const entry of entries)
      entry.repeatAt = now + (isIdle(entry.want) ? repeatIdleEveryMs : repeatEveryMs);
    send(entries.map((entry) => toWhatIsLeft(entry, now)));
  };

  const refuseAll = (entries: readonly Pending[], error: LookupError): void => {
    for (const { want } of entries) {
      pending.delete(toSubjectKey(want));
      if (!isIdle(want)) refuse({ typename: want.typename, id: want.id }, error);
    }
  };

  return {
    settle: (subject) => {
      pending.delete(toSubjectKey(subject));
    },
    add: (want) => {
      const now = clock.elapsed();
      const outage = toOutage(state());
      if (outage && !isIdle(want) && want.patienceMs <= outage.servedInMs) {
        refuse({ typename: want.typename, id: want.id }, outage.error);
        return;
      }
      const known = pending.get(toSubjectKey(want));
      const until = now + (isIdle(want) ? want.dueInMs + idleLifeMs : want.patienceMs);
      // Who waits longer keeps waiting.
      const isCovered = known && !isIdle(known.want) && known.until > (isIdle(want) ? now : until);
      if (!isCovered) {
        const repeatAt = now + (isIdle(want) ? want.dueInMs + repeatIdleEveryMs : repeatEveryMs);
        pending.set(toSubjectKey(want), { want, wantedAt: now, until, repeatAt });
      }
      if (!outage) send([want]);
    },
    resend: () => sendAgain([...pending.values()], clock.elapsed()),
    check: () => {
      const now = clock.elapsed();
      const current = state();
      const outage = toOutage(current);
      const servedAt = now + (outage?.servedInMs ?? 0);
      const late = [...pending.values()].filter(({ until }) => until <= servedAt);
      refuseAll(
        late,
        outage?.error ?? new LookupError('TIMEOUT', 'There was no answer before the deadline.'),
      );
      // Wants of the owner itself are not lost on the way.
      if (current.kind !== 'follower') return;
      const due = [...pending.values()].filter(({ repeatAt }) => repeatAt <= now);
      sendAgain(due, now);
    },
  };
};

/** Nobody waits for it. */
const isIdle = ({ patienceMs }: Want): boolean => patienceMs <= 0;

const toWhatIsLeft = ({ want, wantedAt }: Pending, now: number): Want => {
  const passedMs = now - wantedAt;
  return {
    ...want,
    patienceMs: Math.max(0, want.patienceMs - passedMs),
    dueInMs: Math.max(0, want.dueInMs - passedMs),
    ...(want.knownAgeMs !== undefined && { knownAgeMs: want.knownAgeMs + passedMs }),
  };
};

/** Nobody serves this replica's wants: in how many milliseconds somebody may, and what those learn who cannot wait for it. */
interface Outage {
  readonly servedInMs: number;
  readonly error: LookupError;
}

const toOutage = (state: ExchangeState): Outage | undefined => {
  if (state.kind === 'outdated') return { servedInMs: Number.POSITIVE_INFINITY, error: outdatedError };
  if (state.kind !== 'partitioned') return undefined;
  return { servedInMs: state.retryAfterMs, error: toPartitionedError(state.retryAfterMs) };
};

/** While replicas are being replaced, the next question is likely to reach a newer one. */
const outdatedError = new LookupError(
  'RATE_LIMITED',
  "Replicas of a newer version, or with other secrets, make the calls of the vendor's account.",
  { retryAfterMs: 1_000, reason: { kind: 'partitioned' } },
);
