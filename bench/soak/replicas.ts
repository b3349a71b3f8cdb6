import { readdirSync } from 'node:fs';
import { readMemory } from '../../test/faults/support/children.ts';
import type { Replica } from '../../test/faults/support/replica.ts';
import { routerSecret } from '../../test/faults/support/test-credentials.ts';
import { samplesOf } from '../../test/support/metrics.ts';
import type { Look } from './verdict.ts';

export type Samples = Readonly<Record<string, number>>;

/** What a replica tells Prometheus. A scrape begins a new window of the event loop's lag. */
export const scrape = async ({ url }: Replica): Promise<Samples> => {
  const reply = await fetch(`${url}/metrics`, { headers: { 'router-authorization': routerSecret } });
  if (!reply.ok) throw new Error(`/metrics answers ${reply.status}.`);
  return samplesOf(await reply.text());
};

/** The sum over all replicas of a metric's samples whose labels have these values. */
export const sumOf = (
  replicas: readonly Samples[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number => {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return replicas
    .flatMap((samples) => Object.entries(samples))
    .filter(([key]) => key.split('{')[0] === name && wanted.every((one) => key.includes(one)))
    .reduce((sum, [, value]) => sum + value, 0);
};

export const countDescriptors = ({ pid }: Replica): number => readdirSync(`/proc/${pid}/fd`).length;

export const lookAt = async (replica: Replica, seconds: number): Promise<Look> => {
  const samples = await scrape(replica);
  return {
    seconds,
    residentMb: readMemory(replica.pid).resident / 2 ** 20,
    descriptors: countDescriptors(replica),
    lagMs: (samples.nodejs_eventloop_lag_p99_seconds ?? 0) * 1_000,
  };
};
