import { median } from '../median.ts';
import { stopAll } from '../processes.ts';
import type { Kind } from './contestant.ts';
import { connections, type Measurement, type Server, startServer, warmUp } from './servers.ts';
import type { Workload } from './workloads.ts';

/**
 * What metrics and the log cost: this server with and without them, and nothing beside it. Two of the four servers are the
 * same: how they differ is the noise.
 */

export const observedKinds = [
  'ours',
  'ours again',
  'ours with metrics',
  'ours with metrics and log',
] as const satisfies readonly Kind[];

/** Measured in each round, in which all of them take turns. */
export type Observed = ReadonlyMap<Kind, readonly Measurement[]>;

/** What is compiled, and where it lies in memory, differs between two processes of the same server. */
const processesOfEach = 6;
const roundsOfProcess = 4;
const seconds = 1;

export const measureObservability = async (
  { bodies }: Workload,
  vendorUrl: string,
  root: string,
): Promise<Observed> => {
  const observed = new Map<Kind, Measurement[]>(observedKinds.map((kind) => [kind, []]));
  for (let n = 0; n < processesOfEach; n += 1) {
    const servers: Server[] = [];
    for (const kind of observedKinds) servers.push(await startServer(kind, vendorUrl, root, true));
    for (const { ask } of servers) await ask(bodies[0] ?? '');
    for (const server of servers) await warmUp(server, bodies);
    for (let round = 0; round < roundsOfProcess; round += 1) {
      // Each is the first as often as the others.
      const first = round % servers.length;
      for (const { kind, measure } of [...servers.slice(first), ...servers.slice(0, first)]) {
        observed.get(kind)?.push(await measure({ bodies, connections, seconds }));
      }
    }
    await stopAll();
  }
  return observed;
};

/**
 * By how much more CPU a request takes than one of the two servers without metrics and log takes in the same round, by their
 * mean: the median, and the least and most.
 */
export const toMore = (observed: Observed, kind: Kind) => {
  const [ours = [], again = []] = observedKinds.map((without) => observed.get(without));
  const parts = (observed.get(kind) ?? []).map(
    ({ cpuUs }, round) => (2 * cpuUs) / ((ours[round]?.cpuUs ?? 0) + (again[round]?.cpuUs ?? 0)) - 1,
  );
  return { median: median(parts), least: Math.min(...parts), most: Math.max(...parts) };
};
