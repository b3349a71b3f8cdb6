import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';
import type { SharedTasks } from './shared-tasks.ts';

/** Lets one call find out whether the vendor takes our credentials, before all others use them, too. */
export interface Trial {
  /**
   * Runs the call. While another one is finding out it waits for that instead, and answers undefined: time has passed,
   * and the caller may have to find a new place for its call.
   * @throws LookupError TIMEOUT when waiting takes until the deadline; what the call throws otherwise
   */
  run<Answer>(
    call: () => Promise<Answer>,
    deadline: number,
  ): Promise<{ readonly answer: Answer } | undefined>;
}

/** Whose turn it is to find out. */
export type Turn =
  | { readonly kind: 'ours'; done(): void }
  /** `over` resolves when another replica's turn has come to an end, or may have. */
  | { readonly kind: 'theirs'; readonly over: Promise<void> };

export type TakeTurn = () => Promise<Turn>;

const alwaysOurs: TakeTurn = async () => ({ kind: 'ours', done: () => {} });

/** One turn after the other over all replicas, as long as they can hear of each other. */
export const createSharedTurns =
  (tasks: SharedTasks, account: string): TakeTurn =>
  async () => {
    const shared = await tasks.look(`trial:${account}`, false).catch(() => undefined);
    if (shared?.kind === 'leased') return { kind: 'ours', done: shared.lease.release };
    if (shared?.kind === 'busy') return { kind: 'theirs', over: shared.settled };
    return alwaysOurs();
  };

/** Each refused try can count against the account, so a whole page of them must not be sent at once. */
export const createTrial = (clock: Clock, takeTurn = alwaysOurs): Trial => {
  let isTrusted = false;
  let trying: Promise<unknown> | undefined;

  const learn = (error: unknown): void => {
    if (!(error instanceof LookupError)) return;
    const { wrongCredentials, ownQuota, leftAlone } = error.details;
    if (wrongCredentials) isTrusted = false;
    // Whatever else a vendor says, it has let us in. Silence says nothing.
    else if (!ownQuota && !leftAlone && error.code !== 'UNAVAILABLE' && error.code !== 'TIMEOUT')
      isTrusted = true;
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
    const turn = await takeTurn();
    if (turn.kind === 'theirs') return waitFor(turn.over, deadline);
    try {
      return await attempt(call);
    } finally {
      turn.done();
    }
  };

  return {
    run: async (call, deadline) => {
      if (isTrusted) return attempt(call);
      if (trying) return waitFor(trying, deadline);
      const outcome = findOut(call, deadline);
      trying = outcome
        .catch(() => {})
        .finally(() => {
          trying = undefined;
        });
      return outcome;
    },
  };
};
