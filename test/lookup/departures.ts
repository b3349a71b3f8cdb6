import type { Clock } from '../../src/domain/clock.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { QuotaGate } from '../../src/lookup/quota.ts';

/** The most of these moments that any window of this length holds. */
export const mostWithin = (perMs: number, moments: readonly number[]): number => {
  const sorted = [...moments].sort((left, right) => left - right);
  let most = 0;
  let first = 0;
  for (const [last, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? moment) >= perMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

/** What a gate did with one call. */
export type Outcome =
  | { readonly kind: 'left'; readonly askedAt: number; readonly at: number; readonly sentAt: number }
  | { readonly kind: 'refused'; readonly askedAt: number; readonly at: number; readonly error: LookupError };

/** Sends one call through the gate; it has a connection so many milliseconds after the gate has let it go. */
export const send = async (
  gate: QuotaGate,
  maxWaitMs: number,
  clock: Clock,
  connectMs = 0,
): Promise<Outcome> => {
  const askedAt = clock.now();
  try {
    const leave = await gate.pass(maxWaitMs);
    const at = clock.now();
    if (connectMs > 0) await clock.sleep(connectMs);
    await leave();
    return { kind: 'left', askedAt, at, sentAt: clock.now() };
  } catch (error) {
    if (error instanceof LookupError) return { kind: 'refused', askedAt, at: clock.now(), error };
    throw error;
  }
};

/** When the calls that left were handed to the network, which is what the vendor sees. */
export const toSentMoments = (outcomes: readonly Outcome[]): number[] =>
  outcomes.flatMap((outcome) => (outcome.kind === 'left' ? [outcome.sentAt] : []));

/** Callers that never stop asking, each until its call has left, then again. */
export const createDemand = (gate: QuotaGate, clock: Clock, departures: number[]) => {
  let wanted = true;
  const callForEver = async (maxWaitMs: number): Promise<void> => {
    while (wanted) {
      const outcome = await send(gate, maxWaitMs, clock);
      if (outcome.kind === 'left') departures.push(outcome.sentAt);
      else await clock.sleep(Math.max(10, outcome.error.details.retryAfterMs ?? 0));
    }
  };
  return {
    start: (callers: number, maxWaitMs: number): Promise<unknown> =>
      Promise.all(Array.from({ length: callers }, () => callForEver(maxWaitMs))),
    stop: (): void => {
      wanted = false;
    },
  };
};
