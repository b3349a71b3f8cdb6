import type { Clock } from '../../src/domain/clock.ts';

/** A manual clock, which wakes sleepers in the order in which they are due. */
export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass, waking each sleeper at its moment. */
  advance(ms: number): Promise<void>;
  /** The whole process is blocked for so many milliseconds: then all sleepers that are due wake at once, in order. */
  stall(ms: number): Promise<void>;
  /** Sets the time of day back, as an administrator or NTP would; elapsed time is not affected. */
  putBack(ms: number): void;
  /** Runs everything that needs no time to pass. */
  settle(): Promise<void>;
}

/** The moment at which fake clocks begin. */
export const dawn = Date.parse('2026-03-01T00:00:00Z');

export const createFakeClock = (): FakeClock => {
  let now = dawn;
  let wrongByMs = 0;
  /** Who wakes at a moment, in the order in which they began to sleep, and how many of them have woken. */
  const sleepers = new Map<number, { readonly wakes: (() => void)[]; woken: number }>();
  /** The moments at which somebody wakes; the next is last. */
  const moments: number[] = [];

  const add = (due: number, wake: () => void): void => {
    const others = sleepers.get(due);
    if (others) return void others.wakes.push(wake);
    sleepers.set(due, { wakes: [wake], woken: 0 });
    let from = 0;
    let to = moments.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((moments[middle] ?? 0) > due) from = middle + 1;
      else to = middle;
    }
    moments.splice(from, 0, due);
  };

  const takeNext = (until: number) => {
    const due = moments.at(-1);
    const group = due !== undefined && due <= until ? sleepers.get(due) : undefined;
    const wake = group?.wakes[group.woken];
    if (due === undefined || !group || !wake) return undefined;
    group.woken += 1;
    if (group.woken === group.wakes.length) {
      moments.pop();
      sleepers.delete(due);
    }
    return { due, wake };
  };

  const runUntil = async (end: number): Promise<void> => {
    await settle();
    for (let next = takeNext(end); next; next = takeNext(end)) {
      now = Math.max(now, next.due);
      next.wake();
      await settle();
    }
    now = Math.max(now, end);
  };

  return {
    now: () => now + wrongByMs,
    elapsed: () => now - dawn,
    putBack: (ms) => {
      wrongByMs -= ms;
    },
    sleep: (ms) => new Promise((wake) => add(now + Math.max(0, ms), wake)),
    advance: (ms) => runUntil(now + ms),
    stall: async (ms) => {
      await settle();
      now += ms;
      await runUntil(now);
    },
    settle,
  };
};

/** The clock of one of several processes: it can be blocked while the others continue. */
export interface ProcessClock extends Clock {
  /** For so many milliseconds, no sleeper of this process wakes. */
  holdUp(ms: number): void;
}

export const createProcessClock = (clock: Clock): ProcessClock => {
  let heldUntil = 0;
  return {
    now: clock.now,
    elapsed: clock.elapsed,
    sleep: async (ms) => {
      await clock.sleep(ms);
      while (clock.now() < heldUntil) await clock.sleep(heldUntil - clock.now());
    },
    holdUp: (ms) => {
      heldUntil = Math.max(heldUntil, clock.now() + ms);
    },
  };
};

/** Resolves after all pending microtasks have run, and what they leave for the end of this turn of the event loop. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(setImmediate, resolve));
