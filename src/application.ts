import { randomBytes } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { ConfigError, createEnvironment, readQuota, readSettings, type Settings } from './config.ts';
import type { MediaTaskProviderInfo } from './generated/model.ts';
import { bundleDirectory, serveGraphiql } from './graphiql/serve.ts';
import { createSchema } from './graphql/schema.ts';
import { createHttpClient } from './http/client.ts';
import { createAccount } from './lookup/account.ts';
import { createLookup, toLongestWaitMs } from './lookup/lookup.ts';
import { createMemorySlots, createQuotaGate, type Slots, toSpacingMs } from './lookup/quota.ts';
import { connectSharedMemory, type SharedMemory } from './lookup/shared-memory.ts';
import { createFailoverSlots, createSharedSlots, holdMs } from './lookup/shared-slots.ts';
import { createSharedTasks } from './lookup/shared-tasks.ts';
import { createVendorClock } from './lookup/skew.ts';
import { createWatchers } from './lookup/watchers.ts';
import type { Provider, Quota } from './provider.ts';
import { providers as allProviders } from './providers/index.ts';
import { createRedactor } from './redact.ts';
import { createServer } from './server.ts';
import { type ProviderName, toEnumValue } from './task.ts';

/** The whole program, put together but not yet listening. */
export interface Application {
  readonly settings: Settings;
  readonly server: FastifyInstance;
  readonly logger: FastifyBaseLogger;
  /** The names of the providers that have credentials. */
  readonly configured: readonly string[];
}

/** What tests replace. */
export interface ApplicationParts {
  readonly clock?: Clock;
  readonly providers?: readonly Provider[];
  readonly logStream?: { write(line: string): void };
}

/**
 * Builds everything from environment variables.
 * @throws ConfigError naming every fault at once
 */
export const createApplication = async (
  variables: Readonly<Record<string, string | undefined>>,
  { clock = systemClock, providers = allProviders, logStream }: ApplicationParts = {},
): Promise<Application> => {
  const environment = createEnvironment(variables);
  const settings = readSettings(environment);
  const http = createHttpClient();
  const known = providers.map((provider) => ({ provider, quota: readQuota(environment, provider) }));
  const opened = known.flatMap(({ provider, quota }) => {
    const vendorClock = createVendorClock(clock);
    const fetchTask = provider.open(environment, { get: http.get, now: vendorClock.now, randomHex });
    return fetchTask ? [{ name: provider.name, quota, vendorClock, fetchTask }] : [];
  });
  if (environment.faults.size > 0) throw new ConfigError(environment.faults);

  const redact = createRedactor(environment.handedOut);
  const logger: FastifyBaseLogger = pino(
    { level: settings.logLevel },
    redactedStream(redact, logStream ?? process.stdout),
  );
  const sharedMemory = settings.redisUrl
    ? connectSharedMemory(settings.redisUrl, (error) => logger.warn({ err: error }, 'Redis'))
    : undefined;
  const accounts = new Map(
    opened.map(({ name, quota, vendorClock, fetchTask }) => {
      const gate = createQuotaGate(createSlots(name, quota, { settings, sharedMemory, clock }), quota, clock);
      const account = createAccount({ fetchTask, gate, vendorClock, clock, random: Math.random });
      return [name, { account, spacingMs: toSpacingMs(quota) }];
    }),
  );
  const deadlineMs = settings.lookupDeadlineMs;
  const sharedTasks = sharedMemory && createSharedTasks(sharedMemory, deadlineMs, clock.now);
  const lookup = createLookup({ accounts, sharedTasks, clock, deadlineMs, redact });

  const describeProviders = (): MediaTaskProviderInfo[] =>
    known.map(({ provider: { name }, quota }) => ({
      provider: toEnumValue(name),
      idPrefix: name,
      configured: accounts.has(name),
      quota,
      breaker: accounts.get(name)?.account.breakerState ?? null,
    }));

  const schema = createSchema({ providers, describeProviders, ...settings });
  const server = await createServer({
    schema,
    sources: { lookup, watchers: createWatchers(lookup, clock) },
    now: clock.now,
    logger,
    introspection: settings.introspection,
    routerSecrets: settings.routerSecrets,
    ...(settings.graphiql ? { pages: (instance) => serveGraphiql(instance, bundleDirectory) } : {}),
  });
  server.addHook('onClose', async () => {
    http.close();
    sharedMemory?.close();
  });
  return { settings, server, logger, configured: [...accounts.keys()] };
};

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

interface SlotParts {
  readonly settings: Settings;
  readonly sharedMemory: SharedMemory | undefined;
  readonly clock: Clock;
}

/** An account's slots: this process's own, or those of all replicas while Redis is there to give them out. */
const createSlots = (
  provider: ProviderName,
  quota: Quota,
  { settings, sharedMemory, clock }: SlotParts,
): Slots => {
  const spacingMs = toSpacingMs(quota);
  if (!sharedMemory) return createMemorySlots(spacingMs, clock);
  return createFailoverSlots({
    shared: createSharedSlots(sharedMemory, { provider, spacingMs, holdMs }),
    // Half of the limit for all replicas together: what one of them cannot see, it leaves room for.
    own: createMemorySlots(spacingMs * 2 * settings.replicas, clock),
    longestWaitMs: toLongestWaitMs(settings.lookupDeadlineMs),
    clock,
  });
};

/** Nothing that counts as a secret leaves through the log, whoever wrote it there. */
const redactedStream = (redact: (text: string) => string, stream: { write(line: string): void }) => ({
  write: (line: string) => stream.write(redact(line)),
});
