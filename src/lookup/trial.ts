import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';

/** Lets one call find out whether the vendor takes our credentials, before all others use them, too. */
export interface Trial {
  /**
   * Runs the call, after the one that is finding out.
   * @throws LookupError TIMEOUT when that takes until the deadline; what the call throws otherwise
   */
  run<Answer>(call: () => Promise<Answer>, deadline: number): Promise<Answer>;
}

/** Each refused try can count against the account, so a whole page of them must not be sent at once. */
export const createTrial = (clock: Clock): Trial => {
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

  const attempt = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await call();
      isTrusted = true;
      return answer;
    } catch (error) {
      learn(error);
      throw error;
    }
  };

  return {
    run: async (call, deadline) => {
      while (!isTrusted && trying) {
        const restMs = deadline - clock.now();
        if (restMs <= 0) throw new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');
        await Promise.race([trying, clock.sleep(restMs)]);
      }
      if (isTrusted) return attempt(call);
      const outcome = attempt(call);
      trying = outcome
        .catch(() => {})
        .finally(() => {
          trying = undefined;
        });
      return outcome;
    },
  };
};
