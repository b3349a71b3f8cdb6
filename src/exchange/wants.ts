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
      if (current.kind !== 'partitioned') {
        pending.add(want, now);
        send([want]);
      } else if (want.patienceMs > 0 && want.patienceMs <= current.retryAfterMs) {
        refuseAll([want], toPartitionedError(current.retryAfterMs));
      } else {
        pending.add(want, now);
      }
    },
    resend: () => send(pending.takeAll(clock.elapsed())),
    check: () => {
      const now = clock.elapsed();
      const current = state();
      if (current.kind === 'partitioned') {
        const { retryAfterMs } = current;
        refuseAll(pending.takeHopeless(now + retryAfterMs), toPartitionedError(retryAfterMs));
        return;
      }
      refuseAll(pending.takeHopeless(now), new LookupError('TIMEOUT', 'No answer came in time.'));
      if (current.kind === 'follower') send(pending.takeDue(now));
    },
  };
};

const toPartitionedError = (retryAfterMs: number): LookupError =>
  new LookupError('RATE_LIMITED', "This replica cannot reach the owner of the vendor's account.", {
    retryAfterMs,
    reason: { kind: 'partitioned' },
  });
