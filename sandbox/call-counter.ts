import { createSlidingSecond } from './sliding-second.ts';
import type { Reply } from './vendor.ts';

/**
 * The calls of one API since the last reset. Every call counts, on arrival, as exactly one of `answered`, `refused`
 * and `faulted`.
 */
export interface CallCounts {
  /** All calls that arrived. */
  calls: number;
  /** Calls that passed verification and were answered, "no such task" included. */
  answered: number;
  /** Calls that were refused, by the vendor's own code. */
  refused: Record<string, number>;
  /** Calls that a fault answered or broke instead of the vendor. */
  faulted: number;
  /** The most calls that arrived within any sliding second, refused ones included. */
  mostInAnySecond: number;
  /** Calls whose connection still waits for its answer. */
  inFlight: number;
}

export function createCallCounter() {
  let arrivals = createSlidingSecond();
  let counts = noCalls(0);

  return {
    arrived(now: number): void {
      arrivals.add(now);
      counts.calls += 1;
      counts.inFlight += 1;
      counts.mostInAnySecond = Math.max(counts.mostInAnySecond, arrivals.count(now));
    },
    replied({ refusedFor }: Reply): void {
      if (refusedFor === undefined) counts.answered += 1;
      else counts.refused[refusedFor] = (counts.refused[refusedFor] ?? 0) + 1;
    },
    faulted(): void {
      counts.faulted += 1;
    },
    left(): void {
      counts.inFlight -= 1;
    },
    read: (): CallCounts => ({ ...counts, refused: { ...counts.refused } }),
    /** Resets all counts but that of calls in flight. */
    reset(): void {
      arrivals = createSlidingSecond();
      counts = noCalls(counts.inFlight);
    },
  };
}

function noCalls(inFlight: number): CallCounts {
  return { calls: 0, answered: 0, refused: {}, faulted: 0, mostInAnySecond: 0, inFlight };
}
