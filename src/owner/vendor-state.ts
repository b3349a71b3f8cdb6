import type { Clock } from '../domain/clock.ts';
import { LookupError, toSpanText } from '../domain/errors.ts';
import type { EmitOfAccount } from '../domain/events.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';
import type { HandOver } from './owner.ts';

/** Keeps calls away from a vendor that is down, so that everybody learns of it at once and it can recover. */
export interface CircuitBreaker {
  readonly state: MediaTaskBreakerState;
  /** Why no call is let through at the moment, with the time until one is; undefined when one is. */
  readonly refusal: LookupError | undefined;
  /**
   * Makes the call and counts how it ends.
   * @throws LookupError as `refusal`; what the call throws otherwise
   */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  handOver(): HandOver['breaker'];
  takeOver(state: HandOver['breaker']): void;
}

/** For how long it is open after each failure in a row, in ms; the last one is repeated. */
const openMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

const sampleMs = 10_000;
const fewestCalls = 10;
const outageShare = 0.5;

/** While the one call is under way nobody knows when the next is let through. */
const shortestRetryAfterMs = 100;

/** What a call's end says of the vendor. */
type Verdict = 'up' | 'down' | 'nothing';

/**
 * Opens when half of at least ten calls within ten seconds were outages; then one call at a time is let through.
 * @param emit receives an event for each change of the state
 */
export const createCircuitBreaker = (
  clock: Pick<Clock, 'elapsed'>,
  emit: EmitOfAccount = () => {},
): CircuitBreaker => {
  /** The calls of the last ten seconds, since the vendor was last known to be up again. */
  let sample: { readonly at: number; readonly isOutage: boolean }[] = [];
  let failuresInARow = 0;
  /** How many times in a row it has opened; 0: closed. */
  let opened = 0;
  let openedAt = Number.NEGATIVE_INFINITY;
  let openUntil = Number.NEGATIVE_INFINITY;
  let isHalfOpen = false;

  const tell = (from: MediaTaskBreakerState, to: MediaTaskBreakerState, calls = 0, outages = 0): void =>
    emit({ kind: 'breaker-changed', from, to, openForMs: openForMs(), outages, calls });

  const open = (): void => {
    const now = clock.elapsed();
    if (opened === 0) openedAt = now;
    openUntil = now + (openMs[Math.min(opened, openMs.length - 1)] ?? 0);
    opened += 1;
  };

  const endHalfOpen = (verdict: Verdict): void => {
    isHalfOpen = false;
    if (verdict === 'down') open();
    if (verdict !== 'up') {
      tell('HALF_OPEN', 'OPEN');
      return;
    }
    opened = 0;
    sample = [];
    tell('HALF_OPEN', 'CLOSED');
  };

  const count = (verdict: Verdict): void => {
    // A call that was sent before it opened says nothing of how the vendor is now.
    if (verdict === 'nothing' || opened > 0) return;
    const at = clock.elapsed();
    while (sample[0] && sample[0].at <= at - sampleMs) sample.shift();
    sample.push({ at, isOutage: verdict === 'down' });
    if (verdict !== 'down' || sample.length < fewestCalls) return;
    const outages = sample.filter(({ isOutage }) => isOutage).length;
    if (outages < sample.length * outageShare) return;
    open();
    tell('CLOSED', 'OPEN', sample.length, outages);
  };

  const openForMs = (): number => Math.max(0, openUntil - clock.elapsed());

  const findRefusal = (): LookupError | undefined => {
    if (opened === 0 || (!isHalfOpen && openForMs() === 0)) return undefined;
    const since = toSpanText(clock.elapsed() - openedAt);
    // A predecessor's failures are not handed over.
    const after = failuresInARow > 0 ? `, after ${failuresInARow} failures in a row` : '';
    const retryAfterMs = Math.ceil(Math.max(shortestRetryAfterMs, openForMs()));
    const next = `the next call is tried in ${toSpanText(retryAfterMs)}`;
    const message = `The circuit breaker has been open for ${since}${after}: ${next}.`;
    return new LookupError('UNAVAILABLE', message, { retryAfterMs, reason: { kind: 'circuit-open' } });
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
      if (isTheOne) tell('OPEN', 'HALF_OPEN');
      let verdict: Verdict = 'up';
      try {
        return await call();
      } catch (error) {
        verdict = toVerdict(error);
        throw error;
      } finally {
        if (verdict === 'down') failuresInARow += 1;
        if (verdict === 'up') failuresInARow = 0;
        if (isTheOne) endHalfOpen(verdict);
        else count(verdict);
      }
    },
    handOver: () => ({ openForMs: openForMs(), opened }),
    takeOver: (state) => {
      opened = state.opened;
      openedAt = clock.elapsed();
      openUntil = openedAt + state.openForMs;
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

/**
 * Lets one call find out whether the vendor accepts the credentials, before all others use them, too: each refused
 * call can count against the account.
 */
export interface CredentialCheck {
  /** Whether the vendor has accepted them. */
  readonly isAccepted: boolean;
  /** In how many milliseconds a call may be made: 0 now; infinite when it is a call's end that decides. */
  readonly waitMs: number;
  /** The vendor's refusal, while no call is made because of it. */
  readonly denial: LookupError | undefined;
  /** Makes the call and learns from how it ends. @throws what the call throws */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** No call for a minute: the refusal is final until somebody may have mended it. */
  deny(denial: LookupError): void;
  /** No call for a moment, in which the account goes to somebody else. */
  pause(): void;
  /** Takes over that a predecessor's call with these credentials was accepted. */
  accept(): void;
}

const denialMs = 60_000;
const pauseMs = 1_000;

export const createCredentialCheck = (clock: Pick<Clock, 'elapsed'>): CredentialCheck => {
  let isAccepted = false;
  let isChecking = false;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let denied: { readonly denial: LookupError; readonly at: number } | undefined;

  const waitMs = (): number => {
    if (isAccepted) return 0;
    return isChecking ? Number.POSITIVE_INFINITY : Math.max(0, pausedUntil - clock.elapsed());
  };

  const findDenial = (): LookupError | undefined => {
    if (!denied) return undefined;
    const { denial, at } = denied;
    const ageMs = clock.elapsed() - at;
    if (ageMs >= denialMs) return undefined;
    const message = `No call is made: the vendor refused the credentials ${toSpanText(ageMs)} ago. ${denial.message}`;
    return new LookupError(denial.code, message, denial.details);
  };

  const learn = (error: unknown): void => {
    if (isWrongCredentials(error)) isAccepted = false;
    else if (saysAccepted(error)) isAccepted = true;
  };

  return {
    get isAccepted() {
      return isAccepted;
    },
    get waitMs() {
      return waitMs();
    },
    get denial() {
      return findDenial();
    },
    run: async (call) => {
      const isCheck = !isAccepted;
      if (isCheck) isChecking = true;
      try {
        const result = await call();
        isAccepted = true;
        return result;
      } catch (error) {
        learn(error);
        throw error;
      } finally {
        if (isCheck) isChecking = false;
      }
    },
    deny: (denial) => {
      isAccepted = false;
      denied = { denial, at: clock.elapsed() };
    },
    pause: () => {
      pausedUntil = clock.elapsed() + pauseMs;
    },
    accept: () => {
      isAccepted = true;
    },
  };
};

/** Whether the vendor refused the credentials as such. */
export const isWrongCredentials = (error: unknown): error is LookupError =>
  error instanceof LookupError && error.details.reason?.kind === 'wrong-credentials';

/** Whatever else a vendor says of a call, it has let it in. Silence says nothing, nor does a refused timestamp. */
const saysAccepted = (error: unknown): boolean => {
  if (!(error instanceof LookupError) || error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT')
    return false;
  return error.details.reason === undefined;
};
