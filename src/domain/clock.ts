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

/** The vendor's time of day as far as it is known: this process's own, until the vendor says that it is wrong. */
export interface VendorClock {
  /** How far the vendor's time is ahead of this process's, in ms. */
  readonly offsetMs: number;
  /** Milliseconds since 1970, at the vendor. */
  now(): number;
  /**
   * Takes over what the vendor says the time is, in ms since 1970.
   * @returns whether it differs enough from what was believed for a new signature to help
   */
  learn(vendorTime: number): boolean;
}

/** Below this, the vendor cannot have refused a timestamp for its age: they tolerate ten minutes and more. */
const worthLearningMs = 60_000;

/** No clock of a machine in use is further off: a vendor that says so is not believed. */
const mostLearnedMs = 24 * 60 * 60_000;

/** The least time between two corrections: the clocks of a vendor's servers may differ. */
const betweenLessonsMs = 10 * 60_000;

export const createVendorClock = (clock: Pick<Clock, 'now' | 'elapsed'>): VendorClock => {
  let offsetMs = 0;
  let learnedAt = Number.NEGATIVE_INFINITY;
  return {
    get offsetMs() {
      return offsetMs;
    },
    now: () => clock.now() + offsetMs,
    learn: (vendorTime) => {
      const learned = vendorTime - clock.now();
      if (Math.abs(learned - offsetMs) < worthLearningMs || Math.abs(learned) > mostLearnedMs) return false;
      if (clock.elapsed() - learnedAt < betweenLessonsMs) return false;
      offsetMs = learned;
      learnedAt = clock.elapsed();
      return true;
    },
  };
};
