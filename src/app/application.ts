import { createHash } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { Provider } from '../domain/provider.ts';
import { bundleDirectory, serveGraphiql } from '../graphiql/serve.ts';
import { createSchema, readSdl } from '../graphql/schema.ts';
import { connectSharedMemory } from '../lookup/shared-memory.ts';
import { providers as allProviders } from '../providers/index.ts';
import { createServer } from '../server/server.ts';
import { createHttpClient } from '../vendor-http/client.ts';
import { ConfigError, createEnvironment, readSettings, type Settings } from './config.ts';
import { createRedactor } from './redact.ts';
import { createRedisReporter } from './redis-reporter.ts';
import { createSources, openVendors } from './sources.ts';
import { findUnknownVariables } from './unknown-variables.ts';

/** The whole program, put together but not yet listening. */
export interface Application {
  readonly settings: Settings;
  readonly server: FastifyInstance;
  readonly logger: FastifyBaseLogger;
  /** The names of the providers that have credentials. */
  readonly configured: readonly string[];
}

/** What differs between this program's processes and its tests. */
export interface ApplicationOptions {
  readonly clock?: Clock;
  readonly providers?: readonly Provider[];
  readonly logStream?: { write(line: string): void };
  /** See ServerDependencies: a process that clients depend on lingers. */
  readonly lingerMs?: number;
}

/** How long a start waits for Redis. */
const redisPatienceMs = 2_000;

/**
 * Builds everything from environment variables.
 * @throws ConfigError naming every fault at once
 */
export const createApplication = async (
  variables: Readonly<Record<string, string | undefined>>,
  {
    clock = systemClock,
    providers = allProviders,
    logStream = process.stdout,
    lingerMs = 0,
  }: ApplicationOptions = {},
): Promise<Application> => {
  const environment = createEnvironment(variables);
  const settings = readSettings(environment);
  const http = createHttpClient();
  const vendors = openVendors(providers, environment, http, clock);
  const unknown = findUnknownVariables(Object.keys(variables), environment.asked);
  if (environment.faults.size > 0) throw new ConfigError([...environment.faults, ...unknown]);

  const redact = createRedactor(environment.handedOut);
  // Nothing that counts as a secret leaves through the log, whoever wrote it there.
  const redactedStream = { write: (line: string) => logStream.write(redact(line)) };
  const logger: FastifyBaseLogger = pino({ level: settings.logLevel }, redactedStream);
  for (const each of unknown) logger.warn(each);
  const { redisUrl } = settings;
  const sharedMemory = redisUrl
    ? connectSharedMemory(
        redisUrl,
        createRedisReporter({ warn: (line) => logger.warn(line), now: () => performance.now() }),
      )
    : undefined;
  // A process that asks before it is connected takes itself for alone.
  await sharedMemory?.whenConnected(redisPatienceMs);

  const { describeProviders, ...sources } = createSources({
    vendors,
    settings,
    sharedMemory,
    // The SDL is the model: tasks have the same shape where it is the same.
    version: toName(readSdl()),
    fingerprint: toName([...environment.handedOut].join('\n')),
    redact,
    clock,
  });
  const server = await createServer({
    ...settings,
    schema: createSchema({ providers, describeProviders, ...settings }),
    sources,
    now: clock.now,
    logger,
    lingerMs,
    ...(settings.graphiql ? { pages: (instance) => serveGraphiql(instance, bundleDirectory) } : {}),
  });
  server.addHook('onClose', async () => {
    http.close();
    sharedMemory?.close();
  });
  const configured = vendors.filter(({ fetchTask }) => fetchTask).map(({ provider }) => provider.name);
  return { settings, server, logger, configured };
};

/** Short for a text that is long, or not to be told. */
const toName = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
