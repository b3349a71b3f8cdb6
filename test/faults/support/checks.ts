import { expect } from '@jest/globals';
import { type ProviderName, providerNames } from '../../../sandbox/index.ts';
import { limits } from './demand.ts';
import { askOne, askPage } from './graph.ts';
import { finalIds, newId, percentile, runStreams, type Sample, type Stream } from './load.ts';
import { until } from './time.ts';
import { healthyBut, type World } from './world.ts';

/** How much later than its deadline an answer may be. */
const lateMs = 100;

/** Ratios of single-digit milliseconds say more about the machine than about us. */
const noiseMs = 15;
const mostRatio = 1.2;

/** The polls of a healthy vendor: its final tasks from memory, and now and then a new one from the vendor. */
const pollsOf = (provider: ProviderName): Stream[] => [
  {
    name: provider,
    perSecond: 30,
    ask: (n) => askOne(finalIds[provider][n % finalIds[provider].length] ?? ''),
  },
  { name: provider, perSecond: 2, ask: () => askOne(newId(provider)) },
];

/** Polls of the sick vendor: what is known, what is not, and pages that show it among the others. */
const pollsOfSick = (provider: ProviderName, known: readonly string[]): Stream[] => [
  { name: `sick ${provider}`, perSecond: 20, ask: (n) => askOne(known[n % known.length] ?? '') },
  { name: `sick ${provider}`, perSecond: 4, ask: () => askOne(newId(provider)) },
  {
    name: `sick ${provider}`,
    perSecond: 3,
    ask: () => askPage([...providerNames.flatMap((name) => finalIds[name]), newId(provider), ...known]),
  },
];

export interface Measured {
  /** Answers about the sick vendor, and pages with it, while the fault was on. */
  readonly sick: readonly Sample[];
  readonly healthy: readonly Sample[];
  readonly baseline: readonly Sample[];
  readonly figures: string;
}

export interface Fault {
  readonly sick: ProviderName;
  readonly forMs?: number;
  readonly baselineMs?: number;
  on(): Promise<void>;
  off(): Promise<void>;
}

/**
 * Measures a fault beside a baseline of the same run, and asserts what every scenario promises. What only a busy
 * machine could have spoilt is measured once more before it fails.
 */
export const weather = async (world: World, fault: Fault): Promise<Measured> => {
  const first = await measure(world, fault);
  await expectHard(world, [first.sick, first.healthy, first.baseline].flat());
  if (softOffences(world, first).length === 0) return first;
  const second = await measure(world, fault);
  await expectHard(world, [second.sick, second.healthy, second.baseline].flat());
  expect(softOffences(world, second)).toEqual([]);
  return second;
};

const measure = async (world: World, fault: Fault): Promise<Measured> => {
  const { sick, forMs = 1_600, baselineMs = 1_000 } = fault;
  const { urls, vendors } = world;
  const others = healthyBut(sick);
  const known = [newId(sick), newId(sick)];
  const streams = [...others.flatMap(pollsOf), ...pollsOfSick(sick, known)];
  await vendors.resetStats();
  const baseline = await runStreams(urls, streams, baselineMs);
  await fault.on();
  const samples = await runStreams(urls, streams, forMs).finally(fault.off);
  const isOfSick = ({ stream }: Sample) => stream.startsWith('sick');
  const measured = {
    sick: samples.filter(isOfSick),
    healthy: samples.filter((sample) => !isOfSick(sample)),
    baseline: baseline.filter((sample) => !isOfSick(sample)),
  };
  return { ...measured, figures: describe(measured) };
};

const p99 = (samples: readonly Sample[]): number =>
  percentile(
    samples.map(({ ms }) => ms),
    0.99,
  );

const describe = ({ sick, healthy, baseline }: Omit<Measured, 'figures'>): string => {
  const [before, during] = [p99(baseline), p99(healthy)];
  const ratio = (during / before).toFixed(2);
  return `healthy p99 ${before.toFixed(1)} → ${during.toFixed(1)} ms (×${ratio}), sick p99 ${p99(sick).toFixed(0)} ms`;
};

/** What time tells, and a busy machine can spoil. */
const softOffences = (
  { deadlineMs }: World,
  { sick, healthy, baseline }: Omit<Measured, 'figures'>,
): string[] => {
  const offences: string[] = [];
  const [before, during, slowest] = [p99(baseline), p99(healthy), p99(sick)];
  if (during > Math.max(mostRatio * before, before + noiseMs))
    offences.push(`The healthy vendors' p99 went from ${before.toFixed(1)} to ${during.toFixed(1)} ms.`);
  if (slowest > deadlineMs + lateMs)
    offences.push(`p99 ${slowest.toFixed(0)} ms is past the deadline of ${deadlineMs} ms.`);
  return offences;
};

/** What holds however slow the machine is: valid answers, live processes, no secret anywhere, and every quota. */
export const expectHard = async (
  world: World,
  samples: readonly Sample[],
  options?: Parameters<World['offences']>[0],
): Promise<void> => {
  const ofAnswers = new Set(samples.flatMap((sample) => sample.offences));
  const ofProcesses = await world.offences(options);
  const ofQuotas = await quotasExceeded(world);
  expect([...[...ofAnswers].slice(0, 10), ...ofProcesses.slice(0, 5), ...ofQuotas]).toEqual([]);
};

/** The vendors that saw more calls than their limit in any sliding second. */
const quotasExceeded = async ({ vendors }: World): Promise<string[]> => {
  const { most, blindMs } = await vendors.mostInAnySecond();
  return providerNames
    .filter((provider) => (most[provider] ?? 0) > limits[provider])
    .map(
      (provider) =>
        `${provider}: ${most[provider]} calls in a second, the limit is ${limits[provider]} (its process was blind for at most ${blindMs.toFixed(0)} ms)`,
    );
};

/** The deadline holds for all, and for nearly all with little more than the machine needs. */
export const expectInTime = (world: World, samples: readonly Sample[]): void => {
  expect(p99(samples)).toBeLessThanOrEqual(world.deadlineMs + lateMs);
};

/** After a fault is over, the vendor's tasks come back. */
export const expectRecovery = async (
  world: World,
  provider: ProviderName,
  withinMs: number,
): Promise<number> => {
  const startedAt = performance.now();
  await until(
    async () => {
      const samples = await runStreams(
        world.urls,
        [{ name: provider, perSecond: 1_000 / 200, ask: () => askOne(newId(provider)) }],
        200 * world.urls.length,
      );
      return samples.every(({ tasks }) => tasks.length > 0 && tasks.every(({ problem }) => problem === null));
    },
    { withinMs, everyMs: 100, what: `${provider} answers again on every replica` },
  );
  return performance.now() - startedAt;
};

/** Which problems the sick vendor's tasks had, and how often; `none` for data. */
export const countProblems = (samples: readonly Sample[], provider: ProviderName): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { tasks } of samples) {
    for (const { id, problem } of tasks) {
      if (!id.startsWith(`${provider}:`)) continue;
      const code = problem?.code ?? 'none';
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
  return counts;
};

/** Prints a measured figure, for people. */
export const report = (figure: string): void => {
  process.stdout.write(`    ${expect.getState().currentTestName}: ${figure}\n`);
};
