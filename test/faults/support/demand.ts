import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import { type Arrival, between } from './arrivals.ts';
import { askOne } from './graph.ts';
import { finalIds, newId, type Stream } from './load.ts';

/** The documented limits, in calls a second. */
export const limits: Readonly<Record<ProviderName, number>> = {
  'aliyun-vod': 15,
  visionular: 10,
  'volcengine-webcast': 60,
  'volcengine-whiteboard': 10,
  zego: 20,
};

/**
 * New tasks in a multiple of the limit.
 * @param askedTimes how often each is asked for, at one url after the other
 */
export const demandOf = (provider: ProviderName, factor: number, askedTimes = 1): Stream => {
  let id = '';
  return {
    name: `demand ${provider}`,
    perSecond: limits[provider] * factor * askedTimes,
    ask: (n) => {
      if (n % askedTimes === 0) id = newId(provider);
      return askOne(id);
    },
  };
};

/** Polls of tasks that every replica knows, one stream for each provider. */
export const pollsOfKnown = (perSecond: number): Stream[] =>
  providerNames.map((provider) => ({
    name: `known ${provider}`,
    perSecond,
    ask: (n) => askOne(finalIds[provider][n % finalIds[provider].length] ?? ''),
  }));

/** The share of its limit that a provider was asked between two moments. */
export const usedShare = (
  arrivals: readonly Arrival[] | undefined,
  provider: ProviderName,
  from: number,
  to: number,
): number => between(arrivals ?? [], from, to).length / ((to - from) / 1_000) / limits[provider];
