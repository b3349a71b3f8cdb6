import { createSandbox, type ExampleTask, exampleTasks, type Sandbox } from './index.ts';

const DEFAULT_PORT = 4_400;

/** The sandbox as a process of its own. SANDBOX_PORT moves the control port, and the vendors' follow it; 0 is any. */
async function main(): Promise<void> {
  const port = Number(process.env.SANDBOX_PORT ?? DEFAULT_PORT);
  const ports = {
    control: port,
    aliyunVod: port + 1,
    visionular: port + 2,
    volcengine: port + 3,
    zego: port + 4,
  };
  const sandbox = await createSandbox(port === 0 ? {} : { ports });
  process.stdout.write(describe(sandbox));
  const stop = () => void sandbox.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function describe({ urls, environment }: Sandbox): string {
  const addresses = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(11)} ${url}`);
  const variables = Object.entries(environment()).map(([name, value]) => `${name}=${value}`);
  const longest = Math.max(...exampleTasks.map(({ id }) => id.length));
  const tasks = exampleTasks.map(({ id, shows }: ExampleTask) => `  ${id.padEnd(longest)}  ${shows}`);
  return `The sandbox is open: five vendor APIs, and a control port (try ${urls.control}/).

${addresses.join('\n')}

For the .env of a subgraph:

${variables.join('\n')}

Ids to ask for:

${tasks.join('\n')}
`;
}

main().catch((problem: Error) => {
  process.stderr.write(`The sandbox cannot open: ${problem.message}\n`);
  process.exitCode = 1;
});
