import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import { createBatch } from './batch.ts';
import type { ExchangeState, Subject, Want } from './exchange.ts';
import { createPendingWants } from './pending-wants.ts';

export interface WantsOptions {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly state: () => ExchangeState;
  /** Whether the owner in this process may make calls. */
  readonly mayCall: () => boolean;
  /** Gives a want to the owner in this process. */
  readonly wantHere: (want: Want) => void;
  /** Publishes wants for the owner in another process. */
  readonly publish: (wants: readonly Want[]) => void;
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

/** Bounds a message. */
export const mostPerMessage = 500;

export const createWants = (options: WantsOptions): Wants => {
  const { clock, state, mayCall, wantHere, refuse } = options;
  const pending = createPendingWants();
  const publish = createBatch(options.publish, mostPerMessage);

  const send = (wants: readonly Want[]): void => {
    if (mayCall()) for (const want of wants) wantHere(want);
    else if (state().kind === 'follower') for (const want of wants) publish(want);
  };

  const refuseAll = (wants: readonly Want[], error: LookupError): void => {
    for (const { typename, id } of wants) refuse({ typename, id }, error);
  };

  return {
    settle: pending.settle,
    add: (want) => {
      const now = clock.elapsed();
      const current = state();
      const outage = toOutage(current);
      if (outage && want.patienceMs > 0 && want.patienceMs <= outage.servedInMs) {
        refuseAll([want], outage.error);
        return;
      }
      pending.add(want, now);
      if (!outage) send([want]);
    },
    resend: () => send(pending.takeAll(clock.elapsed())),
    check: () => {
      const now = clock.elapsed();
      const current = state();
      const outage = toOutage(current);
      if (outage) {
        refuseAll(pending.takeLate(now + outage.servedInMs), outage.error);
        return;
      }
      refuseAll(pending.takeLate(now), new LookupError('TIMEOUT', 'No answer came in time.'));
      if (current.kind === 'follower') send(pending.takeDue(now));
    },
  };
};

/** Nobody serves this replica's wants: in how many milliseconds somebody may, and what those learn who cannot wait for it. */
interface Outage {
  readonly servedInMs: number;
  readonly error: LookupError;
}

const toOutage = (state: ExchangeState): Outage | undefined => {
  if (state.kind === 'partitioned') {
    const message = "This replica cannot reach the owner of the vendor's account.";
    return { servedInMs: state.retryAfterMs, error: toPartitionedError(message, state.retryAfterMs) };
  }
  if (state.kind !== 'outdated') return undefined;
  const message = "Replicas of a newer version make the calls of the vendor's account.";
  return { servedInMs: Number.POSITIVE_INFINITY, error: toPartitionedError(message, newerVersionRetryMs) };
};

/** While replicas are being replaced, the next question is likely to reach a newer one. */
const newerVersionRetryMs = 1_000;

const toPartitionedError = (message: string, retryAfterMs: number): LookupError =>
  new LookupError('RATE_LIMITED', message, { retryAfterMs, reason: { kind: 'partitioned' } });
