import type { Clock } from '../../src/domain/clock.ts';

/**
 * A clock that advances by a fixed step in each turn of the event loop, at most a thousand times a second. All its
 * users, such as a server and the vendors of its sandbox, are unaffected by pauses of a busy machine: time stops for all.
 */
export interface SteppedClock extends Clock {
  /** Sets the time forward, and wakes the sleepers that are due. */
  putForward(ms: number): void;
  /** Ends the steps. Remaining sleepers are not woken. */
  stop(): void;
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** @param stepMs how many milliseconds pass in each step, so how many times faster than real time the clock is at most */
export const createSteppedClock = (stepMs: number, startsAt = Date.now()): SteppedClock => {
  const sleepers = new Set<Sleeper>();
  let shown = startsAt;

  const putForward = (ms: number): void => {
    shown += ms;
    const due = [...sleepers].filter(({ wakeAt }) => wakeAt <= shown);
    for (const sleeper of due.sort((a, b) => a.wakeAt - b.wakeAt)) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  };
  const steps = setInterval(putForward, 1, stepMs);
  steps.unref();

  return {
    now: () => shown,
    elapsed: () => shown - startsAt,
    sleep: (ms) => new Promise((wake) => sleepers.add({ wakeAt: shown + ms, wake })),
    putForward,
    stop: () => clearInterval(steps),
  };
};
