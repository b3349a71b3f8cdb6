import { once } from 'node:events';
import type { VendorReport } from './fake-vendor.ts';
import { path, run, startRedis, stopAll, whenReady } from './processes.ts';
import { percentile } from './viewers.ts';

/**
 * `npm run bench:freshness`: whether the promises of docs/freshness.md hold, with one replica and with three on Redis, as
 * obedient clients see them over HTTP. `node bench/freshness.ts 3` measures three replicas only. Takes three minutes each.
 * The vendor answers after 60 ms; nothing is shortened. Figure (e) is `npm run bench:traffic`.
 */
const latencyMs = 60;
const freshMs = 2_000;
const redisPort = 14_391;

interface Task {
  readonly fetchedAt: string | null;
  readonly stale: boolean;
  readonly nextPollAfterMs: number | null;
  readonly problem: { readonly code: string; readonly retryAfterMs: number | null } | null;
}

interface Stack {
  /** What the vendor has seen. */
  report(): Promise<VendorReport>;
  /** Asks one replica after the other. */
  ask(id: string): Promise<Task>;
}

interface Figure {
  readonly name: string;
  readonly promised: string;
  readonly measured: string;
  readonly holds: boolean;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const idsOf = (count: number, name: string): string[] =>
  Array.from({ length: count }, (_, n) => `${name}-${n}`);
const ageOf = ({ fetchedAt }: Task): number => Date.now() - Date.parse(fetchedAt ?? '');

const query = `query ($id: ID!) { mediaTask(id: $id) { fetchedAt stale nextPollAfterMs problem { code retryAfterMs } } }`;

let databases = 0;

const openStack = async (replicas: number, limit: number): Promise<Stack> => {
  const vendor = run(process.execPath, [path('./fake-vendor.ts'), `${latencyMs}`], process.env, true);
  const vendorUrl = (await whenReady(vendor)).trim();
  databases += 1;
  const env = {
    ...process.env,
    ZEGO_APP_ID: '1',
    ZEGO_SERVER_SECRET: 'x'.repeat(32),
    ZEGO_ENDPOINT: vendorUrl,
    ZEGO_QPS: String(limit),
    REPLICAS: String(replicas),
    ...(replicas > 1 ? { REDIS_URL: `redis://127.0.0.1:${redisPort}/${databases}` } : {}),
  };
  const start = async (): Promise<string> =>
    (await whenReady(run(process.execPath, [path('./contestant.ts'), 'ours'], env))).trim();
  const addresses = await Promise.all(Array.from({ length: replicas }, start));
  let asked = 0;
  const ask = async (id: string): Promise<Task> => {
    asked += 1;
    const reply = await fetch(`${addresses[asked % replicas]}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id: `zego:tencent:${id}` } }),
    });
    const { data } = (await reply.json()) as { data: { mediaTask: Task } };
    return data.mediaTask;
  };
  // The replicas have found each other, and the credentials are accepted.
  await sleep(2_000);
  await ask('first');
  await sleep(1_000);
  const report = async (): Promise<VendorReport> => {
    const reported = once(vendor, 'message');
    vendor.send('report');
    return (await reported)[0] as VendorReport;
  };
  return { report, ask };
};

/** Polls one task as it is told to. */
const follow = async (
  stack: Stack,
  id: string,
  until: () => boolean,
  onPoll: (task: Task) => void,
): Promise<void> => {
  while (!until()) {
    const task = await stack.ask(id);
    onPoll(task);
    await sleep(task.nextPollAfterMs ?? 1_000);
  }
};

/** (a) An obedient client of twenty running tasks. */
const measureHot = async (stack: Stack): Promise<Figure> => {
  const endsAt = Date.now() + 40_000;
  const countsFrom = Date.now() + 10_000;
  const ages: number[] = [];
  let newer = 0;
  let stale = 0;
  const followOne = (id: string): Promise<void> => {
    let last: string | null = null;
    return follow(
      stack,
      id,
      () => Date.now() > endsAt,
      (task) => {
        if (Date.now() > countsFrom) {
          ages.push(ageOf(task));
          if (task.fetchedAt !== last) newer += 1;
          if (task.stale || task.problem) stale += 1;
        }
        last = task.fetchedAt;
      },
    );
  };
  await Promise.all(idsOf(20, 'hot').map(followOne));
  const age = percentile(ages, 0.95);
  return {
    name: '(a) 20 hot tasks at 20 calls/s',
    promised: `≥ 95 % of polls newer, none stale, age p95 ≤ ${seconds(freshMs + latencyMs)}`,
    measured: `${percent(newer, ages.length)} of ${ages.length} newer, ${stale} stale, age p95 ${seconds(age)}`,
    holds: newer >= 0.95 * ages.length && stale === 0 && age <= freshMs + latencyMs,
  };
};

/** (b) Tasks that nobody asked for in two minutes. */
const measureIdle = async (stack: Stack): Promise<Figure> => {
  const ids = idsOf(20, 'idle');
  await Promise.all(ids.map(stack.ask));
  await sleep(120_000);
  const ages = await Promise.all(ids.map(async (id) => ageOf(await stack.ask(id))));
  const oldest = Math.max(...ages.map((age) => (Number.isNaN(age) ? Number.POSITIVE_INFINITY : age)));
  return {
    name: '(b) 20 tasks, idle for 120 s',
    promised: 'age ≤ 2 s in 100 %',
    measured: `${percent(ages.filter((age) => age <= 2_000).length, ages.length)}, oldest ${seconds(oldest)}`,
    holds: oldest <= 2_000,
  };
};

/** (c) Three hundred tasks that nobody knows, at once. */
const measureCold = async (stack: Stack): Promise<Figure> => {
  const ids = idsOf(300, 'cold');
  const begun = Date.now();
  /** After how many milliseconds each answer was said to be there, by the first refusal. */
  const told = new Map<string, number>();
  const askUntilKnown = async (id: string): Promise<void> => {
    for (;;) {
      const { problem, nextPollAfterMs } = await stack.ask(id);
      if (problem === null) return;
      if (!told.has(id)) told.set(id, Date.now() - begun + (problem.retryAfterMs ?? 0));
      await sleep(nextPollAfterMs ?? 1_000);
    }
  };
  await Promise.all(ids.map(askUntilKnown));
  const doneMs = Date.now() - begun;
  const { calls } = await stack.report();
  const counts = new Map<string, number>();
  const answeredMs = new Map<string, number>();
  for (const { id, at } of calls) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (!answeredMs.has(id)) answeredMs.set(id, at + latencyMs - begun);
  }
  const twice = ids.filter((id) => (counts.get(id) ?? 0) > 1).length;
  const wrong = [...told].filter(([id, ms]) => Math.abs((answeredMs.get(id) ?? 0) - ms) > 0.2 * ms).length;
  const promisedMs = (300 / 9.3) * 1_000 + 2_000;
  return {
    name: '(c) 300 cold tasks at 10 calls/s',
    promised: `all answered after ${seconds(promisedMs)}, none asked twice, retryAfterMs right within 20 %`,
    measured: `after ${seconds(doneMs)}, ${twice} twice, ${wrong} of ${told.size} told wrong`,
    holds: doneMs <= promisedMs && twice === 0 && wrong === 0,
  };
};

/**
 * (d) Ten hot tasks, alone for half a minute, and then beside a flood of cold ones at three times the quota. Their age is
 * how old what a viewer sees has become when the next answer replaces it.
 */
const measureFlood = async (stack: Stack): Promise<Figure> => {
  const begun = Date.now();
  const floodFrom = begun + 30_000;
  const endsAt = floodFrom + 60_000;
  const quiet: number[] = [];
  const loud: number[] = [];
  const followOne = (id: string): Promise<void> => {
    let last = Number.NaN;
    return follow(
      stack,
      id,
      () => Date.now() > endsAt,
      ({ fetchedAt }) => {
        const now = Date.now();
        const isEnd = now > endsAt - 3_000;
        const seen = Date.parse(fetchedAt ?? '');
        if (seen === last && !isEnd) return;
        if (now > begun + 10_000 && now < floodFrom) quiet.push(now - last);
        else if (now > floodFrom + 5_000) loud.push(now - last);
        last = seen;
      },
    );
  };
  const polls = idsOf(10, 'hot').map(followOne);
  await sleep(floodFrom - Date.now());
  const asked: Promise<Task>[] = [];
  for (let n = 0; Date.now() < endsAt; n += 1) {
    asked.push(stack.ask(`flood-${n}`));
    await sleep(floodFrom + ((n + 1) * 1_000) / 30 - Date.now());
  }
  const { calls } = await stack.report();
  const cold = calls.filter(({ id, at }) => id.startsWith('flood') && at <= endsAt).length;
  await Promise.all([...asked, ...polls]);
  const [quietAge, loudAge] = [percentile(quiet, 0.95), percentile(loud, 0.95)];
  return {
    name: '(d) 10 hot tasks beside 3 × the quota of cold ones',
    promised: 'age p95 of the hot ones ≤ 3 × without; cold ones ≥ 45 % of 10 calls/s',
    measured: `${seconds(quietAge)} without, ${seconds(loudAge)} with; cold ones ${percent(cold, 600)}`,
    holds: loudAge <= 3 * quietAge && cold >= 0.45 * 600,
  };
};

const mostInASecond = ({ calls }: VendorReport): number => {
  let most = 0;
  let first = 0;
  for (const [last, { at }] of calls.entries()) {
    while (at - (calls[first]?.at ?? 0) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

const measureAll = async (replicas: number): Promise<readonly Figure[]> => {
  if (replicas > 1) await startRedis(redisPort);
  const [hot, idle, cold, flood] = await Promise.all(
    [20, 20, 10, 10].map((limit) => openStack(replicas, limit)),
  );
  if (!hot || !idle || !cold || !flood) return [];
  // The idle ones need no attention meanwhile.
  const idleFigure = measureIdle(idle);
  const figures = [
    await measureHot(hot),
    await measureCold(cold),
    await measureFlood(flood),
    await idleFigure,
  ];
  const reports = await Promise.all([hot, idle, cold, flood].map(({ report }) => report()));
  process.stderr.write(
    `Most arrivals in a second: ${reports.map(mostInASecond).join(', ')} of 20, 20, 10, 10.\n`,
  );
  return figures;
};

try {
  const only = process.argv[2];
  for (const replicas of only ? [Number(only)] : [1, 3]) {
    const title = replicas > 1 ? `${replicas} replicas on Redis` : 'one replica';
    process.stdout.write(`\n| ${title} | promised | measured | |\n|---|---|---|---|\n`);
    const figures = await measureAll(replicas);
    await stopAll();
    for (const { name, promised, measured, holds } of figures)
      process.stdout.write(
        `| ${name} | ${promised} | ${measured} | ${holds ? 'holds' : '**does not hold**'} |\n`,
      );
  }
} finally {
  await stopAll();
}
