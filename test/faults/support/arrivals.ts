import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** A call as the vendors' process saw it. Times as `wallNow`: any process of this machine can compare them. */
export interface Arrival {
  readonly seenAt: number;
  /** The earliest moment at which it can have come: the process may have been kept from looking. */
  readonly earliest: number;
  /** The task of the sandbox's that was asked for, such as `load-17`; undefined where it is another kind of call. */
  readonly task: string | undefined;
  /** The port at the other end: tells connections apart. */
  readonly from: number | undefined;
}

const secondMs = 1_000;

/** Milliseconds since the epoch, with fractions, and never put back while a process runs. */
export const wallNow = (): number => performance.timeOrigin + performance.now();

/**
 * The most calls that certainly came within one second. On a machine with time to spare those are the most that were
 * seen; a process that was kept waiting for a processor, and then saw many calls at once, does not count them as one
 * crowd.
 */
export const busiestSecond = <Seen extends Pick<Arrival, 'seenAt' | 'earliest'>>(
  arrivals: readonly Seen[],
): readonly Seen[] => {
  const sorted = arrivals.toSorted((a, b) => a.seenAt - b.seenAt);
  let busiest: readonly Seen[] = [];
  for (const { earliest: start } of sorted) {
    const within = sorted.filter(({ seenAt, earliest }) => earliest >= start && seenAt < start + secondMs);
    if (within.length > busiest.length) busiest = within;
  }
  return busiest;
};

/** For how long the vendors' process was kept from looking, at most. */
export const longestBlindMs = (arrivals: readonly Arrival[]): number =>
  arrivals.reduce((longest, { seenAt, earliest }) => Math.max(longest, seenAt - earliest), 0);

export const between = (arrivals: readonly Arrival[], from: number, to: number): readonly Arrival[] =>
  arrivals.filter(({ seenAt }) => seenAt >= from && seenAt < to);

/** How many calls asked for a task that had been asked for before. */
export const countDuplicates = (arrivals: readonly Arrival[]): number =>
  arrivals.length - new Set(arrivals.map(({ task }) => task)).size;

/** The longest time without a call between two moments, in ms. */
export const longestGapMs = (arrivals: readonly Arrival[], from: number, to: number): number => {
  const times = [from, ...between(arrivals, from, to).map(({ seenAt }) => seenAt), to];
  return times.reduce((longest, at, n) => Math.max(longest, at - (times[n - 1] ?? at)), 0);
};

/** Sees every request that reaches a server of this process, from before the server does. */
export const watchArrivals = (onArrival: (request: IncomingMessage, arrival: Arrival) => void): void => {
  // What this process had not read at a tick came later; one tick more, since a tick precedes the reading.
  const ticks: [number, number, number] = [wallNow(), wallNow(), wallNow()];
  setInterval(() => {
    ticks.shift();
    ticks.push(wallNow());
  }, 1).unref();
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    const task = /\b(?:load|evolving)-[\w-]+/.exec(request.url ?? '')?.[0];
    onArrival(request, { seenAt: wallNow(), earliest: ticks[0], task, from: request.socket.remotePort });
  });
};
