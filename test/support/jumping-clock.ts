import type { Clock } from '../../src/domain/clock.ts';

/**
 * A clock that moves only when it is set forward. A sleep of less than a second, such as until a permit is due, sets it
 * forward by as much; a longer sleep, such as until a deadline, ends when the clock has been set forward that far.
 */
export interface JumpingClock extends Clock {
  putForward(ms: number): void;
}

const shortMs = 1_000;

export const createJumpingClock = (startsAt = Date.now()): JumpingClock => {
  const sleepers = new Set<{ readonly wakeAt: number; readonly wake: () => void }>();
  let elapsed = 0;

  const putForward = (ms: number): void => {
    elapsed += ms;
    for (const sleeper of [...sleepers].filter(({ wakeAt }) => wakeAt <= elapsed)) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  };

  return {
    now: () => startsAt + elapsed,
    elapsed: () => elapsed,
    sleep: async (ms) => {
      if (ms < shortMs) putForward(Math.ceil(Math.max(0, ms)));
      else await new Promise<void>((wake) => sleepers.add({ wakeAt: elapsed + ms, wake }));
    },
    putForward,
  };
};
