const SECOND_MS = 1_000;

/** Spent entries are cut off the log only now and then, so that an entry costs the same however many there are. */
const SPENT_BEFORE_CUT = 1_024;

/** An exact log of what happened within the last second. */
export interface SlidingSecond {
  /** How many entries lie in the second that ends now (a second ago exactly is no longer in it). */
  count(now: number): number;
  add(now: number): void;
}

export function createSlidingSecond(): SlidingSecond {
  let log: number[] = [];
  let spent = 0;

  return {
    count(now) {
      while (spent < log.length && (log[spent] ?? 0) <= now - SECOND_MS) spent += 1;
      if (spent >= SPENT_BEFORE_CUT) {
        log = log.slice(spent);
        spent = 0;
      }
      return log.length - spent;
    },
    add(now) {
      log.push(now);
    },
  };
}
