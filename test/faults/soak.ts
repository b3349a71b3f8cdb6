import { providerNames } from '../../sandbox/index.ts';
import { readMemory } from './support/children.ts';
import { openDeployment } from './support/deployment.ts';
import { askPage } from './support/graph.ts';
import { askAll, newId, percentile } from './support/load.ts';

/**
 * A million distinct ids against one replica with a small deadline: memory stays under its bound, and flat.
 * `node test/faults/soak.ts [seconds]` ends earlier, when the seconds are over; ten minutes by default.
 */
const mostSeconds = Number(process.argv[2] ?? 600);
const wantedIds = 1_000_000;
const pageSize = 200;
const pagesAtOnce = 4;
const boundMb = 512;
/** How much more the last quarter may take than the second: what is bounded has been filled by then. */
const mostGrowth = 1.1;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const soak = async (): Promise<string[]> => {
  const deployment = await openDeployment({ deadlineMs: 200, variables: () => ({ LOG_LEVEL: 'info' }) });
  const found = new Set<string>();
  try {
    const [replica] = deployment.replicas;
    const sizes: number[] = [];
    const startedAt = performance.now();
    let ids = 0;
    for (let round = 0; ids < wantedIds; round += 1) {
      if (performance.now() - startedAt > mostSeconds * 1_000) break;
      const pages = Array.from({ length: pagesAtOnce }, (_page, page) =>
        askPage(
          Array.from({ length: pageSize }, (_id, n) =>
            newId(providerNames[(n + page) % providerNames.length] ?? 'zego'),
          ),
        ),
      );
      const samples = await askAll(deployment.urls, pages);
      for (const violation of samples.flatMap(({ violations }) => violations)) found.add(violation);
      ids += pagesAtOnce * pageSize;
      if (round % 25 !== 0) continue;
      const megabytes = readMemory(replica?.pid).resident / 2 ** 20;
      sizes.push(megabytes);
      const seconds = (performance.now() - startedAt) / 1_000;
      if (round % 100 === 0) print(`${seconds.toFixed(0)} s: ${ids} ids, ${megabytes.toFixed(0)} MB`);
    }
    const quarter = (n: number) => sizes.slice((sizes.length * n) / 4, (sizes.length * (n + 1)) / 4);
    const [second, last] = [percentile(quarter(1), 0.5), percentile(quarter(3), 0.5)];
    const most = Math.max(...sizes);
    print(
      `${ids} ids: at most ${most.toFixed(0)} MB; median of the second quarter ${second.toFixed(0)} MB, of the last ${last.toFixed(0)} MB`,
    );
    if (ids < wantedIds) print(`Only ${ids} of ${wantedIds} ids in the time given.`);
    if (most > boundMb) found.add(`It took ${most.toFixed(0)} MB, and may take ${boundMb}.`);
    // In less time the memory of tasks is still being filled.
    if (ids >= wantedIds / 2 && last > second * mostGrowth) found.add('Its memory grows.');
    for (const violation of await deployment.violations()) found.add(violation);
    return [...found];
  } finally {
    await deployment.close();
  }
};

const violations = await soak();
for (const violation of violations.slice(0, 20)) print(`VIOLATION ${violation}`);
process.exit(violations.length > 0 ? 1 : 0);
