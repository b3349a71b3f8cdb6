import { randomBytes } from 'node:crypto';
import DataLoader from 'dataloader';
import { pino } from 'pino';
import { createApplication } from '../src/app/application.ts';
import { createEnvironment } from '../src/app/config.ts';
import { systemClock } from '../src/domain/clock.ts';
import { LookupError } from '../src/domain/errors.ts';
import type { FetchTask } from '../src/domain/provider.ts';
import type { ProviderName, Task } from '../src/domain/task.ts';
import type { TaskRef } from '../src/domain/task-id.ts';
import { createSchema } from '../src/graphql/schema.ts';
import { toProblemTask, toTask } from '../src/lookup/entry.ts';
import type { Lookup } from '../src/lookup/lookup.ts';
import { providers } from '../src/providers/index.ts';
import { createServer } from '../src/server/server.ts';
import { createWatchers } from '../src/subscriptions/followers.ts';
import { createHttpClient } from '../src/vendor-http/client.ts';

/**
 * One contestant of the traffic benchmark, as a process: `naive` and `dataloader` are what people write by hand
 * over a REST data source, with our schema, signing and server, but without our lookup; `ours` is the real thing.
 */
const start = async (kind: string): Promise<string> => {
  if (kind === 'ours') {
    const { server } = await createApplication({
      ...process.env,
      PORT: '0',
      GRAPHIQL: 'false',
      LOG_LEVEL: 'silent',
    });
    return server.listen({ port: 0, host: '127.0.0.1' });
  }
  const ask = openVendors();
  const lookup = kind === 'dataloader' ? batching(ask) : { find: ask, freshUntil: () => 0 };
  const server = await createServer({
    schema: createSchema({
      providers,
      describeProviders: () => [],
      maxIdsPerQuery: 200,
      maxRepresentations: 1_000,
    }),
    sources: { lookup, jobs: new Map(), watchers: createWatchers(lookup, systemClock) },
    now: Date.now,
    logger: pino({ level: 'silent' }),
    introspection: false,
    routerSecrets: [],
  });
  return server.listen({ port: 0, host: '127.0.0.1' });
};

type Ask = (ref: TaskRef) => Promise<Task>;

/** Each question is a signed call to the vendor. */
const openVendors = (): Ask => {
  const http = createHttpClient();
  const environment = createEnvironment(process.env);
  const tools = { now: Date.now, randomHex: (bytes: number) => randomBytes(bytes).toString('hex') };
  const fetchers = new Map<ProviderName, FetchTask | undefined>(
    providers.map((provider) => [provider.name, provider.open(environment, tools)]),
  );
  return async (ref) => {
    try {
      const fetchTask = fetchers.get(ref.provider);
      if (!fetchTask) throw new LookupError('PROVIDER_NOT_CONFIGURED', 'no credentials');
      const snapshot = await fetchTask(ref.key, {
        get: (request) => http.get({ ...request, signal: AbortSignal.timeout(5_000) }),
      });
      const now = Date.now();
      return toTask(ref, { snapshot, fetchedAt: now, checkedAt: now }, false, 2_000);
    } catch (error) {
      if (error instanceof LookupError) return toProblemTask(ref, error);
      throw error;
    }
  };
};

/** Merges what is asked for in the same turn of the event loop, as a loader shared by the queries of one request does. */
const batching = (ask: Ask): Lookup => {
  const loader = new DataLoader((refs: readonly TaskRef[]) => Promise.all(refs.map(ask)), {
    cacheKeyFn: ({ id }: TaskRef) => id,
    batchScheduleFn: (run) =>
      setImmediate(() => {
        loader.clearAll();
        run();
      }),
  });
  return { find: (ref) => loader.load(ref), freshUntil: () => 0 };
};

const address = await start(process.argv[2] ?? 'ours');
process.stdout.write(`${address}\n`);
process.once('SIGTERM', () => process.exit(0));
