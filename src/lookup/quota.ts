import type { Clock } from '../clock.ts';
import { LookupError } from '../errors.ts';
import type { Quota } from '../provider.ts';

/** What became of asking for a slot. */
export type Reservation =
  /** The moment of the slot, in ms since 1970. It can have passed while the answer was on its way. */
  | { readonly kind: 'granted'; readonly at: number }
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
  /** Calls back when another process has been told to pause, or denied: reservations made here must heed that, too. */
  onNews?(listener: SlotNews): void;
}

/** What concerns calls that have a slot already. */
export interface SlotNews {
  paused(ms: number): void;
  denied(denial: LookupError, ms: number): void;
}

/**
 * The share of the documented limit that is used. The vendor counts arrivals, not departures: what is left over
 * absorbs calls that a busy machine or network holds back and then delivers together.
 */
const usableShare = 0.91;

/** Departures of one process are never closer than this share of the limit would have them. */
const departureShare = 0.95;

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
      return { kind: 'granted', at: now + waitMs };
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
  /** In how many milliseconds there can be a slot for who waits so long; 0 as far as is known here. */
  fullForMs(maxWaitMs: number): number;
}

/**
 * What is left over of the limit is as much time as calls may be late without meeting those of other processes that
 * are on time. This part of it may be lost before a call leaves here, the rest on its way; later than that, its place
 * in the line is gone and it takes another.
 */
const lateShare = 0.5;

/** How often a gate looks whether a call that is slow to leave has been sent. */
const lookAgainMs = 10;

/** For a call that may not leave and nobody knows when it could. */
const unknownRetryMs = 1_000;

export const createQuotaGate = (slots: Slots, { calls, perMs }: Quota, clock: Clock): QuotaGate => {
  const departureGapMs = perMs / (calls * departureShare);
  const tolerableLateMs = (toSpacingMs({ calls, perMs }) * calls - perMs) * lateShare;
  let nextDeparture = 0;
  let heldUntil = 0;
  let denied: { readonly denial: LookupError; readonly until: number } | undefined;
  /** The last `calls` departures, the oldest first. */
  const departures: { sentAt: number }[] = [];

  /** When the limit itself has room again: once the oldest of as many calls as it allows has left its span. */
  const roomFrom = (): number => {
    const oldest = departures[0];
    return oldest && departures.length >= calls ? oldest.sentAt + perMs : 0;
  };

  /**
   * Several slots come due at once after this process was held up, and a call can be slow to connect: those behind it
   * wait, so as not to arrive together, but not for ever.
   */
  const waitForRoom = async (latest: number): Promise<void> => {
    for (;;) {
      const now = clock.now();
      const waitMs = Math.max(nextDeparture, roomFrom()) - now;
      if (waitMs <= 0) return;
      if (now > latest) throw toQuotaRefusal(unknownRetryMs);
      await clock.sleep(Math.min(Math.ceil(waitMs), departureGapMs + lookAgainMs));
    }
  };

  const depart = (): (() => void) => {
    nextDeparture = clock.now() + departureGapMs;
    const departure = { sentAt: Number.POSITIVE_INFINITY };
    departures.push(departure);
    if (departures.length > calls) departures.shift();
    return () => {
      departure.sentAt = Math.min(departure.sentAt, clock.now());
    };
  };

  const news: SlotNews = {
    paused: (ms) => {
      heldUntil = Math.max(heldUntil, clock.now() + ms);
    },
    denied: (denial, ms) => {
      denied = { denial, until: clock.now() + ms };
    },
  };
  slots.onNews?.(news);

  /** The last refusal: until then, nobody who waits no longer needs to ask. */
  let full = { until: 0, maxWaitMs: 0 };
  const fullForMs = (maxWaitMs: number): number =>
    maxWaitMs <= full.maxWaitMs ? Math.max(0, full.until - clock.now()) : 0;

  const reserve = async (maxWaitMs: number): Promise<Reservation> => {
    const knownMs = fullForMs(maxWaitMs);
    if (knownMs > 0) return { kind: 'refused', retryAfterMs: knownMs };
    const reservation = await slots.reserve(maxWaitMs);
    if (reservation.kind === 'refused') full = { until: clock.now() + reservation.retryAfterMs, maxWaitMs };
    return reservation;
  };

  return {
    fullForMs,
    pause: (ms) => {
      news.paused(ms);
      slots.pause(ms);
    },
    deny: (denial, ms) => {
      news.denied(denial, ms);
      slots.deny(denial, ms);
    },
    pass: async (maxWaitMs) => {
      const latest = clock.now() + maxWaitMs;
      for (;;) {
        const asked = clock.now();
        if (asked > latest) throw toQuotaRefusal(unknownRetryMs);
        const reservation = await reserve(latest - asked);
        if (reservation.kind === 'denied') throw reservation.denial;
        if (reservation.kind === 'refused') throw toQuotaRefusal(reservation.retryAfterMs);
        const slot = reservation.at;
        await sleepUntil(slot, clock);
        await waitForRoom(latest + tolerableLateMs);
        const now = clock.now();
        if (denied && now < denied.until) throw denied.denial;
        if (now >= heldUntil && now - slot <= tolerableLateMs) return depart();
      }
    },
  };
};

/** The error of a question that found no slot. */
export const toQuotaRefusal = (retryAfterMs: number): LookupError =>
  new LookupError('RATE_LIMITED', "The account's quota is taken up until the deadline.", {
    retryAfterMs: Math.ceil(retryAfterMs),
    ownQuota: true,
  });

const sleepUntil = async (moment: number, clock: Clock): Promise<void> => {
  const ms = moment - clock.now();
  if (ms > 0) await clock.sleep(Math.ceil(ms));
};
