import { samplesOf } from './metrics.ts';
import { openRedis } from './redis.ts';
import { openStack, type Stack } from './stack.ts';
import { waitFor } from './wait.ts';

/** What an operator sees of an outage: played against the sandbox, for the test and for docs/operations.md. */
export interface Outage {
  readonly name: string;
  readonly title: string;
  /** How it was played. */
  readonly played: string;
  play(): Promise<Seen>;
}

export interface Seen {
  /** Lines of the log at warn and above, and changes of state, without time, process and machine. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** The samples that have changed since before the outage. */
  readonly metrics: Readonly<Record<string, number>>;
  /** `/health/ready`: status and body. */
  readonly ready: readonly [status: number, body: unknown];
  /** The account in `/health/details`. */
  readonly account: Readonly<Record<string, unknown>>;
  /** What a task says. */
  readonly problem: unknown;
}

const query = `query Outage($ids: [ID!]!) {
  mediaTasks(ids: $ids) { stale problem { code message retryAfterMs vendorCode } }
}`;

const idsOf = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `zego:tencent:load-${from + n}`);

interface Task {
  readonly problem: unknown;
}

const askFor = async (stack: Stack, ids: readonly string[]): Promise<unknown> => {
  const { data } = await stack.ask<{ mediaTasks: readonly Task[] }>(query, { ids });
  return data.mediaTasks.findLast(({ problem }) => problem)?.problem ?? null;
};

const scrape = async ({ url }: Stack) => samplesOf(await (await fetch(`${url}/metrics`)).text());

/** What differs between two scrapes, without histograms and the process's own. */
const changesOf = (before: Awaited<ReturnType<typeof scrape>>, after: typeof before) =>
  Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) =>
        /^media_tasks_(?!.*(_bucket|_sum|_count|timestamp|bytes))/.test(name) &&
        isOfZego(/provider="([^"]+)"/.exec(name)?.[1]) &&
        value !== (before[name] ?? 0),
    ),
  );

const readAccount = async ({ url }: Stack): Promise<Readonly<Record<string, unknown>>> => {
  const reply = await fetch(`${url}/health/details`);
  const { providers } = (await reply.json()) as { providers: Record<string, unknown>[] };
  return providers.find(({ provider }) => provider === 'zego') ?? {};
};

/** All providers have the same outage; one of them is enough to be shown. */
const isOfZego = (provider: unknown): boolean => provider === undefined || provider === 'zego';

const toShownLine = (line: string): Readonly<Record<string, unknown>>[] => {
  const { level, time: _, pid: __, hostname: ___, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const isRequest = fields.msg === 'Request' || fields.msg === 'Lookup';
  return isRequest || !isOfZego(fields.provider) ? [] : [{ level, ...fields }];
};

/**
 * @param happen the outage, and what is asked for during it; returns what the last task says
 * @param before a first question, while everything works
 */
const watch = async (
  stack: Stack,
  happen: () => Promise<unknown>,
  before: readonly string[] = idsOf(9_000, 1),
): Promise<Seen> => {
  try {
    await askFor(stack, before);
    const from = stack.logLines.length;
    const scraped = await scrape(stack);
    const problem = await happen();
    const ready = await fetch(`${stack.url}/health/ready`);
    return {
      problem,
      ready: [ready.status, await ready.json()],
      account: await readAccount(stack),
      metrics: changesOf(scraped, await scrape(stack)),
      log: stack.logLines.slice(from).flatMap(toShownLine),
    };
  } finally {
    await stack.close();
  }
};

const zegoWith = (variables: Readonly<Record<string, string>> = {}) =>
  openStack({ variables: { LOG_LEVEL: 'info', LOOKUP_DEADLINE_MS: '1000', ...variables } });

export const outages: readonly Outage[] = [
  {
    name: 'down',
    title: 'A vendor is down',
    played: 'ZEGO resets every connection, while 40 tasks are asked for.',
    play: async () => {
      const stack = await zegoWith();
      return watch(stack, async () => {
        await stack.switchFault('zego', 'down');
        await askFor(stack, idsOf(0, 40));
        return askFor(stack, idsOf(100, 1));
      });
    },
  },
  {
    name: 'wrong-secret',
    title: 'A secret is wrong',
    played: 'ZEGO refuses the credentials of the first call, and two tasks are asked for.',
    play: async () => {
      const stack = await zegoWith();
      await stack.switchFault('zego', 'wrong-credentials');
      return watch(stack, () => askFor(stack, idsOf(0, 2)), []);
    },
  },
  {
    name: 'throttled',
    title: 'A vendor throttles',
    played:
      'ZEGO throttles and asks for 5 s without a call, while two tasks are asked for one after the other.',
    play: async () => {
      const stack = await zegoWith();
      return watch(stack, async () => {
        await stack.switchFault('zego', { fault: 'too-many-requests', retryAfter: 5 });
        await askFor(stack, idsOf(0, 1));
        return askFor(stack, idsOf(100, 1));
      });
    },
  },
  {
    name: 'quota-full',
    title: 'The quota is full',
    played: '`ZEGO_QPS=5`, `LOOKUP_DEADLINE_MS=1000`, and one request for 60 tasks.',
    play: async () => {
      const stack = await zegoWith({ ZEGO_QPS: '5' });
      return watch(stack, () => askFor(stack, idsOf(0, 60)));
    },
  },
  {
    name: 'redis-gone',
    title: 'Redis is gone',
    played: '`REPLICAS=2`, and Redis is killed. After some seconds the replica makes calls by itself.',
    play: async () => {
      const redis = await openRedis();
      try {
        const stack = await zegoWith({ REDIS_URL: redis.url, REPLICAS: '2', LOOKUP_DEADLINE_MS: '5000' });
        const isOwner = ({ role }: Readonly<Record<string, unknown>>) => role === 'owner';
        await waitFor(() => readAccount(stack), isOwner);
        return await watch(stack, async () => {
          await redis.stop();
          const problem = await askFor(stack, idsOf(0, 1));
          const isAlone = ({ role }: Readonly<Record<string, unknown>>) => role === 'alone';
          await waitFor(() => readAccount(stack), isAlone);
          return problem;
        });
      } finally {
        await redis.close();
      }
    },
  },
];
