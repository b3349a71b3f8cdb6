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
import type { TaskLookup } from '../src/lookup/lookup.ts';
import { createTaskView, showAnswer } from '../src/lookup/view.ts';
import { providers } from '../src/providers/index.ts';
import { createServer } from '../src/server/server.ts';
import { createFollowers } from '../src/subscriptions/followers.ts';
import { createHttpClient } from '../src/vendor-http/client.ts';

/**
 * One contestant of the traffic benchmark, as a process: `naive` and `dataloader` are common hand-written designs
 * over a REST data source, with our schema, signing and server, but without our lookup; `ours` is this subgraph.
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
  const lookup = toLookup(kind === 'dataloader' ? batching(ask) : ask);
  const limits = { maxIdsPerQuery: 200, maxRepresentations: 1_000 };
  const server = await createServer({
    ...limits,
    schema: createSchema({ ...limits, providers, describeProviders: () => [] }),
    sources: {
      lookup,
      jobs: new Map(),
      followers: createFollowers(lookup, systemClock),
      clock: systemClock,
      deadlineMs: 5_000,
    },
    logger: pino({ level: 'silent' }),
    introspection: false,
    routerSecrets: [],
    allowedOrigins: [],
  });
  return server.listen({ port: 0, host: '127.0.0.1' });
};

/** Without a cache, nothing is ever fresh and nothing is pushed. */
const toLookup = (ask: Ask): TaskLookup => ({
  find: ask,
  newest: () => undefined,
  watch: () => () => {},
});

type Ask = (ref: TaskRef) => Promise<Task>;

/** Every lookup is a signed call to the vendor. */
const openVendors = (): Ask => {
  const http = createHttpClient();
  const environment = createEnvironment(process.env);
  const tools = { now: Date.now, randomHex: (bytes: number) => randomBytes(bytes).toString('hex') };
  const fetchers = new Map<ProviderName, FetchTask | undefined>(
    providers.map((provider) => [provider.name, provider.open(environment, tools)]),
  );
  return async (ref) => {
    const view = createTaskView(ref.typename);
    try {
      const fetchTask = fetchers.get(ref.provider);
      if (!fetchTask) throw new LookupError('PROVIDER_NOT_CONFIGURED', 'no credentials');
      const snapshot = await fetchTask(ref.key, {
        get: (request) => http.get({ ...request, signal: AbortSignal.timeout(5_000) }),
      });
      const answer = { content: snapshot, fetchedAt: 0, checkedAt: 0 };
      const fetchedAt = new Date().toISOString();
      return showAnswer(view, ref, answer, { fetchedAt, stale: false, nextPollAfterMs: 2_000 });
    } catch (error) {
      if (error instanceof LookupError) return view.fromError(ref, error);
      throw error;
    }
  };
};

/** Deduplicates lookups of the same turn of the event loop, as a DataLoader shared by the queries of one request does. */
const batching = (ask: Ask): Ask => {
  const loader = new DataLoader((refs: readonly TaskRef[]) => Promise.all(refs.map(ask)), {
    cacheKeyFn: ({ id }: TaskRef) => id,
    batchScheduleFn: (run) =>
      setImmediate(() => {
        loader.clearAll();
        run();
      }),
  });
  return (ref) => loader.load(ref);
};

const address = await start(process.argv[2] ?? 'ours');
process.stdout.write(`${address}\n`);
process.once('SIGTERM', () => process.exit(0));
