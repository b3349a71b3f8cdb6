import { createSandbox, DEFAULT_PORT, exampleTasks, providerNames, type Sandbox } from '../sandbox/index.ts';
import { createApplication } from './app/application.ts';
import { toStartMessage } from './app/start-error.ts';

/** On the default ports, or on free ones when they are in use. */
const openSandbox = async (): Promise<Sandbox> => {
  try {
    return await createSandbox({ firstPort: DEFAULT_PORT });
  } catch {
    return createSandbox();
  }
};

const sandbox = await openSandbox();
const { PORT = '4000', HOST = '127.0.0.1', ALLOWED_ORIGINS = '' } = process.env;

const fail = (error: unknown): never => {
  process.stderr.write(`${toStartMessage(error)}\n`);
  process.exit(1);
};

const { server, settings } = await createApplication({
  ...sandbox.environment(),
  PORT,
  HOST,
  ALLOWED_ORIGINS,
  GRAPHIQL: 'true',
  INTROSPECTION: 'true',
  LOG_LEVEL: 'warn',
}).catch(fail);

/** Installs and builds the dashboard if need be. Without a network, the demo goes on without it. */
const addDashboard = async (): Promise<boolean> => {
  try {
    const { installDashboard } = await import('../examples/dashboard/install.ts');
    installDashboard({ withTools: false });
    const { serveDashboard } = await import('../examples/dashboard/serve.ts');
    await serveDashboard(server);
    return true;
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    process.stderr.write(
      `The dashboard is left out, because it could not be installed or built: ${reason}\n`,
    );
    return false;
  }
};
const hasDashboard = await addDashboard();

const address = await server.listen({ port: settings.port, host: settings.host }).catch(fail);

const idWidth = Math.max(...exampleTasks.map(({ id }) => id.length));
process.stdout.write(`
Sandbox vendors and the subgraph in front of them. No credentials are needed; nothing leaves this machine.

  GraphiQL   ${address}/${hasDashboard ? `\n  Dashboard  ${address}/dashboard` : ''}
  GraphQL    ${address}/graphql
  Sandbox    ${sandbox.urls.control}/  (calls, faults: PUT ${sandbox.urls.control}/faults/${providerNames.at(-1)} {"fault":"down"})

Ids to try with mediaTask(id:), besides <prefix>…:evolving-<anything> and …:load-<number>:

${exampleTasks.map(({ id, shows }) => `  ${id.padEnd(idWidth)}  ${shows}`).join('\n')}

Ctrl+C ends it.
`);

const stop = async () => {
  await server.close();
  await sandbox.close();
  process.exit(0);
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
