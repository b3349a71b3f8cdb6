import { createSlidingSecond } from './sliding-second.ts';
import type { Reply } from './vendor-api.ts';

/**
 * What one vendor API saw since the last reset. Every call counts, on arrival, as exactly one of
 * `answered`, `refused` and `faulted`.
 */
export interface Tally {
  /** Calls that arrived, whatever became of them. */
  calls: number;
  /** Calls the vendor trusted and answered, a "no such task" included. */
  answered: number;
  /** Calls the vendor refused, by its own code. */
  refused: Record<string, number>;
  /** Calls that a fault switch took over. */
  faulted: number;
  /** The most calls that arrived within any sliding second, refused ones included. */
  mostInAnySecond: number;
  /** Calls whose connection still waits for its answer. */
  inFlight: number;
}

export interface TallyKeeper {
  arrived(now: number): void;
  replied(reply: Reply): void;
  faulted(): void;
  left(): void;
  read(): Tally;
  /** Starts counting anew; calls in flight stay in flight. */
  reset(): void;
}

export function createTallyKeeper(): TallyKeeper {
  let arrivals = createSlidingSecond();
  let tally = emptyTally(0);

  return {
    arrived(now) {
      arrivals.add(now);
      tally.calls += 1;
      tally.inFlight += 1;
      tally.mostInAnySecond = Math.max(tally.mostInAnySecond, arrivals.count(now));
    },
    replied({ refusedFor }) {
      if (refusedFor === undefined) tally.answered += 1;
      else tally.refused[refusedFor] = (tally.refused[refusedFor] ?? 0) + 1;
    },
    faulted() {
      tally.faulted += 1;
    },
    left() {
      tally.inFlight -= 1;
    },
    read: () => ({ ...tally, refused: { ...tally.refused } }),
    reset() {
      arrivals = createSlidingSecond();
      tally = emptyTally(tally.inFlight);
    },
  };
}

function emptyTally(inFlight: number): Tally {
  return { calls: 0, answered: 0, refused: {}, faulted: 0, mostInAnySecond: 0, inFlight };
}
