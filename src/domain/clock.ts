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
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * A clock for spans of time: where the given one is put back, this one stands for that moment and goes on from there,
 * so that nobody waits until it is where it was. What it shows can so be ahead of the time of day.
 */
export const createSteadyClock = (clock: Clock): Clock => {
  let lastShown = Number.NEGATIVE_INFINITY;
  let aheadMs = 0;
  return {
    now: () => {
      const shown = clock.now();
      aheadMs += Math.max(0, lastShown - shown);
      lastShown = shown;
      return shown + aheadMs;
    },
    elapsed: clock.elapsed,
    sleep: clock.sleep,
  };
};
