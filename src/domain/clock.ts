/** Time as everything but the vendors' documents sees it; tests bring their own. */
export interface Clock {
  /** The time of day in milliseconds since 1970: for people and signatures. It can be wrong, and be put back. */
  now(): number;
  /** Milliseconds since some moment, never put back: for everything that lasts. Means nothing in another process. */
  elapsed(): number;
  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  // Nobody who only waits keeps the process from ending.
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
};
