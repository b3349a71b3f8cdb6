/** An identity, or what stands for a caller that has none, such as its request or connection. */
export type SliceOwner = string | object;

/** Shares the event loop between callers who want much of it at the same time. */
export interface TimeSlices {
  /**
   * Does the work at once if it is the first in this turn of the event loop, else as soon as there is time: callers take
   * turns, and the work of one caller is done in its order.
   */
  run(caller: SliceOwner, work: () => void): void;
  /** Resolves when it is the caller's turn. Undefined: it is. */
  next(caller: SliceOwner): Promise<void> | undefined;
  /**
   * Between two steps of a work: resolves when it is the caller's turn again. Undefined: there is time for the next step
   * in this turn of the event loop.
   */
  pause(caller: SliceOwner): Promise<void> | undefined;
}

/**
 * For so long, work is begun in one turn of the event loop, in ms: what others notice as a delay. What is begun takes up to
 * 5 ms, a hundred tasks with every field; a turn of the event loop itself takes some 20 µs.
 */
const sliceMs = 1;

/** How many callbacks are made for one turn of the event loop at most. */
const mostInOneTurn = 16;

/** @param now in ms; differs in tests */
export const createTimeSlices = (now: () => number = () => performance.now()): TimeSlices => {
  /** In the order of turns: a caller whose work is taken goes to the end. */
  const waiting = new Map<SliceOwner, (() => void)[]>();
  let startedAt: number | undefined;
  let scheduled = 0;

  const begin = (): void => {
    startedAt = now();
    setImmediate(() => {
      startedAt = undefined;
    });
  };

  /** What a work costs is known when its promises are settled, after the callback in which it began: so one at a time. */
  const isFree = (): boolean => {
    if (waiting.size > 0 || startedAt !== undefined) return false;
    begin();
    return true;
  };

  const hasTime = (): boolean => {
    if (startedAt === undefined) begin();
    return now() - (startedAt ?? 0) < sliceMs;
  };

  const takeNext = (): (() => void) | undefined => {
    const [caller] = waiting.keys();
    if (caller === undefined) return undefined;
    const works = waiting.get(caller) ?? [];
    const work = works.shift();
    waiting.delete(caller);
    if (works.length > 0) waiting.set(caller, works);
    return work;
  };

  const schedule = (): void => {
    if (scheduled > 0) return;
    scheduled = mostInOneTurn;
    for (let n = 0; n < mostInOneTurn; n += 1) setImmediate(runNext);
  };

  const runNext = (): void => {
    scheduled -= 1;
    if (scheduled === 0 && waiting.size > 0) schedule();
    if (waiting.size > 0 && hasTime()) takeNext()?.();
  };

  const add = (caller: SliceOwner, work: () => void): void => {
    const works = waiting.get(caller);
    if (works) works.push(work);
    else waiting.set(caller, [work]);
    schedule();
  };

  const wait = (caller: SliceOwner): Promise<void> => new Promise((resolve) => add(caller, resolve));

  return {
    run: (caller, work) => {
      if (isFree()) work();
      else add(caller, work);
    },
    next: (caller) => (isFree() ? undefined : wait(caller)),
    pause: (caller) => (hasTime() ? undefined : wait(caller)),
  };
};
