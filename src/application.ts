import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { ConfigError, createEnvironment, readSettings, type Settings } from './config.ts';
import { bundleDirectory, serveGraphiql } from './graphiql/serve.ts';
import { createSchema } from './graphql/schema.ts';
import { createHttpClient } from './http/client.ts';
import { connectSharedMemory } from './lookup/shared-memory.ts';
import type { Provider } from './provider.ts';
import { providers as allProviders } from './providers/index.ts';
import { createRedactor } from './redact.ts';
import { createServer } from './server.ts';
import { createSources, openVendors } from './sources.ts';

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
  { clock = systemClock, providers = allProviders, logStream = process.stdout }: ApplicationParts = {},
): Promise<Application> => {
  const environment = createEnvironment(variables);
  const settings = readSettings(environment);
  const http = createHttpClient();
  const vendors = openVendors(providers, environment, http.get, clock);
  if (environment.faults.size > 0) throw new ConfigError(environment.faults);

  const redact = createRedactor(environment.handedOut);
  // Nothing that counts as a secret leaves through the log, whoever wrote it there.
  const redactedStream = { write: (line: string) => logStream.write(redact(line)) };
  const logger: FastifyBaseLogger = pino({ level: settings.logLevel }, redactedStream);
  const { redisUrl } = settings;
  const sharedMemory = redisUrl
    ? connectSharedMemory(redisUrl, (err) => logger.warn({ err }, 'Redis'))
    : undefined;

  const { describeProviders, ...sources } = createSources({ vendors, settings, sharedMemory, redact, clock });
  const server = await createServer({
    ...settings,
    schema: createSchema({ providers, describeProviders, ...settings }),
    sources,
    now: clock.now,
    logger,
    ...(settings.graphiql ? { pages: (instance) => serveGraphiql(instance, bundleDirectory) } : {}),
  });
  server.addHook('onClose', async () => {
    http.close();
    sharedMemory?.close();
  });
  const configured = vendors.filter(({ fetchTask }) => fetchTask).map(({ provider }) => provider.name);
  return { settings, server, logger, configured };
};
