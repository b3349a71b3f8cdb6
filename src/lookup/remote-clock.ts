/** Reads the moments of a clock elsewhere on our own. */
export interface RemoteClock {
  /** What a round trip showed: `remote` was the time there some time between `sentAt` and `heardAt` here, all in ms. */
  learn(remote: number, sentAt: number, heardAt: number): void;
  /** Our time at a moment of the other clock: never before it, and after it by the fastest answer heard lately. */
  toLocal(remote: number): number;
}

/** What was learnt is forgotten after one to two of these: clocks drift apart. */
const spanMs = 5_000;

/** After Cristian: the round trip whose answer took the least time tells the most. */
export const createRemoteClock = (): RemoteClock => {
  let span = Number.NEGATIVE_INFINITY;
  let ahead = Number.NEGATIVE_INFINITY;
  let aheadBefore = Number.NEGATIVE_INFINITY;
  return {
    learn: (remote, sentAt, heardAt) => {
      const currentSpan = Math.floor(heardAt / spanMs);
      if (currentSpan !== span) {
        aheadBefore = currentSpan === span + 1 ? ahead : Number.NEGATIVE_INFINITY;
        ahead = Number.NEGATIVE_INFINITY;
        span = currentSpan;
      }
      // One of the clocks was set: what they showed before says nothing any more.
      if (Math.max(ahead, aheadBefore) > remote - sentAt) ahead = aheadBefore = Number.NEGATIVE_INFINITY;
      ahead = Math.max(ahead, remote - heardAt);
    },
    toLocal: (remote) => remote - Math.max(ahead, aheadBefore),
  };
};
