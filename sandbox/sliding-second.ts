const SECOND_MS = 1_000;

/** An exact log of what happened within the last second. Times are ms epoch and never go back. */
export interface SlidingSecond {
  /** How many entries lie in the second that ends now (a second ago exactly is no longer in it). */
  count(now: number): number;
  add(now: number): void;
}

export function createSlidingSecond(): SlidingSecond {
  const log: number[] = [];
  return {
    count(now) {
      const firstWithin = log.findIndex((time) => time > now - SECOND_MS);
      log.splice(0, firstWithin < 0 ? log.length : firstWithin);
      return log.length;
    },
    add: (now) => void log.push(now),
  };
}
