import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { Provider } from '../domain/provider.ts';
import { connectRedis } from '../exchange/redis/connection.ts';
import { bundleDirectory, serveGraphiql } from '../graphiql/serve.ts';
import { createSchema } from '../graphql/schema.ts';
import { providers as allProviders } from '../providers/index.ts';
import { createServer } from '../server/server.ts';
import { createHttpClient } from '../vendor-http/client.ts';
import { configureProviders } from './accounts.ts';
import { ConfigError, createEnvironment, readSettings, type Settings } from './config.ts';
import { createEventLog } from './event-log.ts';
import { createExchanges } from './exchanges.ts';
import { createGraphSources } from './graph-sources.ts';
import { createRedactor } from './redact.ts';
import { readRedisSettings } from './redis-settings.ts';
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
  /** See `ServerDependencies.closeDelayMs`. */
  readonly closeDelayMs?: number;
}

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
    closeDelayMs = 0,
  }: ApplicationOptions = {},
): Promise<Application> => {
  const environment = createEnvironment(variables);
  const settings = readSettings(environment);
  const redisSettings = readRedisSettings(environment);
  const configured = configureProviders(providers, environment, clock);
  const unknown = findUnknownVariables(Object.keys(variables), environment.asked);
  if (environment.faults.size > 0) throw new ConfigError([...environment.faults, ...unknown]);

  const redact = createRedactor(environment.handedOut);
  // The redaction covers every line of the log, including those of libraries.
  const redactedStream = { write: (line: string) => logStream.write(redact(line)) };
  const logger: FastifyBaseLogger = pino({ level: settings.logLevel }, redactedStream);
  for (const each of unknown) logger.warn(each);
  const events = createEventLog(logger, clock);
  const http = createHttpClient();
  const { replicas, lookupDeadlineMs: deadlineMs } = settings;
  const redis = redisSettings && connectRedis({ ...redisSettings, onEvent: events.redis });

  const exchanges = createExchanges({
    providers: configured,
    redis,
    replicas,
    deadlineMs,
    http,
    redact,
    clock,
    events,
  });
  const { describeProviders, ...sources } = createGraphSources({
    providers: configured,
    exchanges,
    clock,
    deadlineMs,
  });
  const server = await createServer({
    ...settings,
    schema: createSchema({ providers, describeProviders, ...settings }),
    sources,
    logger,
    closeDelayMs,
    ...(settings.graphiql ? { pages: (instance) => serveGraphiql(instance, bundleDirectory) } : {}),
  });
  server.addHook('onClose', async () => {
    await Promise.all([...exchanges.values()].map((exchange) => exchange.close()));
    http.close();
    redis?.close();
  });
  return { settings, server, logger, configured: [...exchanges.keys()] };
};
