import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';

/** Lets one call find out whether the vendor takes our credentials, before all others use them, too. */
export interface Trial {
  /**
   * Runs the call. While another one is finding out it waits for that instead, and answers undefined: time has passed,
   * and the caller may have lost his place.
   * @throws LookupError TIMEOUT when waiting takes until the deadline; what the call throws otherwise
   */
  run<Answer>(
    call: () => Promise<Answer>,
    deadline: number,
  ): Promise<{ readonly answer: Answer } | undefined>;
}

/** Who is to find out. */
export type Turn =
  /** Nobody: the vendor has taken these credentials lately. */
  | { readonly kind: 'trusted' }
  | { readonly kind: 'ours'; end(isTrusted: boolean): void }
  /** `over` resolves when it is time to look again. */
  | { readonly kind: 'theirs'; readonly over: Promise<void> };

/** Where trials take turns: in this process, or over all replicas. */
export interface Trials {
  take(): Promise<Turn>;
  /** The vendor has refused what it took before. */
  distrust(): void;
}

const ownTrials: Trials = {
  take: async () => ({ kind: 'ours', end: () => {} }),
  distrust: () => {},
};

/** Each refused try can count against the account, so a whole page of them must not be sent at once. */
export const createTrial = (clock: Clock, trials = ownTrials): Trial => {
  let isTrusted = false;
  let findingOut: Promise<unknown> | undefined;

  const learn = (error: unknown): void => {
    if (!(error instanceof LookupError)) return;
    const kind = error.details.reason?.kind;
    if (kind === 'wrong-credentials') {
      isTrusted = false;
      trials.distrust();
    } else if (
      kind !== 'own-quota' &&
      kind !== 'circuit-open' &&
      error.code !== 'UNAVAILABLE' &&
      error.code !== 'TIMEOUT'
    ) {
      // Whatever else a vendor says, it has let us in. Silence says nothing.
      isTrusted = true;
    }
  };

  const attempt = async <Answer>(call: () => Promise<Answer>): Promise<{ readonly answer: Answer }> => {
    try {
      const answer = await call();
      isTrusted = true;
      return { answer };
    } catch (error) {
      learn(error);
      throw error;
    }
  };

  const waitFor = async (end: Promise<unknown>, deadline: number): Promise<undefined> => {
    await Promise.race([end, clock.sleep(deadline - clock.now())]);
    if (clock.now() >= deadline)
      throw new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');
  };

  const findOut = async <Answer>(call: () => Promise<Answer>, deadline: number) => {
    const turn = await trials.take();
    if (turn.kind === 'theirs') return waitFor(turn.over, deadline);
    if (turn.kind === 'trusted') {
      isTrusted = true;
      return undefined;
    }
    try {
      return await attempt(call);
    } finally {
      turn.end(isTrusted);
    }
  };

  return {
    run: async (call, deadline) => {
      if (isTrusted) return attempt(call);
      if (findingOut) return waitFor(findingOut, deadline);
      const outcome = findOut(call, deadline);
      findingOut = outcome
        .catch(() => {})
        .finally(() => {
          findingOut = undefined;
        });
      return outcome;
    },
  };
};
