import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';

/**
 * Lets one call find out whether the vendor accepts the credentials, before all others use them, too: each refused
 * call can count against the account.
 */
export interface CredentialCheck {
  /** Whether the vendor has accepted them. */
  readonly isAccepted: boolean;
  /** Whether a call may be made now: they are accepted, or no other call is finding out. */
  readonly mayCall: boolean;
  /** In how many milliseconds that can change by itself; infinite when it is a call's end that changes it. */
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
  let denied: { readonly denial: LookupError; readonly until: number } | undefined;

  const pauseLeftMs = (): number => Math.max(0, pausedUntil - clock.elapsed());

  const learn = (error: unknown): void => {
    if (isWrongCredentials(error)) isAccepted = false;
    else if (saysAccepted(error)) isAccepted = true;
  };

  return {
    get isAccepted() {
      return isAccepted;
    },
    get mayCall() {
      return isAccepted || (!isChecking && pauseLeftMs() === 0);
    },
    get waitMs() {
      return isChecking ? Number.POSITIVE_INFINITY : pauseLeftMs();
    },
    get denial() {
      return denied && clock.elapsed() < denied.until ? denied.denial : undefined;
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
      denied = { denial, until: clock.elapsed() + denialMs };
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
