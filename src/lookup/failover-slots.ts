import type { Clock } from '../domain/clock.ts';
import type { LookupError } from '../domain/errors.ts';
import type { Reservation, Slots } from './quota.ts';
import type { SharedSlots } from './shared-slots.ts';

/** What a replica must know to give out slots while Redis is away. */
export interface FailoverOptions {
  readonly shared: SharedSlots;
  /** Slots of this process, to be used while it is on its own: a part of the account's, since the others are, too. */
  readonly own: Slots;
  /** The longest that any replica's reservation can still be ahead. */
  readonly longestWaitMs: number;
  readonly clock: Clock;
}

/** How far ahead a replica reserves while on its own: all of it must be sent before the hold after coming back ends. */
const ownLongestWaitMs = 1_000;

/** How often a replica on its own looks whether Redis is back: after the breaker of its scripts lets it. */
const probeMs = 1_100;

/** What a replica on its own remembers of that. */
interface Alone {
  readonly since: number;
  nextProbe: number;
  probing: Promise<void> | undefined;
}

/** No slot is so near: it costs none to ask for it. */
const askingOnlyMs = -1;

/** One replica can notice so much later than another that Redis is away. */
const noticeMs = 500;

/** How long a call that has been sent still counts at the vendor. */
const slidingMs = 1_000;

/** How long a connection may take to come back. */
const reconnectMs = 1_000;

/**
 * How long no slot is given out after a replica came back: the others notice, and send what they have reserved; and
 * that must have left the vendor's sliding second.
 */
export const holdMs = reconnectMs + probeMs + ownLongestWaitMs + slidingMs;

/**
 * Shared slots while Redis is there, the process's own while it is not; and no slots at all for as long as
 * reservations made through Redis are still due, which nobody can see any more. Both together would be too many.
 */
export const createFailoverSlots = ({ shared, own, longestWaitMs, clock }: FailoverOptions): Slots => {
  const outstandingMs = longestWaitMs + slidingMs;
  let alone: Alone | undefined;
  /** Until when a vendor's sliding second may hold calls in slots of our own, which nobody else knows of. */
  let ownDueUntil = 0;
  /** What the vendor has asked for, to be told to Redis once it is back. */
  let pausedUntil = 0;
  let denied: { readonly denial: LookupError; readonly until: number } | undefined;

  const tellWhatWasMissed = async (): Promise<void> => {
    const now = clock.now();
    if (pausedUntil > now) await shared.pause(pausedUntil - now);
    if (denied && denied.until > now) await shared.deny(denied.denial, denied.until - now);
  };

  /** Redis must know all that this replica knows before anybody reserves there again. */
  const comeBack = async (since: number): Promise<void> => {
    try {
      await tellWhatWasMissed();
      const now = clock.now();
      const aloneMs = now - since;
      await shared.reserve(askingOnlyMs, {
        aloneMs: aloneMs > outstandingMs - noticeMs ? aloneMs : 0,
        hasOwnDue: now < ownDueUntil,
      });
      alone = undefined;
    } catch {
      // It is not back yet.
    }
  };

  /** Whoever asks while somebody looks whether Redis is back waits for that, or he would take a slot beside it. */
  const probe = async (state: Alone): Promise<void> => {
    if (clock.now() >= state.nextProbe) {
      state.nextProbe = clock.now() + probeMs;
      state.probing = comeBack(state.since).finally(() => {
        state.probing = undefined;
      });
    }
    await state.probing;
  };

  const reserveAlone = async (state: Alone, maxWaitMs: number): Promise<Reservation> => {
    const dueMs = state.since + outstandingMs - clock.now();
    if (dueMs > 0) return { kind: 'refused', retryAfterMs: dueMs };
    const reservation = await own.reserve(Math.min(maxWaitMs, ownLongestWaitMs));
    if (reservation.kind === 'granted') ownDueUntil = reservation.at + slidingMs;
    return reservation;
  };

  return {
    reserve: async (maxWaitMs) => {
      if (alone) await probe(alone);
      if (alone) return reserveAlone(alone, maxWaitMs);
      try {
        return await shared.reserve(maxWaitMs);
      } catch {
        const now = clock.now();
        alone ??= { since: now, nextProbe: now + probeMs, probing: undefined };
        return reserveAlone(alone, maxWaitMs);
      }
    },
    onNews: shared.onNews,
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
      own.pause(ms);
      shared.pause(ms).catch(ignore);
    },
    deny: (denial, ms) => {
      denied = { denial, until: clock.now() + ms };
      own.deny(denial, ms);
      shared.deny(denial, ms).catch(ignore);
    },
  };
};

/** Redis being away shows at the next reservation. */
const ignore = (): void => {};
