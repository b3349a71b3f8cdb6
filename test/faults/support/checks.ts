import { expect } from '@jest/globals';
import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import { busiestSecond, longestBlindMs } from './arrivals.ts';
import { limits } from './demand.ts';
import type { Deployment } from './deployment.ts';
import { askOne } from './graph.ts';
import { ask, latency, newId, type Sample } from './load.ts';
import type { Arrivals } from './sandbox.ts';
import { until } from './time.ts';

/** How much later than its deadline an answer may come, in ms, on a machine that is busy with other things. */
const lateMs = 1_000;

/** What holds whatever happens: valid answers, live processes, no secret anywhere, and every quota. */
export const expectNoViolations = async (
  deployment: Pick<Deployment, 'vendors' | 'violations'>,
  samples: readonly Sample[],
  options?: Parameters<Deployment['violations']>[0],
): Promise<void> => {
  const ofReplies = new Set(samples.flatMap(({ violations }) => violations));
  const ofReplicas = await deployment.violations(options);
  const ofQuotas = findExceededQuotas(await deployment.vendors.arrivals());
  expect([...[...ofReplies].slice(0, 10), ...ofReplicas.slice(0, 5), ...ofQuotas]).toEqual([]);
};

const findExceededQuotas = (arrivals: Arrivals): string[] =>
  providerNames.flatMap((provider) => {
    const calls = arrivals[provider] ?? [];
    const most = busiestSecond(calls).length;
    if (most <= limits[provider]) return [];
    const blindMs = longestBlindMs(calls).toFixed(0);
    const times = busiestSecond(calls).map(
      ({ seenAt, from }) => `${(seenAt % 100_000).toFixed(0)} from ${from}`,
    );
    return `${provider}: ${most} calls in a second, the limit is ${limits[provider]} (blind for at most ${blindMs} ms): ${times.join(', ')}`;
  });

/** Nearly all answers come by the deadline. */
export const expectInTime = (
  { deadlineMs }: Pick<Deployment, 'deadlineMs'>,
  samples: readonly Sample[],
): void => {
  expect(latency(samples, 0.99)).toBeLessThanOrEqual(deadlineMs + lateMs);
};

/** After a fault is over, every replica has the provider's new tasks again. @returns after how many ms */
export const expectRecovery = async (
  { urls }: Pick<Deployment, 'urls'>,
  provider: ProviderName,
  withinMs: number,
): Promise<number> => {
  const startedAt = performance.now();
  const isAnswering = async () => {
    const samples = await Promise.all(urls.map((url) => ask(url, askOne(newId(provider)))));
    return samples.every(({ tasks }) => tasks.length > 0 && tasks.every(({ problem }) => problem === null));
  };
  await until(isAnswering, { withinMs, everyMs: 100, what: `${provider} answers again on every replica` });
  return performance.now() - startedAt;
};

/** Which problems the tasks of a provider had, and how often; `none` for data. */
export const countProblems = (samples: readonly Sample[], provider: ProviderName): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { id, problem } of samples.flatMap(({ tasks }) => tasks)) {
    if (!id.startsWith(`${provider}:`)) continue;
    const code = problem?.code ?? 'none';
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
};

/** How many of the tasks have data. */
export const countAnswered = (samples: readonly Sample[]): number =>
  samples.flatMap(({ tasks }) => tasks).filter(({ problem }) => problem === null).length;

/** Prints a measured figure, for people. */
export const report = (figure: string): void => {
  process.stdout.write(`    ${expect.getState().currentTestName}: ${figure}\n`);
};
