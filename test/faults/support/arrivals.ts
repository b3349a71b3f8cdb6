import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** When a call was seen, and the earliest that it can have come: this process may have been kept from looking. */
export interface Arrival {
  readonly seenAt: number;
  readonly earliest: number;
}

const secondMs = 1_000;

/**
 * The most calls that certainly came within one second. On a machine with time to spare that is the most that were
 * seen; a process that was kept waiting for a processor, and then saw many calls at once, does not count them as one
 * crowd.
 */
export const mostInAnySecond = (arrivals: readonly Arrival[]): number => {
  const sorted = arrivals.toSorted((a, b) => a.seenAt - b.seenAt);
  let most = 0;
  for (const { earliest: start } of sorted) {
    const within = sorted.filter(({ seenAt, earliest }) => earliest >= start && seenAt < start + secondMs);
    most = Math.max(most, within.length);
  }
  return most;
};

/** Sees every request that reaches a server of this process, from before the server does. */
export const watchArrivals = (onArrival: (request: IncomingMessage, arrival: Arrival) => void): void => {
  // What this process had not read at a tick came later; one tick more, since a tick precedes the reading.
  const ticks: [number, number, number] = [performance.now(), performance.now(), performance.now()];
  setInterval(() => {
    ticks.shift();
    ticks.push(performance.now());
  }, 1).unref();
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    onArrival(request, { seenAt: performance.now(), earliest: ticks[0] });
  });
};
