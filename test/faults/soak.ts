import { readMemory } from './support/children.ts';
import { askPage } from './support/graph.ts';
import { askAll, newId, percentile } from './support/load.ts';
import { openWorld } from './support/world.ts';

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

const providers = [
  'aliyun-vod',
  'visionular',
  'volcengine-webcast',
  'volcengine-whiteboard',
  'zego',
] as const;

const soak = async (): Promise<string[]> => {
  const world = await openWorld({ deadlineMs: 200, variables: () => ({ LOG_LEVEL: 'info' }) });
  const faults = new Set<string>();
  try {
    const [replica] = world.replicas;
    const sizes: number[] = [];
    const startedAt = performance.now();
    let ids = 0;
    for (let round = 0; ids < wantedIds; round += 1) {
      if (performance.now() - startedAt > mostSeconds * 1_000) break;
      const pages = Array.from({ length: pagesAtOnce }, (_page, page) =>
        askPage(
          Array.from({ length: pageSize }, (_id, n) =>
            newId(providers[(n + page) % providers.length] ?? 'zego'),
          ),
        ),
      );
      const samples = await askAll(world.urls, pages);
      for (const { offences } of samples) for (const offence of offences) faults.add(offence);
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
    if (most > boundMb) faults.add(`It took ${most.toFixed(0)} MB, and may take ${boundMb}.`);
    // In less time the memory of tasks is still being filled.
    if (ids >= wantedIds / 2 && last > second * mostGrowth) faults.add('It grows.');
    for (const offence of await world.offences()) faults.add(offence);
    return [...faults];
  } finally {
    await world.close();
  }
};

const faults = await soak();
for (const fault of faults.slice(0, 20)) print(`FAULT ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
