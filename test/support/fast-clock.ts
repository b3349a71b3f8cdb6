import type { Clock } from '../../src/domain/clock.ts';

/** A clock in which so many seconds pass for each real one, so that a task's life is over soon. */
export const createFastClock = (times: number, showsAtFirst = Date.now()): Clock => {
  const startedAt = performance.now();
  return {
    now: () => Math.floor(showsAtFirst + (performance.now() - startedAt) * times),
    elapsed: () => (performance.now() - startedAt) * times,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / times)),
  };
};
