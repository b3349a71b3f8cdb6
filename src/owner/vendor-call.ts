import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import type { Call } from '../domain/provider.ts';
import type { OwnerOptions } from './owner.ts';
import type { Permit } from './rate-limiter.ts';

/** One call to the vendor: its deadline, its permits, and whether it has been sent. */
export interface VendorCall {
  /** Sent, so the vendor counts it. */
  readonly isSent: boolean;
  /** In how many milliseconds it ends at the latest. */
  readonly restMs: number;
  /**
   * Makes it, once or again, each time with a permit of its own.
   * @throws LookupError TIMEOUT at its deadline, `partitioned` when it was given up; what `fetch` throws otherwise
   */
  run<Result>(fetch: (call: Call) => Promise<Result>): Promise<Result>;
  /** Ends it: this process may not call any more. */
  giveUp(): void;
}

export interface VendorCallOptions extends Pick<OwnerOptions, 'get' | 'mayCall' | 'deadlineMs'> {
  readonly clock: Clock;
  /** The permit that it begins with. */
  readonly permit: Permit;
  readonly isValid: (permit: Permit) => boolean;
  /** Why no call may be made any more, although there is a permit: the credentials were refused. */
  readonly findDenial: () => LookupError | undefined;
  /** Another permit, before all that is queued. Rejects with the signal's reason when that is aborted. */
  readonly acquire: (signal: AbortSignal) => Promise<Permit>;
}

export const createVendorCall = (options: VendorCallOptions): VendorCall => {
  const { get, mayCall, deadlineMs, clock, isValid, findDenial, acquire } = options;
  const deadlineAt = clock.elapsed() + deadlineMs;
  const abort = new AbortController();
  const { signal } = abort;
  let permit: Permit | undefined = options.permit;
  let isConnecting = false;
  let isSent = false;

  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  // Whoever awaits the call gets the rejection there.
  aborted.catch(() => {});
  void clock.sleep(deadlineMs).then(() => abort.abort(isConnecting ? tooSlow : tooLate));

  /** @throws LookupError when the call must not be made */
  const check = (): void => {
    if (signal.aborted) throw signal.reason;
    if (!mayCall()) throw givenUp;
    const denial = findDenial();
    if (denial) throw denial;
  };

  /** The last look: nothing is awaited between it and the writing of the request. */
  const confirm = async (): Promise<void> => {
    isConnecting = true;
    for (check(); !permit || !isValid(permit); check()) permit = await acquire(signal);
    permit = undefined;
    isConnecting = false;
    isSent = true;
  };

  return {
    get isSent() {
      return isSent;
    },
    get restMs() {
      return Math.max(0, deadlineAt - clock.elapsed());
    },
    run: async (fetch) => {
      check();
      permit ??= await acquire(signal);
      check();
      const call: Call = { get: (request) => get({ ...request, signal, confirm }) };
      try {
        return await Promise.race([fetch(call), aborted]);
      } finally {
        isSent = false;
      }
    },
    giveUp: () => abort.abort(givenUp),
  };
};

/** Whether the call was ended because this process may not call any more. */
export const isGivenUp = (error: unknown): boolean =>
  error instanceof LookupError && error.details.reason?.kind === 'partitioned';

const givenUp = new LookupError('RATE_LIMITED', 'This replica may not call the vendor at the moment.', {
  reason: { kind: 'partitioned' },
});

const tooLate = new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');

/** A vendor that takes so long to connect to that the permit has expired is as good as one that does not answer. */
const tooSlow = new LookupError('TIMEOUT', 'Connecting to the vendor took too long.');
