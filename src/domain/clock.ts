/** The source of time for the whole program; tests inject their own. */
export interface Clock {
  /** The time of day in milliseconds since 1970, for display and signatures. It can be wrong, and can go back. */
  now(): number;
  /** Monotonic milliseconds since an arbitrary moment, for all durations. Not comparable between processes. */
  elapsed(): number;
  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  // A sleep alone must not keep the process running.
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
};
