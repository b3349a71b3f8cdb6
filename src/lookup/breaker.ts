import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  handleWhen,
  type IBreaker,
  IterableBackoff,
} from 'cockatiel';
import { LookupError } from '../domain/errors.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';

/** Leaves a failing account alone for a moment instead of making every caller wait for it. */
export interface Breaker {
  readonly state: MediaTaskBreakerState;
  /** @throws LookupError UNAVAILABLE, with the time until a call is let through, while the account is left alone */
  check(): void;
  /** Runs the call and takes note of how it ends. @throws as `check`; what the call throws otherwise */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
}

/** Only these say that the vendor is down; a refusal or an unreadable answer is about one call. */
const isOutage = (error: unknown): boolean =>
  error instanceof LookupError && (error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT');

/** How long the account is left alone after each failure in a row; the last again and again. */
const pausesMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

const states: Readonly<Record<CircuitState, MediaTaskBreakerState>> = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
};

/** Opens when half of at least ten calls within ten seconds were outages; then one call probes after each pause. */
export const createBreaker = (): Breaker => {
  const policy = circuitBreaker(handleWhen(isOutage), {
    breaker: createOutageCounter(),
    halfOpenAfter: new IterableBackoff(pausesMs),
  });
  let opened = { times: 0, until: 0 };
  policy.onBreak(() => {
    const pauseMs = pausesMs[Math.min(opened.times, pausesMs.length - 1)] ?? 0;
    opened = { times: opened.times + 1, until: Date.now() + pauseMs };
  });
  policy.onReset(() => {
    opened = { times: 0, until: 0 };
  });

  const leftAlone = (): LookupError =>
    new LookupError('UNAVAILABLE', 'The vendor failed too often and is being left alone for a moment.', {
      retryAfterMs: Math.max(100, opened.until - Date.now()),
      reason: { kind: 'circuit-open' },
    });

  const check = (): void => {
    // While one call probes, the others would wait for its outcome: better to tell them at once.
    const isProbing = policy.state === CircuitState.HalfOpen;
    const isResting = policy.state === CircuitState.Open && Date.now() < opened.until;
    if (isProbing || isResting) throw leftAlone();
  };

  return {
    get state() {
      return states[policy.state];
    },
    check,
    run: async (call) => {
      check();
      try {
        return await policy.execute(call);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? leftAlone() : error;
      }
    },
  };
};

const sampleMs = 10_000;
const fewestCalls = 10;
const outageShare = 0.5;

/** Counts the outages among the calls of the last ten seconds. (cockatiel's own SamplingBreaker does not forget while nobody calls.) */
const createOutageCounter = (): IBreaker => {
  let calls: { readonly at: number; readonly failed: boolean }[] = [];
  const note = (failed: boolean): void => {
    const now = Date.now();
    calls = calls.filter(({ at }) => now - at < sampleMs);
    calls.push({ at: now, failed });
  };
  return {
    // Nobody stores it.
    state: undefined,
    success: (state) => {
      if (state === CircuitState.HalfOpen) calls = [];
      else note(false);
    },
    failure: (state) => {
      note(true);
      if (state !== CircuitState.Closed) return true;
      const outages = calls.filter(({ failed }) => failed).length;
      return calls.length >= fewestCalls && outages >= calls.length * outageShare;
    },
  };
};
