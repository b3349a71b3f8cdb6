import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';
import { createFifo } from './fifo.ts';

/** What a successor needs to know of the breaker. */
export interface BreakerHandOver {
  /** For how many milliseconds no call is let through; 0 when it is closed or one may be tried. */
  readonly openForMs: number;
  /** How many times in a row it has opened; 0 when it is closed. */
  readonly opened: number;
}

/** Keeps calls from a vendor that is down, so that everybody learns of it at once and it can recover. */
export interface CircuitBreaker {
  readonly state: MediaTaskBreakerState;
  /** Why no call is let through at the moment, with the time until one is; undefined when one is. */
  readonly refusal: LookupError | undefined;
  /**
   * Makes the call and counts how it ends.
   * @throws LookupError as `refusal`; what the call throws otherwise
   */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  handOver(): BreakerHandOver;
  takeOver(state: BreakerHandOver): void;
}

/** For how long it is open after each failure in a row, in ms; the last again and again. */
const openMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

const sampleMs = 10_000;
const fewestCalls = 10;
const outageShare = 0.5;

/** While the one call is under way nobody knows when the next is let through. */
const shortestRetryAfterMs = 100;

/** What a call's end says of the vendor. */
type Verdict = 'up' | 'down' | 'nothing';

/** Opens when half of at least ten calls within ten seconds were outages; then one call at a time is let through. */
export const createCircuitBreaker = (clock: Pick<Clock, 'elapsed'>): CircuitBreaker => {
  const sample = createSample(clock);
  let opened = 0;
  let openUntil = Number.NEGATIVE_INFINITY;
  let isHalfOpen = false;

  const open = (): void => {
    openUntil = clock.elapsed() + (openMs[Math.min(opened, openMs.length - 1)] ?? 0);
    opened += 1;
  };

  const endHalfOpen = (verdict: Verdict): void => {
    isHalfOpen = false;
    if (verdict === 'down') open();
    if (verdict !== 'up') return;
    opened = 0;
    sample.clear();
  };

  const count = (verdict: Verdict): void => {
    // A call that was sent before it opened says nothing of how the vendor is now.
    if (verdict === 'nothing' || opened > 0) return;
    if (sample.add(verdict === 'down')) open();
  };

  const openForMs = (): number => Math.max(0, openUntil - clock.elapsed());

  const findRefusal = (): LookupError | undefined => {
    if (opened === 0 || (!isHalfOpen && openForMs() === 0)) return undefined;
    return new LookupError('UNAVAILABLE', 'The vendor failed too often and is not called for a moment.', {
      retryAfterMs: Math.ceil(Math.max(shortestRetryAfterMs, openForMs())),
      reason: { kind: 'circuit-open' },
    });
  };

  return {
    get state() {
      if (opened === 0) return 'CLOSED';
      return isHalfOpen ? 'HALF_OPEN' : 'OPEN';
    },
    get refusal() {
      return findRefusal();
    },
    run: async (call) => {
      const refusal = findRefusal();
      if (refusal) throw refusal;
      const isTheOne = opened > 0;
      isHalfOpen = isTheOne;
      let verdict: Verdict = 'up';
      try {
        return await call();
      } catch (error) {
        verdict = toVerdict(error);
        throw error;
      } finally {
        if (isTheOne) endHalfOpen(verdict);
        else count(verdict);
      }
    },
    handOver: () => ({ openForMs: openForMs(), opened }),
    takeOver: (state) => {
      opened = state.opened;
      openUntil = clock.elapsed() + state.openForMs;
      isHalfOpen = false;
    },
  };
};

/** Only silence and failures inside the vendor say that it is down; a refusal or an unreadable answer is about one call. */
const toVerdict = (error: unknown): Verdict => {
  if (!(error instanceof LookupError)) return 'up';
  const kind = error.details.reason?.kind;
  if (kind === 'partitioned' || kind === 'own-quota') return 'nothing';
  return error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT' ? 'down' : 'up';
};

/** The calls of the last ten seconds. */
const createSample = (clock: Pick<Clock, 'elapsed'>) => {
  let calls = createFifo<{ readonly at: number; readonly isOutage: boolean }>();
  let outages = 0;

  const forget = (before: number): void => {
    while (calls.first && calls.first.at <= before) {
      if (calls.shift()?.isOutage) outages -= 1;
    }
  };

  return {
    /** @returns whether the vendor is to be taken for down */
    add: (isOutage: boolean): boolean => {
      const at = clock.elapsed();
      forget(at - sampleMs);
      calls.push({ at, isOutage });
      if (isOutage) outages += 1;
      return isOutage && calls.length >= fewestCalls && outages >= calls.length * outageShare;
    },
    clear: (): void => {
      calls = createFifo();
      outages = 0;
    },
  };
};
