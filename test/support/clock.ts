import type { Clock } from '../../src/domain/clock.ts';

/** A clock that stands still until it is started, then runs in real time, and can be set forward. */
export interface TestClock extends Clock {
  start(): void;
  putForward(ms: number): void;
}

export const createTestClock = (showsAtFirst: number): TestClock => {
  let shows = showsAtFirst;
  let startedAt: number | undefined;
  return {
    now: () => shows + (startedAt === undefined ? 0 : Math.floor(performance.now() - startedAt)),
    elapsed: () => shows - showsAtFirst + (startedAt === undefined ? 0 : performance.now() - startedAt),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    start: () => {
      startedAt = performance.now();
    },
    putForward: (ms) => {
      shows += ms;
    },
  };
};
