import type { Clock } from '../../src/domain/clock.ts';

/**
 * A clock that moves only when it is put forward, or when somebody sleeps: by as much as they sleep. Not for calls that
 * wait for each other: a waiting call would pass its deadline at once.
 */
export interface JumpingClock extends Clock {
  putForward(ms: number): void;
}

export const createJumpingClock = (showsAtFirst = Date.now()): JumpingClock => {
  let shows = showsAtFirst;
  return {
    now: () => shows,
    sleep: async (ms) => {
      shows += Math.ceil(Math.max(0, ms));
    },
    putForward: (ms) => {
      shows += ms;
    },
  };
};
