import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { Provider } from '../domain/provider.ts';
import { connectRedis } from '../exchange/redis/connection.ts';
import { bundleDirectory, serveGraphiql } from '../graphiql/serve.ts';
import { createContentCheck } from '../graphql/content-check.ts';
import { createSchema } from '../graphql/schema.ts';
import { createTimeSlices } from '../graphql/time-slices.ts';
import { toEmit } from '../observability/listeners.ts';
import { createEventLog } from '../observability/log-events.ts';
import { createTracing } from '../observability/traces.ts';
import { providers as allProviders } from '../providers/index.ts';
import { createOperationsServer } from '../server/operations.ts';
import { createServer } from '../server/server.ts';
import { createHttpClient } from '../vendor-http/client.ts';
import { configureProviders } from './accounts.ts';
import { ConfigError, createEnvironment, readSettings, type Settings } from './config.ts';
import { createExchanges } from './exchanges.ts';
import { createGraphSources } from './graph-sources.ts';
import { createLogger, createRequestLog, type LogStream, openStandardOutput } from './logger.ts';
import { createOperations } from './operations.ts';
import { createDataRedactor, createRedactor } from './redact.ts';
import { readRedisSettings } from './redis-settings.ts';
import { createStartReport, type StartReport } from './start-report.ts';
import { findUnknownVariables } from './unknown-variables.ts';

/** The whole program, put together but not yet listening. */
export interface Application {
  readonly settings: Settings;
  readonly server: FastifyInstance;
  /** Serves metrics and health on METRICS_PORT, if that is set. Closed with `server`. */
  readonly operationsServer: FastifyInstance | undefined;
  readonly logger: FastifyBaseLogger;
  readonly report: StartReport;
}

/** What differs between this program's processes and its tests. */
export interface ApplicationOptions {
  readonly clock?: Clock;
  readonly providers?: readonly Provider[];
  readonly logStream?: LogStream;
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
    logStream = openStandardOutput(),
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
  const redactData = createDataRedactor(environment.handedOut);
  const loggerOptions = { level: settings.logLevel, redact, stream: logStream };
  const logger = createLogger(loggerOptions);
  for (const each of unknown) logger.warn(each);
  const http = createHttpClient();
  const { replicas, lookupDeadlineMs: deadlineMs } = settings;
  const redis = redisSettings && connectRedis({ ...redisSettings, emit: (event) => emit(event) });
  const operations = createOperations({ settings, providers: configured, redis, clock });
  const tracing = createTracing();
  const eventLog = createEventLog(logger, clock, createRequestLog(loggerOptions));
  const listeners = [eventLog, operations.listen, ...(tracing ? [tracing.listen] : [])];
  const emit = toEmit(listeners, (error) => logger.error({ err: error }, 'Unhandled error'));

  const slices = createTimeSlices();
  const exchanges = createExchanges({
    providers: configured,
    redis,
    replicas,
    deadlineMs,
    http,
    redact,
    redactData,
    routerSecrets: settings.routerSecrets,
    isContent: redis && createContentCheck(providers),
    clock,
    slices,
    emit,
  });
  const { describeProviders, shown, ...sources } = createGraphSources({
    providers: configured,
    exchanges,
    clock,
    deadlineMs,
    slices,
    emit,
  });
  operations.watch(exchanges, shown);
  const server = await createServer({
    ...settings,
    schema: createSchema({ providers, describeProviders, ...settings }),
    sources,
    logger,
    emit,
    emitsRequests: logger.isLevelEnabled('info') || operations.scrape !== undefined || tracing !== undefined,
    ...(tracing ? { beginTrace: tracing.begin } : {}),
    operations: { ...operations, isServed: operations.servedAt === 'port' },
    closeDelayMs,
    ...(settings.fastLaneBytes > 0 ? { fastLane: { providers, maxBytes: settings.fastLaneBytes } } : {}),
    ...(settings.graphiql ? { pages: (instance) => serveGraphiql(instance, bundleDirectory) } : {}),
  });
  const operationsServer =
    operations.servedAt === 'metrics-port'
      ? createOperationsServer(operations, server, (error) => emit({ kind: 'unhandled-error', error }))
      : undefined;
  server.addHook('onClose', async () => {
    await Promise.all([...exchanges.values()].map((exchange) => exchange.close()));
    http.close();
    redis?.close();
    operations.close();
  });
  const report = createStartReport({
    settings,
    providers: configured,
    redisUrl: redisSettings?.url,
    plaintext: environment.plaintext,
  });
  return { settings, server, operationsServer, logger, report };
};
