import { randomUUID } from 'node:crypto';
import { createVendorClock, systemClock } from '../../src/domain/clock.ts';
import type { Reply } from '../../src/domain/provider.ts';
import type { ProviderName, Snapshot, Task } from '../../src/domain/task.ts';
import type { TaskRef } from '../../src/domain/task-id.ts';
import { connectRedis } from '../../src/exchange/redis/connection.ts';
import { createRedisExchange } from '../../src/exchange/redis-exchange.ts';
import { createContentCheck } from '../../src/graphql/content-check.ts';
import { createLookup, createTaskLookup } from '../../src/lookup/create-lookup.ts';
import type { TaskLookup } from '../../src/lookup/lookup.ts';
import { createTaskView } from '../../src/lookup/view.ts';
import { createOwner } from '../../src/owner/create-owner.ts';
import { providers as allProviders } from '../../src/providers/index.ts';
import { createFollowers } from '../../src/subscriptions/followers.ts';

/** What a light replica has done since its start. */
export interface Done {
  /** Calls to the vendor. */
  readonly calls: number;
  /** Changes that its subscribers were sent. */
  readonly events: number;
  readonly cpuUs: number;
}

/** What a light replica does. */
export interface LightReplica {
  readonly redisUrl: string;
  readonly replicas: number;
  /** Calls a second of each account, by provider. */
  readonly limits: Readonly<Partial<Record<ProviderName, number>>>;
  /** Tasks that do not end, spread over the accounts; the subscribers of each replica follow all of them. */
  readonly hotTasks: number;
  readonly subscribers: number;
}

const clock = systemClock;
const typename = 'ZegoMediaTask';

let calls = 0;
let events = 0;

/** As much as a task with two outputs: 1 kB as JSON. */
const toSnapshot = (progress: number): Snapshot => ({
  kind: 'VIDEO_TRANSCODE',
  status: 'RUNNING',
  vendorStatus: 'PROCESSING',
  progress,
  createdAt: '2026-11-21T10:00:00.000Z',
  startedAt: '2026-11-21T10:00:05.000Z',
  finishedAt: null,
  failure: null,
  outputs: ['video', 'cover'].map((name) => ({
    kind: 'VIDEO' as const,
    format: 'mp4',
    url: `https://media.example/${name}/${'0123456789abcdef'.repeat(16)}`,
    urlExpiresAt: null,
    sizeBytes: 123_456_789,
    durationSeconds: 3_600,
    width: 1_920,
    height: 1_080,
    bitrateKbps: 4_000,
    objectKey: null,
  })),
  vendorRequestId: randomUUID(),
});

/** Everything of a replica but HTTP: exchange, owner, lookup and followers; the vendor answers at once. */
const start = ({ redisUrl, replicas, limits, hotTasks, subscribers }: LightReplica): void => {
  const replicaId = randomUUID();
  const redis = connectRedis({ url: redisUrl, emit: () => {} });
  const get = async ({ confirm }: { confirm?: () => Promise<void> }): Promise<Reply> => {
    await confirm?.();
    return { status: 200, header: () => undefined, body: '' };
  };
  const lookups = new Map<ProviderName, TaskLookup>();
  for (const [provider, limit] of Object.entries(limits) as [ProviderName, number][]) {
    const quota = { calls: limit, perMs: 1_000 };
    const exchange = createRedisExchange({
      redis,
      account: `${provider}-0123456789ab`,
      fingerprint: '01234567',
      replicas,
      quota,
      clock,
      replicaId,
      trust: {
        secrets: ['benchmark'],
        leaseSecret: 'benchmark',
        isContent: createContentCheck(allProviders),
        redact: (text) => text,
      },
      emit: () => {},
      createOwner: (links) =>
        createOwner({
          ...links,
          operations: [
            {
              typename,
              maxBatch: 1,
              fetch: async ([id = ''], call) => {
                await call.get({ url: 'https://vendor.example/' });
                calls += 1;
                return new Map([[id, toSnapshot(calls % 101)]]);
              },
            },
          ],
          quota,
          get,
          vendorClock: createVendorClock(clock),
          clock,
          random: Math.random,
          deadlineMs: 5_000,
          redact: (text) => text,
          onBug: (error) => process.stderr.write(`${error}\n`),
        }),
    });
    lookups.set(
      provider,
      createLookup({ view: createTaskView(typename), exchange, clock, deadlineMs: 5_000 }),
    );
  }

  const followers = createFollowers(createTaskLookup(lookups), clock);
  const providers = [...lookups.keys()];
  const refs = Array.from({ length: hotTasks }, (_, n): TaskRef => {
    const provider = providers[n % providers.length] as ProviderName;
    const key = { taskId: `hot-task-${n}` };
    return { provider, typename, key, id: `${provider}:hot-task-${n}` };
  });
  const each = Math.ceil(hotTasks / subscribers);
  for (let first = 0; first < hotTasks; first += each) {
    const some = refs.slice(first, first + each);
    void read(followers.follow(some.length, () => some));
  }
};

const read = async (tasks: AsyncIterable<Task | Error>): Promise<void> => {
  for await (const _ of tasks) events += 1;
};

process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const done: Done = { calls, events, cpuUs: user + system };
  process.send?.(done);
});
start(JSON.parse(process.argv[2] ?? '') as LightReplica);
process.stdout.write('started\n');
