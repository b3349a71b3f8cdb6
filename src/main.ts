import { existsSync, readFileSync } from 'node:fs';
import { type Application, createApplication } from './app/application.ts';
import { ConfigError } from './app/config.ts';
import { findEnvFileFaults } from './app/env-file.ts';
import { toStartMessage } from './app/start-error.ts';

/** Longer than the pauses of a busy client between two requests on one connection: it notices `Connection: close`. */
const closeDelayMs = 500;

/** How long requests in progress may take to end after the signal to stop, in ms. */
const drainMs = 15_000;

const start = async (): Promise<void> => {
  loadEnvFile('.env');
  const application = await createApplication(process.env, { closeDelayMs });
  stopOnSignals(application);
  const { server, settings, logger, configured } = application;
  const servesGraphiql = server.hasRoute({ method: 'GET', url: '/' });
  const address = await server.listen({ port: settings.port, host: settings.host });
  logger.info(
    { configured },
    `GraphQL at ${address}/graphql${servesGraphiql ? `, GraphiQL at ${address}/` : ''}`,
  );
  if (configured.length === 0)
    logger.warn('No provider has credentials: every task will have the problem PROVIDER_NOT_CONFIGURED.');
};

/** Sets what the file sets and the environment does not. @throws ConfigError */
const loadEnvFile = (path: string): void => {
  if (!existsSync(path)) return;
  const faults = findEnvFileFaults(readEnvFile(path));
  if (faults.length > 0) throw new ConfigError(faults);
  process.loadEnvFile(path);
};

const readEnvFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError([`${path}: is not a file that this user may read.`]);
  }
};

const stopOnSignals = ({ server, logger }: Application): void => {
  const stop = (signal: NodeJS.Signals) => {
    logger.info(`${signal}: shutting down after requests in progress`);
    setTimeout(() => process.exit(1), drainMs).unref();
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

try {
  await start();
} catch (error) {
  process.stderr.write(`${toStartMessage(error)}\n`);
  process.exit(1);
}
