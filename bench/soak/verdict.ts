import { median } from '../median.ts';

/** What a soak must show: pure, so that a test can hold each rule. */

/** One look at a process. */
export interface Look {
  /** Since the soak began. */
  readonly seconds: number;
  readonly residentMb: number;
  /** Open file descriptors, of which the connections are most. */
  readonly descriptors: number;
  /** Of the event loop since the look before: 99 of 100 turns were not later. */
  readonly lagMs: number;
}

/** What two sides counted. */
export interface Comparison {
  readonly what: string;
  /** By the clients or the vendors. */
  readonly outside: number;
  /** By /metrics, over all replicas. */
  readonly inside: number;
}

/** The lag that a process may have: the goal of the issue. */
const mostLagMs = 50;

/** How much of what it takes a process may gain during the soak, by its trend; and what noise may look like a gain. */
const mostGain = 0.1;
const noiseMb = 15;
const noiseDescriptors = 10;

/** Requests that were counted on one side when a connection broke, and on the other not. */
const rounding = 0.001;

/** The median slope between all pairs (Theil and Sen): one peak of the garbage collector does not bend it. */
export const trend = (points: readonly (readonly [x: number, y: number])[]): number =>
  median(
    points.flatMap(([x, y], index) =>
      points.slice(index + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)),
    ),
  );

/** The looks after the first quarter of the time, in which caches fill and code is compiled. */
export const settled = (looks: readonly Look[]): readonly Look[] => {
  const from = (looks.at(-1)?.seconds ?? 0) / 4;
  return looks.filter(({ seconds }) => seconds >= from);
};

/** What a process gained from the first settled look to the last, by its trend. */
export const gainOf = (looks: readonly Look[], read: (look: Look) => number): number => {
  const kept = settled(looks);
  const seconds = (kept.at(-1)?.seconds ?? 0) - (kept[0]?.seconds ?? 0);
  return trend(kept.map((look) => [look.seconds, read(look)])) * seconds;
};

/** Faults of one process. `idle` are its descriptors without clients, before and after. */
export const findFaults = (
  looks: readonly Look[],
  idle: readonly [before: number, after: number],
): string[] => {
  const faults: string[] = [];
  const memory = gainOf(looks, ({ residentMb }) => residentMb);
  const base = median(settled(looks).map(({ residentMb }) => residentMb));
  if (memory > Math.max(mostGain * base, noiseMb))
    faults.push(`Its memory grew by ${memory.toFixed(0)} MB, from about ${base.toFixed(0)} MB.`);
  if (idle[1] > idle[0] + noiseDescriptors)
    faults.push(`It had ${idle[0]} descriptors open without clients before, and ${idle[1]} after.`);
  const late = settled(looks).filter(({ lagMs }) => lagMs >= mostLagMs);
  if (late.length > Math.max(1, 0.05 * settled(looks).length))
    faults.push(
      `Its event loop was late by ${mostLagMs} ms or more in ${late.length} of ${settled(looks).length} looks.`,
    );
  return faults;
};

/** Counts that differ by more than rounding; below a thousand, by more than one. */
export const findDifferences = (comparisons: readonly Comparison[]): string[] =>
  comparisons
    .filter(({ outside, inside }) => Math.abs(outside - inside) > Math.max(1, outside * rounding))
    .map(({ what, outside, inside }) => `${what}: ${outside} outside, ${inside} in /metrics.`);
