import type { Clock } from '../../src/domain/clock.ts';

/** A clock that stands still but when it is put forward; who sleeps puts it forward by as much as it sleeps. */
export interface JumpingClock extends Clock {
  putForward(ms: number): void;
}

export const createJumpingClock = (showsAtFirst = Date.now()): JumpingClock => {
  let shows = showsAtFirst;
  return {
    now: () => shows,
    elapsed: () => shows - showsAtFirst,
    sleep: async (ms) => {
      shows += Math.ceil(Math.max(0, ms));
    },
    putForward: (ms) => {
      shows += ms;
    },
  };
};
