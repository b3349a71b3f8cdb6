import { existsSync } from 'node:fs';
import { type Application, createApplication } from './app/application.ts';
import { ConfigError } from './app/config.ts';

/** Longer than the pauses of a busy client between two requests on one connection: it notices `Connection: close`. */
const closeDelayMs = 500;

/** How long requests under way may take to end once the process is told to stop. */
const drainMs = 15_000;

const start = async (): Promise<void> => {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const application = await createApplication(process.env, { closeDelayMs });
  stopOnSignals(application);
  const { server, settings, logger, configured } = application;
  const address = await server.listen({ port: settings.port, host: settings.host });
  logger.info(
    { configured },
    `GraphQL at ${address}/graphql${settings.graphiql ? `, GraphiQL at ${address}/` : ''}`,
  );
  if (configured.length === 0)
    logger.warn('No provider has credentials: every task will say PROVIDER_NOT_CONFIGURED.');
};

const stopOnSignals = ({ server, logger }: Application): void => {
  const stop = (signal: NodeJS.Signals) => {
    logger.info(`${signal}: finishing what is under way`);
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
  const message = error instanceof ConfigError || !(error instanceof Error) ? String(error) : error.stack;
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
