import { createSandbox } from '../../sandbox/index.ts';
import { createApplication } from '../../src/app/application.ts';
import { readSdl } from '../../src/graphql/schema.ts';
import { type GatewayName, gatewayNames, type RunningGateway, startGateway } from './start-gateway.ts';
import { serveBookings } from './subgraphs/bookings.ts';
import { exampleNotes, serveNotes } from './subgraphs/notes.ts';
import { readSiblingSdl } from './subgraphs/serve.ts';

/** A complete supergraph on this machine: the sandbox's vendors, the task subgraph, two siblings and a gateway. */

const { GATEWAY = 'hive-router', PORT } = process.env;

/** Through all three subgraphs: bookings know a task's key, tasks its state, notes a text about it. */
const exampleQuery = `{
  booking(id: "keynote") {
    title
    cast { status sourceUrl note }
    transcodes { id status note problem { code } }
  }
}`;

const exampleSubscription =
  'subscription { mediaTaskUpdates(ids: ["visionular:evolving-1", "zego:huawei:succeeded"]) { id status note } }';

const sandbox = await createSandbox();
const { server } = await createApplication({
  ...sandbox.environment(),
  GRAPHIQL: 'false',
  LOG_LEVEL: 'warn',
});
const tasksUrl = `${await server.listen({ port: 0, host: '127.0.0.1' })}/graphql`;
const notes = await serveNotes(new Map([...exampleNotes, ['visionular:evolving-1', 'Watch this one.']]));
const bookings = await serveBookings();

const start = (port: string): Promise<RunningGateway> => {
  if (!gatewayNames.includes(GATEWAY as GatewayName)) {
    throw new Error(`GATEWAY must be one of ${gatewayNames.join(', ')}.`);
  }
  return startGateway(GATEWAY as GatewayName, {
    subgraphs: [
      { name: 'tasks', url: tasksUrl, sdl: readSdl() },
      { name: 'notes', url: notes.url, sdl: readSiblingSdl('notes') },
      { name: 'bookings', url: bookings.url, sdl: readSiblingSdl('bookings') },
    ],
    variables: { PORT: port },
  });
};

/** On the default port, or on a free one when it is in use. */
const gateway = await (PORT === undefined ? start('4000').catch(() => start('0')) : start(PORT));

const stop = async () => {
  await gateway.close();
  await Promise.all([server, notes, bookings, sandbox].map((each) => each.close()));
  process.exit(0);
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

const reply = await fetch(gateway.url, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: exampleQuery }),
});

const toCurl = (query: string, options = '') =>
  `curl -s ${options}${gateway.url} -H 'content-type: application/json' \\
    -d '${JSON.stringify({ query: query.replace(/\s+/g, ' ') })}'`;

process.stdout.write(`
A supergraph of three subgraphs and a gateway (${GATEWAY}). No credentials are needed.

  Gateway    ${gateway.url}
  tasks      ${tasksUrl}
  notes      ${notes.url}  adds \`note\` to every task, by @interfaceObject
  bookings   ${bookings.url}  refers to tasks by their vendors' own keys
  Sandbox    ${sandbox.urls.control}/  (ids at /tasks; faults: PUT /faults/zego {"fault":"down"})

This query goes through all three:

${exampleQuery}

and answers:

${JSON.stringify(await reply.json(), null, 2)}

To ask it yourself:

  ${toCurl(exampleQuery)}

To watch a task, with its note${GATEWAY === 'apollo' ? ' (not through Apollo Gateway, which has no subscriptions)' : ''}:

  ${toCurl(exampleSubscription, "-N -H 'accept: text/event-stream' ")}

GATEWAY=${gatewayNames.join('|')} takes another gateway, PORT another port. Ctrl+C ends everything.
`);
