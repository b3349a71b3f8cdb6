import { createSandbox, DEFAULT_PORT, exampleTasks, type Sandbox } from './index.ts';

/**
 * The sandbox as a process of its own. SANDBOX_PORT moves the control port, and the vendors' follow it; 0 is any.
 * SANDBOX_HOST is the address to listen on, for a container.
 */
async function main(): Promise<void> {
  const { SANDBOX_PORT = DEFAULT_PORT, SANDBOX_HOST = '127.0.0.1' } = process.env;
  const sandbox = await createSandbox({ firstPort: Number(SANDBOX_PORT), host: SANDBOX_HOST });
  process.stdout.write(describe(sandbox));
  const stop = () => void sandbox.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function describe({ urls, environment }: Sandbox): string {
  const addresses = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(11)} ${url}`);
  const variables = Object.entries(environment()).map(([name, value]) => `${name}=${value}`);
  const longest = Math.max(...exampleTasks.map(({ id }) => id.length));
  const tasks = exampleTasks.map(({ id, shows }) => `  ${id.padEnd(longest)}  ${shows}`);
  return `The sandbox is running: the vendors, and a control port (try ${urls.control}/).

${addresses.join('\n')}

For the .env of a subgraph:

${variables.join('\n')}

Ids to ask for:

${tasks.join('\n')}
`;
}

main().catch((error: Error) => {
  process.stderr.write(`The sandbox cannot start: ${error.message}\n`);
  process.exitCode = 1;
});
