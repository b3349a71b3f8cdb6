import type { Clock } from '../domain/clock.ts';

/** Calls back at the earliest moment that it was set for. */
export interface Alarm {
  /** @param at by `Clock.elapsed` */
  set(at: number): void;
  stop(): void;
}

export const createAlarm = (clock: Clock, ring: () => void): Alarm => {
  let setFor = Number.POSITIVE_INFINITY;
  let isStopped = false;
  return {
    set: (at) => {
      if (isStopped || at >= setFor) return;
      setFor = at;
      clock.sleep(Math.max(0, at - clock.elapsed())).then(() => {
        // Set for an earlier moment since, or rung then.
        if (isStopped || setFor !== at) return;
        setFor = Number.POSITIVE_INFINITY;
        ring();
      });
    },
    stop: () => {
      isStopped = true;
    },
  };
};
