const SECOND_MS = 1_000;

/** An exact log of the events within the last second. Times are ms epoch and never go back. */
export interface SlidingSecond {
  /** The number of entries in the second that ends now, which excludes an entry exactly one second old. */
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
