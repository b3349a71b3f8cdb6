import { expect } from '@jest/globals';
import type { ProviderName } from '../../../sandbox/index.ts';
import { busiestSecond, longestBlindMs } from './arrivals.ts';
import { expectInTime, expectNoViolations } from './checks.ts';
import { demandOf, pollsOfKnown } from './demand.ts';
import type { Deployment } from './deployment.ts';
import { runStreams, type Sample } from './load.ts';
import type { Replica } from './replica.ts';
import type { Arrivals } from './sandbox.ts';
import { sleep } from './time.ts';

/** Enough to see a limit that is exceeded, and little enough for all processes to keep up on two processors. */
export const demanded: readonly ProviderName[] = ['visionular', 'zego'];
const demandFactor = 1.5;

export interface UnderDemandOptions {
  /** The replicas that are asked; by default all. */
  readonly urls?: readonly string[];
  /** How long at least. */
  readonly forMs?: number;
  /** How often each new task is asked for, at one replica after the other. */
  readonly askedTimes?: number;
  /** Whether known tasks are asked for, too; by default they are. */
  readonly knowsTasks?: boolean;
  readonly mayHaveEnded?: readonly Replica[];
  /** What is done to the deployment meanwhile; the demand lasts until it has ended. */
  readonly meanwhile?: () => Promise<void>;
}

export interface UnderDemand {
  readonly samples: readonly Sample[];
  readonly arrivals: Arrivals;
  readonly figures: string;
}

/**
 * Asks for more new tasks of two vendors than their quotas allow, and for known ones, whatever happens meanwhile: every
 * quota holds, no request fails, each is answered by its deadline, and what is known is shown.
 */
export const runUnderDemand = async (
  deployment: Deployment,
  {
    urls = deployment.urls,
    forMs = 0,
    askedTimes = 1,
    knowsTasks = true,
    mayHaveEnded = [],
    meanwhile,
  }: UnderDemandOptions,
): Promise<UnderDemand> => {
  const { vendors } = deployment;
  await vendors.resetStats();
  const streams = [
    ...demanded.map((provider) => demandOf(provider, demandFactor, askedTimes)),
    ...(knowsTasks ? pollsOfKnown(3) : []),
  ];
  const samples = await runStreams(urls, streams, Promise.all([sleep(forMs), meanwhile?.()]));
  const arrivals = await vendors.arrivals();
  const calls = demanded.map((provider) => arrivals[provider] ?? []);
  const blindMs = Math.max(...calls.map(longestBlindMs));
  const figures = `most in a second ${calls.map((each) => busiestSecond(each).length).join(' ')} of 10 20 (blind ≤ ${blindMs.toFixed(0)} ms)`;
  await expectNoViolations(deployment, samples, { mayHaveEnded });
  expectInTime(deployment, samples);
  const known = samples.filter(({ stream }) => stream.startsWith('known')).flatMap(({ tasks }) => tasks);
  expect(known.filter(({ problem }) => problem !== null)).toEqual([]);
  return { samples, arrivals, figures };
};
