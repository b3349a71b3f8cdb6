import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import type { Quota } from '../domain/provider.ts';

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
 * The share of the documented limit that is used. The vendor counts arrivals, not departures: what is left over, 75 ms
 * in a second, absorbs calls that a busy machine or network holds back and then delivers together.
 */
const usableShare = 0.93;

/** Departures of one process are never closer than this share of the limit would have them. */
const departureShare = 0.97;

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
   * Resolves when the call may leave, to a function that is to be awaited right before it does: should getting there
   * have taken so long that the place in the line is gone, it waits for another one.
   * @throws LookupError RATE_LIMITED with retryAfterMs, at once, when every slot within `maxWaitMs` is taken;
   *   ACCESS_DENIED while the account's credentials are known to be wrong
   */
  pass(maxWaitMs: number): Promise<() => Promise<void>>;
  /** In how many milliseconds there can be a slot for who waits so long; 0 as far as is known here. */
  fullForMs(maxWaitMs: number): number;
}

/**
 * What is left over of the limit is as much time as calls may be late without meeting those of other processes that
 * are on time. This part of it may be lost before a call leaves here, the rest on its way; later than that, its place
 * in the line is gone and it takes another.
 */
const lateShare = 0.6;

/** For a call that may not leave and nobody knows when it could. */
const unknownRetryMs = 1_000;

export const createQuotaGate = (slots: Slots, { calls, perMs }: Quota, clock: Clock): QuotaGate => {
  const departureGapMs = perMs / (calls * departureShare);
  const tolerableLateMs = (toSpacingMs({ calls, perMs }) * calls - perMs) * lateShare;
  let nextDeparture = 0;
  let heldUntil = 0;
  let denied: { readonly denial: LookupError; readonly until: number } | undefined;

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

  const isStillDue = (slot: number): boolean => clock.now() - slot <= tolerableLateMs;

  /** @throws LookupError ACCESS_DENIED */
  const mayLeave = (slot: number): boolean => {
    const now = clock.now();
    if (denied && now < denied.until) throw denied.denial;
    return now >= heldUntil && isStillDue(slot);
  };

  /** Several slots come due at once after this process was held up: those calls must not arrive together. */
  const waitForGap = async (slot: number): Promise<void> => {
    while (clock.now() < nextDeparture && isStillDue(slot)) await sleepUntil(nextDeparture, clock);
  };

  /** Waits for a slot, and answers when it was due. */
  const waitForSlot = async (latest: number): Promise<number> => {
    for (;;) {
      const asked = clock.now();
      if (asked > latest) throw toQuotaRefusal(unknownRetryMs);
      const reservation = await reserve(latest - asked);
      if (reservation.kind === 'denied') throw reservation.denial;
      if (reservation.kind === 'refused') throw toQuotaRefusal(reservation.retryAfterMs);
      const slot = reservation.at;
      await sleepUntil(slot, clock);
      await waitForGap(slot);
      if (!mayLeave(slot)) continue;
      nextDeparture = clock.now() + departureGapMs;
      return slot;
    }
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
      let slot = await waitForSlot(latest);
      return async () => {
        while (!mayLeave(slot)) slot = await waitForSlot(latest);
      };
    },
  };
};

/** The error of a question that found no slot. */
export const toQuotaRefusal = (retryAfterMs: number): LookupError =>
  new LookupError('RATE_LIMITED', "The account's quota is taken up until the deadline.", {
    retryAfterMs: Math.ceil(retryAfterMs),
    reason: { kind: 'own-quota' },
  });

const sleepUntil = async (moment: number, clock: Clock): Promise<void> => {
  const ms = moment - clock.now();
  if (ms > 0) await clock.sleep(Math.ceil(ms));
};
