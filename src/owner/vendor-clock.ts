import type { Clock } from '../domain/clock.ts';

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

export const createVendorClock = (clock: Pick<Clock, 'now'>): VendorClock => {
  let offsetMs = 0;
  return {
    get offsetMs() {
      return offsetMs;
    },
    now: () => clock.now() + offsetMs,
    learn: (vendorTime) => {
      const learned = vendorTime - clock.now();
      if (Math.abs(learned - offsetMs) < worthLearningMs) return false;
      offsetMs = learned;
      return true;
    },
  };
};
