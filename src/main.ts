import { existsSync, readFileSync } from 'node:fs';
import { type Application, createApplication } from './app/application.ts';
import { ConfigError } from './app/config.ts';
import { findEnvFileFaults } from './app/env-file.ts';
import { logInsteadOfPrinting } from './app/logger.ts';
import { toStartMessage } from './app/start-error.ts';

/** Longer than the pauses of a busy client between two requests on one connection: it notices `Connection: close`. */
const closeDelayMs = 500;

/** How long requests in progress may take to end after the signal to stop, in ms. */
const drainMs = 15_000;

const start = async (): Promise<void> => {
  loadEnvFile('.env');
  const application = await createApplication(process.env, { closeDelayMs });
  const { server, operationsServer, settings, logger, report } = application;
  logInsteadOfPrinting(logger);
  stopOnSignals(application);
  const servesGraphiql = server.hasRoute({ method: 'GET', url: '/' });
  const { host, port, metricsPort = 0 } = settings;
  const address = await server.listen({ port, host });
  const operationsAddress = await operationsServer?.listen({ port: metricsPort, host });
  const addresses = [
    `GraphQL at ${address}/graphql`,
    ...(servesGraphiql ? [`GraphiQL at ${address}/`] : []),
    ...(operationsAddress ? [`metrics at ${operationsAddress}/metrics`] : []),
  ];
  logger.info(report.configuration, addresses.join(', '));
  for (const warning of report.warnings) logger.warn(warning);
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    logger.warn('NODE_TLS_REJECT_UNAUTHORIZED is 0: whoever is on the way can pose as a vendor or as Redis.');
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
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) {
      logger.warn(`${signal} again: ending at once`);
      process.exit(1);
    }
    isStopping = true;
    logger.info(`${signal}: shutting down after requests in progress`);
    setTimeout(() => process.exit(1), drainMs).unref();
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

try {
  await start();
} catch (error) {
  process.stderr.write(`${toStartMessage(error, process.env.METRICS_PORT)}\n`);
  process.exit(1);
}
