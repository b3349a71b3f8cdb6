import type { Clock } from '../domain/clock.ts';
import type { Want } from '../exchange/exchange.ts';
import type { Known } from './known.ts';
import type { Caller } from './lookup.ts';

/** How long a caller waits for a new answer when an old one can be shown, in ms. */
export const renewalPatienceMs = 1_500;

/** A renewal counts as failed, and is wanted again, when its answer is so late, in ms. */
const renewalTimeoutMs = 3_000;

/** The expected duration of the first renewal, in ms. */
const firstRenewalMs = 250;

/** A slower renewal sets the expected duration at once; a faster one moves it by this fraction of the difference. */
const adaptation = 0.2;

export interface RenewalsOptions<Kept extends Known<unknown, unknown>> {
  readonly clock: Pick<Clock, 'elapsed'>;
  /** How long all renewals of the account that are due now will take, in ms. */
  readonly backlogMs: () => number;
  readonly want: (known: Kept, caller: Caller, terms: Pick<Want, 'patienceMs' | 'dueInMs'>) => void;
}

export type Renewals<Kept extends Known<unknown, unknown>> = ReturnType<typeof createRenewals<Kept>>;

/**
 * A client that asks again when `nextPollAfterMs` said so is expected to go on: the task is hot. The next answer to a hot
 * task is wanted ahead, to be fetched when the last one stops being fresh.
 */
export const createRenewals = <Kept extends Known<unknown, unknown>>(options: RenewalsOptions<Kept>) => {
  const { clock, backlogMs, want } = options;
  let expectedMs = firstRenewalMs;

  /** Whether its renewal is still to come. */
  const isPending = ({ renewal }: Kept): boolean => {
    if (!renewal) return false;
    const turnMs = 2 * Math.max(expectedMs, backlogMs());
    return clock.elapsed() < renewal.dueAt + turnMs + renewalTimeoutMs;
  };

  const isHot = ({ hotUntil }: Kept, now: number): boolean => hotUntil !== undefined && now < hotUntil;

  /** Whoever asks at this moment, or a little later, keeps the task hot. Default: when its renewal is expected. */
  const expectAgain = (known: Kept, at = (known.last?.freshUntil ?? 0) + expectedMs): void => {
    known.hotUntil = at + renewalPatienceMs;
  };

  /** Wants the next answer in time, unless it has been wanted. */
  const renewAhead = (known: Kept, caller: Caller): void => {
    const { last } = known;
    if (!last || last.isFinal || known.renewal) return;
    known.renewal = { dueAt: last.freshUntil };
    want(known, caller, { patienceMs: 0, dueInMs: Math.max(0, last.freshUntil - clock.elapsed()) });
  };

  return {
    isHot,
    isPending,
    expectAgain,
    renewAhead,
    /** How long a renewal takes. */
    get expectedMs() {
      return expectedMs;
    },
    /** A fresh answer has been taken. */
    asked: (known: Kept, caller: Caller, now: number): void => {
      if (isHot(known, now)) renewAhead(known, caller);
      expectAgain(known);
    },
    /** In how many milliseconds an overdue renewal comes: in its turn, the oldest first. Undefined: soon enough to wait. */
    overdueMs: (known: Kept): number | undefined => {
      if (!known.renewal || !isPending(known) || backlogMs() <= renewalPatienceMs) return undefined;
      return known.renewal.dueAt + backlogMs() - clock.elapsed();
    },
    /**
     * An answer has arrived: it is the renewal, if one was wanted.
     * @returns whether somebody polls the task, if only at other replicas: the answer before is not much older
     */
    arrived: (known: Kept): boolean => {
      const { last, renewal } = known;
      const now = clock.elapsed();
      delete known.renewal;
      if (renewal && now >= renewal.dueAt) {
        const tookMs = now - renewal.dueAt;
        expectedMs = Math.max(tookMs, expectedMs - (expectedMs - tookMs) * adaptation);
      }
      return last !== undefined && now < last.freshUntil + expectedMs + renewalPatienceMs;
    },
  };
};
