import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';
import type { Quota } from '../provider.ts';

/** What became of asking for a slot. */
export type Reservation =
  | { readonly kind: 'granted'; readonly waitMs: number }
  /** Every slot within the wait is taken; after `retryAfterMs` one will not be. */
  | { readonly kind: 'refused'; readonly retryAfterMs: number }
  /** The vendor has refused our credentials; there is no use in asking until somebody has had time to mend them. */
  | { readonly kind: 'denied'; readonly denial: LookupError };

/** Where slots come from: this process's memory, or one shared by all replicas. */
export interface Slots {
  /** Reserves the next slot if it is at most `maxWaitMs` away; takes none otherwise. */
  reserve(maxWaitMs: number): Promise<Reservation>;
  /** No slot before so many milliseconds have passed: the vendor asked for it. */
  pause(ms: number): void;
  /** Refuses every reservation with this error for so many milliseconds. */
  deny(denial: LookupError, ms: number): void;
}

/**
 * The share of the documented limit that is used. The vendor counts arrivals, not departures: what is left over
 * absorbs calls that a busy machine or network holds back and then delivers together.
 */
const usableShare = 0.91;

/** Departures of one process are never closer than this share of the limit would have them. */
const departureShare = 0.95;

/** A process that slept past its slot by more than this takes a new one: its old place in the line is gone. */
const tolerableLateMs = 250;

/** How far apart slots lie. */
export const toSpacingMs = ({ calls, perMs }: Quota): number => perMs / (calls * usableShare);

/**
 * A generic cell rate algorithm with a burst of one: slots lie evenly spaced, each call reserves the next, and a
 * caller that would have to wait too long is refused at once and takes none. There is no queue to grow.
 */
export const createMemorySlots = (spacingMs: number, clock: Clock): Slots => {
  let nextSlot = 0;
  let denied: { denial: LookupError; until: number } | undefined;
  return {
    reserve: async (maxWaitMs) => {
      const now = clock.now();
      if (denied && now < denied.until) return { kind: 'denied', denial: denied.denial };
      const waitMs = Math.max(0, nextSlot - now);
      if (waitMs > maxWaitMs) return { kind: 'refused', retryAfterMs: waitMs - maxWaitMs };
      nextSlot = now + waitMs + spacingMs;
      return { kind: 'granted', waitMs };
    },
    pause: (ms) => {
      nextSlot = Math.max(nextSlot, clock.now() + ms);
    },
    deny: (denial, ms) => {
      denied = { denial, until: clock.now() + ms };
    },
  };
};

/** Lets calls to one account leave this process, each in its slot. */
export interface QuotaGate extends Pick<Slots, 'pause' | 'deny'> {
  /**
   * Resolves when the call may leave, to a function that tells the gate when it has been sent.
   * @throws LookupError RATE_LIMITED with retryAfterMs, at once, when every slot within `maxWaitMs` is taken;
   *   ACCESS_DENIED while the account's credentials are known to be wrong
   */
  pass(maxWaitMs: number): Promise<() => void>;
}

/** How often a gate looks whether a call that is slow to leave has been sent. */
const lookAgainMs = 10;

export const createQuotaGate = (slots: Slots, { calls, perMs }: Quota, clock: Clock): QuotaGate => {
  const departureGapMs = perMs / (calls * departureShare);
  let nextDeparture = 0;
  /** The last `calls` departures, the oldest first. */
  const departures: { sentAt: number }[] = [];

  /** When the limit itself has room again: once the oldest of as many calls as it allows has left its span. */
  const roomFrom = (): number => {
    const oldest = departures[0];
    return oldest && departures.length >= calls ? oldest.sentAt + perMs : 0;
  };

  /**
   * A slot is when a call should leave; when it did is another matter. Several slots come due at once after this
   * process was held up, and a call can be slow to connect: those behind it wait, so as not to arrive together.
   */
  const depart = async (): Promise<() => void> => {
    for (;;) {
      const now = clock.now();
      const wait = Math.max(nextDeparture, roomFrom()) - now;
      if (wait <= 0) break;
      await clock.sleep(Math.min(Math.ceil(wait), departureGapMs + lookAgainMs));
    }
    nextDeparture = clock.now() + departureGapMs;
    const departure = { sentAt: Number.POSITIVE_INFINITY };
    departures.push(departure);
    if (departures.length > calls) departures.shift();
    return () => {
      departure.sentAt = Math.min(departure.sentAt, clock.now());
    };
  };

  return {
    pause: slots.pause,
    deny: slots.deny,
    pass: async (maxWaitMs) => {
      const latest = clock.now() + maxWaitMs;
      for (;;) {
        const reservation = await slots.reserve(Math.max(0, latest - clock.now()));
        if (reservation.kind === 'denied') throw reservation.denial;
        if (reservation.kind === 'refused') throw toRefusal(reservation.retryAfterMs);
        const slot = clock.now() + reservation.waitMs;
        await sleepUntil(slot, clock);
        if (clock.now() - slot <= tolerableLateMs) return depart();
      }
    },
  };
};

const toRefusal = (retryAfterMs: number): LookupError =>
  new LookupError('RATE_LIMITED', "The account's quota is taken up until the deadline.", {
    retryAfterMs: Math.ceil(retryAfterMs),
    ownQuota: true,
  });

const sleepUntil = async (moment: number, clock: Clock): Promise<void> => {
  const ms = moment - clock.now();
  if (ms > 0) await clock.sleep(Math.ceil(ms));
};
