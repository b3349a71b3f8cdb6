import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import type { Deployment } from './deployment.ts';
import { askOne, askPage } from './graph.ts';
import { finalIds, latency, newId, newIds, runStreams, type Sample, type Stream } from './load.ts';
import { sleep } from './time.ts';

export interface SideBySide {
  /** What was asked of the provider that fails, and pages with a task of it, while it failed. */
  readonly affected: readonly Sample[];
  /** What was asked of the other providers meanwhile. */
  readonly healthy: readonly Sample[];
  /** The same of another deployment at the same time, where nothing fails. */
  readonly control: readonly Sample[];
}

const affectedPrefix = 'affected';

/** A provider's final tasks from memory, and now and then a new one from the vendor. */
const toHealthyStreams = (provider: ProviderName): Stream[] => [
  {
    name: provider,
    perSecond: 12,
    ask: (n) => askOne(finalIds[provider][n % finalIds[provider].length] ?? ''),
  },
  { name: provider, perSecond: 2, ask: () => askOne(newId(provider)) },
];

/** The failing provider's tasks: known ones, new ones, and pages that show them among the others. */
const toAffectedStreams = (provider: ProviderName): Stream[] => {
  const known = newIds(provider, 2);
  const page = [...providerNames.flatMap((name) => finalIds[name]), ...known];
  return [
    { name: affectedPrefix, perSecond: 8, ask: (n) => askOne(known[n % known.length] ?? '') },
    { name: affectedPrefix, perSecond: 4, ask: () => askOne(newId(provider)) },
    { name: affectedPrefix, perSecond: 2, ask: () => askPage([...page, newId(provider)]) },
  ];
};

/**
 * Asks two deployments for the same at the same time. What else the machine is busy with delays both, so that the
 * difference is the fault's.
 * @param failing the provider whose vendor fails in the first deployment
 */
export const runSideBySide = async (
  deployment: Deployment,
  control: Deployment,
  failing: ProviderName,
  forMs: number,
): Promise<SideBySide> => {
  const others = providerNames.filter((provider) => provider !== failing);
  const toStreams = () => [...others.flatMap(toHealthyStreams), ...toAffectedStreams(failing)];
  const isAffected = ({ stream }: Sample) => stream === affectedPrefix;
  const [samples, controlSamples] = await Promise.all(
    [deployment, control].map(({ urls }) => runStreams(urls, toStreams(), sleep(forMs))),
  );
  return {
    affected: samples?.filter(isAffected) ?? [],
    healthy: samples?.filter((sample) => !isAffected(sample)) ?? [],
    control: controlSamples?.filter((sample) => !isAffected(sample)) ?? [],
  };
};

/** Waiting for the failing vendor, if only for one call, would cost a second; a crowded machine costs less. */
const mostRatio = 1.5;
const noiseMs = 100;
const share = 0.5;

/** How the users of the other vendors fare, compared with those of a deployment where nothing fails. */
export const compareHealthy = ({ healthy, control }: SideBySide): { isDelayed: boolean; figures: string } => {
  const [during, without] = [latency(healthy, share), latency(control, share)];
  return {
    isDelayed: during > mostRatio * without + noiseMs,
    figures: `median of the healthy ${during.toFixed(1)} ms, without the fault ${without.toFixed(1)} ms`,
  };
};
