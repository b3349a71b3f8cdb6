import type { Clock } from '../domain/clock.ts';

/** Calls back at the earliest moment that it was set for. */
export interface Timer {
  /** @param at by `Clock.elapsed` */
  set(at: number): void;
  stop(): void;
}

export const createTimer = (clock: Clock, onDue: () => void): Timer => {
  let setFor = Number.POSITIVE_INFINITY;
  let isStopped = false;
  return {
    set: (at) => {
      if (isStopped || at >= setFor) return;
      setFor = at;
      clock.sleep(Math.max(0, at - clock.elapsed())).then(() => {
        // Set for an earlier moment since, or due then.
        if (isStopped || setFor !== at) return;
        setFor = Number.POSITIVE_INFINITY;
        onDue();
      });
    },
    stop: () => {
      isStopped = true;
    },
  };
};
