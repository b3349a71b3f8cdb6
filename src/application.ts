import { randomBytes } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { ConfigError, createEnvironment, readQuota, readSettings, type Settings } from './config.ts';
import type { MediaTaskProviderInfo } from './generated/model.ts';
import { bundleDirectory, serveGraphiql } from './graphiql/serve.ts';
import { createSchema } from './graphql/schema.ts';
import { createHttpClient } from './http/client.ts';
import { type Account, createLookup } from './lookup/lookup.ts';
import type { Provider } from './provider.ts';
import { providers as allProviders } from './providers/index.ts';
import { createRedactor } from './redact.ts';
import { createServer } from './server.ts';
import { toEnumValue } from './task.ts';

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
  const tools = {
    get: http.get,
    now: clock.now,
    randomHex: (bytes: number) => randomBytes(bytes).toString('hex'),
  };
  const quotas = new Map(providers.map((provider) => [provider.name, readQuota(environment, provider)]));
  const accounts = providers.flatMap((provider): Account[] => {
    const fetchTask = provider.open(environment, tools);
    const quota = quotas.get(provider.name) ?? provider.quota;
    return fetchTask ? [{ provider: provider.name, quota, fetchTask }] : [];
  });
  if (environment.faults.size > 0) throw new ConfigError(environment.faults);

  const redact = createRedactor(environment.handedOut);
  const logger = pino({ level: settings.logLevel }, redactedStream(redact, logStream ?? process.stdout));
  const lookup = createLookup({ accounts, clock, deadlineMs: settings.lookupDeadlineMs, redact });

  const describeProviders = (): MediaTaskProviderInfo[] =>
    providers.map(({ name, quota }) => ({
      provider: toEnumValue(name),
      idPrefix: name,
      configured: lookup.breakerState(name) !== undefined,
      quota: quotas.get(name) ?? quota,
      breaker: lookup.breakerState(name) ?? null,
    }));

  const schema = createSchema({ providers, describeProviders, ...settings });
  const server = await createServer({
    schema,
    lookup,
    logger,
    introspection: settings.introspection,
    routerSecrets: settings.routerSecrets,
    ...(settings.graphiql ? { pages: (instance) => serveGraphiql(instance, bundleDirectory) } : {}),
  });
  server.addHook('onClose', async () => http.close());
  return { settings, server, logger, configured: accounts.map(({ provider }) => provider) };
};

/** Nothing that counts as a secret leaves through the log, whoever wrote it there. */
const redactedStream = (redact: (text: string) => string, stream: { write(line: string): void }) => ({
  write: (line: string) => stream.write(redact(line)),
});
