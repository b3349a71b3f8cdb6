import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';
import type { Quota } from '../provider.ts';

/** Lets calls to one account through no faster than its quota allows. */
export interface QuotaGate {
  /**
   * Resolves when the call may be sent.
   * @param latest the last moment, in ms since 1970, at which sending still makes sense
   * @throws LookupError RATE_LIMITED with retryAfterMs, at once, when every slot until then is taken
   */
  take(latest: number): Promise<void>;
}

/**
 * The share of the documented limit that is used. The vendor counts arrivals, not departures: what is left over
 * absorbs calls that a busy machine or network holds back and then delivers together.
 */
const usableShare = 0.9;

/**
 * Calls are never closer together than this share of the limit would have them, even when a stall of this process
 * has let several slots come due at once.
 */
const departureShare = 0.95;

/**
 * A generic cell rate algorithm with a burst of one: slots lie evenly spaced, each call reserves the next, and a
 * caller that would have to wait too long is refused at once and takes none. There is no queue to grow.
 */
export const createQuotaGate = ({ calls, perMs }: Quota, clock: Clock): QuotaGate => {
  const spacing = perMs / (calls * usableShare);
  const minimumGap = perMs / (calls * departureShare);
  let nextSlot = 0;
  let nextDeparture = 0;

  return {
    take: async (latest) => {
      const slot = Math.max(clock.now(), nextSlot);
      if (slot > latest) {
        const retryAfterMs = Math.ceil(slot - latest);
        throw new LookupError('RATE_LIMITED', "The account's quota is taken up until the deadline.", {
          retryAfterMs,
        });
      }
      nextSlot = slot + spacing;
      await sleepUntil(slot, clock);
      // A timer can end early by a fraction of a millisecond, and several can end together after a stall.
      const departure = Math.max(clock.now(), nextDeparture);
      nextDeparture = departure + minimumGap;
      await sleepUntil(departure, clock);
    },
  };
};

const sleepUntil = async (moment: number, clock: Clock): Promise<void> => {
  const ms = moment - clock.now();
  if (ms > 0) await clock.sleep(Math.ceil(ms));
};
