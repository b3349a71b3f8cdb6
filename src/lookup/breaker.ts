import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  SamplingBreaker,
} from 'cockatiel';
import { LookupError } from '../errors.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';

/** Leaves a failing account alone for a moment instead of making every caller wait for it. */
export interface Breaker {
  readonly state: MediaTaskBreakerState;
  /** Runs the call. @throws LookupError UNAVAILABLE at once while the account is left alone; what the call throws otherwise */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
}

/** Only these say that the vendor is down; a refusal or an unreadable answer is about one call. */
const isOutage = (error: unknown): boolean =>
  error instanceof LookupError && (error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT');

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

const states: Readonly<Record<CircuitState, MediaTaskBreakerState>> = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
};

/** Opens when half of at least ten calls within ten seconds were outages; one call probes after 1 s, then after longer. */
export const createBreaker = (): Breaker => {
  const policy = circuitBreaker(handleWhen(isOutage), {
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1 }),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: firstPauseMs, maxDelay: longestPauseMs }),
  });
  return {
    get state() {
      return states[policy.state];
    },
    run: async (call) => {
      // While one call probes, the others would wait for its outcome: better to tell them at once.
      if (policy.state === CircuitState.HalfOpen) throw leftAlone();
      try {
        return await policy.execute(call);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? leftAlone() : error;
      }
    },
  };
};

const leftAlone = (): LookupError =>
  new LookupError('UNAVAILABLE', 'The vendor failed too often and is being left alone for a moment.', {
    retryAfterMs: firstPauseMs,
  });
