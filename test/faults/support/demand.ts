import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import { askOne } from './graph.ts';
import { finalIds, newId, type Stream } from './load.ts';
import type { Vendors } from './sandbox.ts';
import { sleep } from './time.ts';

/** The documented limits, in calls a second. */
export const limits: Readonly<Record<ProviderName, number>> = {
  'aliyun-vod': 15,
  visionular: 10,
  'volcengine-webcast': 60,
  'volcengine-whiteboard': 10,
  zego: 20,
};

/** More new tasks than the limit lets be asked for. */
export const demandOf = (provider: ProviderName, factor: number): Stream => ({
  name: `demand ${provider}`,
  perSecond: limits[provider] * factor,
  ask: () => askOne(newId(provider)),
});

/** Polls of tasks that every replica knows, one stream for each provider. */
export const pollsOfKnown = (perSecond: number): Stream[] =>
  providerNames.map((provider) => ({
    name: `known ${provider}`,
    perSecond,
    ask: (n) => askOne(finalIds[provider][n % finalIds[provider].length] ?? ''),
  }));

/** How many calls each vendor had seen at a moment. */
export interface Reading {
  readonly at: number;
  readonly calls: Readonly<Record<ProviderName, number>>;
}

/** Reads the vendors' counters again and again until it is stopped. */
export const watchCalls = (vendors: Vendors, everyMs = 200): { stop(): Promise<Reading[]> } => {
  const readings: Reading[] = [];
  let stopped = false;
  const watch = async () => {
    while (!stopped) {
      const stats = await vendors.stats();
      const calls = Object.fromEntries(Object.entries(stats).map(([name, { calls }]) => [name, calls]));
      readings.push({ at: performance.now(), calls: calls as Reading['calls'] });
      await sleep(everyMs);
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopped = true;
      await watching;
      return readings;
    },
  };
};

/** The share of its limit that a vendor was asked between two moments. */
export const usedShare = (
  readings: readonly Reading[],
  provider: ProviderName,
  from: number,
  to: number,
): number => {
  const within = readings.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || first === last) throw new Error('Nobody looked in this time.');
  const calls = last.calls[provider] - first.calls[provider];
  return calls / ((last.at - first.at) / 1_000) / limits[provider];
};
