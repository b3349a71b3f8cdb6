import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandbox, type Sandbox } from '../../../sandbox/index.ts';
import { createApplication } from '../../../src/app/application.ts';
import { readSdl } from '../../../src/graphql/schema.ts';
import { type Answer, type Control, createControl, postOperation } from '../../../test/support/stack.ts';
import type { Subgraph } from '../compose.ts';
import { type GatewayName, type RunningGateway, startGateway } from '../start-gateway.ts';
import { type Booking, serveBookings } from '../subgraphs/bookings.ts';
import { exampleNotes, serveNotes } from '../subgraphs/notes.ts';
import { readSiblingSdl, serveSubgraph } from '../subgraphs/serve.ts';

import type { Sibling } from './siblings.ts';

/** How many requests each subgraph had; one that had none is omitted. */
export type Requests = Readonly<Record<string, number>>;

export interface SupergraphOptions {
  readonly gateways: readonly GatewayName[];
  /** Environment variables of the gateways. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly notes?: ReadonlyMap<string, string>;
  readonly bookings?: readonly Booking[];
  /** More subgraphs. */
  readonly siblings?: readonly Sibling[];
}

/** The sandbox, all subgraphs, and the gateways as separate processes. */
export interface Supergraph {
  readonly control: Control;
  readonly taskSubgraphUrl: string;
  /** Where the gateways are. */
  readonly urls: Readonly<Partial<Record<GatewayName, string>>>;
  /** Sends an operation through a gateway, and counts the requests that it makes of it. */
  ask<Data>(
    gateway: GatewayName,
    operation: { readonly query: string; readonly variables?: object | undefined },
  ): Promise<Answer<Data> & { readonly requests: Requests }>;
  /** How many requests the last operation has caused so far. */
  requests(): Requests;
  /** Removes the task subgraph's credentials for Visionular, or restores them. */
  configureVisionular(isConfigured: boolean): void;
  close(): Promise<void>;
}

/** The secret that the task subgraph requires, and the gateways send. */
const routerSecret = 'known-to-router-and-subgraph';

/** The environment of a sandbox, without Visionular's credentials. */
const withoutVisionular = { VISIONULAR_ACCESS_KEY: '', VISIONULAR_SECRET_KEY: '' };

/** Opens sandbox, subgraphs and gateways, all on ports of their own. */
export const openSupergraph = async ({
  gateways,
  variables = {},
  notes = exampleNotes,
  bookings,
  siblings = [],
}: SupergraphOptions): Promise<Supergraph> => {
  let requests: Requests = {};
  const count = (subgraph: string) => () => {
    requests = { ...requests, [subgraph]: (requests[subgraph] ?? 0) + 1 };
  };
  const sandbox = await createSandbox();
  const tasks = await serveTasks(sandbox, count('tasks'));
  const notesSubgraph = await serveNotes(notes, count('notes'));
  const bookingsSubgraph = await serveBookings(bookings, count('bookings'));
  const others = await Promise.all(
    siblings.map(async ({ name, sdl, resolvers }) => {
      const { url, close } = await serveSubgraph(sdl, resolvers, count(name));
      return { name, url, sdl, close };
    }),
  );
  const subgraphs: readonly Subgraph[] = [
    ...others,
    { name: 'tasks', url: tasks.url, sdl: readSdl() },
    { name: 'notes', url: notesSubgraph.url, sdl: readSiblingSdl('notes') },
    { name: 'bookings', url: bookingsSubgraph.url, sdl: readSiblingSdl('bookings') },
  ];
  const running = new Map<GatewayName, RunningGateway>();
  const close = async () => {
    await Promise.all([...running.values()].map((gateway) => gateway.close()));
    await Promise.all(
      [tasks, notesSubgraph, bookingsSubgraph, sandbox, ...others].map((server) => server.close()),
    );
  };
  try {
    const settings = { subgraphs, variables: { ROUTER_SECRET: routerSecret, ...variables } };
    for (const name of gateways) running.set(name, await startGateway(name, settings));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    control: createControl(sandbox),
    taskSubgraphUrl: tasks.url,
    urls: Object.fromEntries([...running].map(([name, { url }]) => [name, url])),
    ask: async (gateway, operation) => {
      requests = {};
      const answer = await postOperation<never>(running.get(gateway)?.url ?? '', operation);
      return { ...answer, requests };
    },
    requests: () => requests,
    configureVisionular: tasks.configureVisionular,
    close,
  };
};

/**
 * The task subgraph, twice at one address: with and without credentials for Visionular. It requires a secret from its
 * routers, so every query that works here was sent with it.
 */
const serveTasks = async (sandbox: Sandbox, onRequest: () => void) => {
  const open = async (variables: Readonly<Record<string, string>>) => {
    const { server } = await createApplication({
      ...sandbox.environment(),
      GRAPHIQL: 'false',
      LOG_LEVEL: 'error',
      ROUTER_SECRETS: `retired,${routerSecret}`,
      ...variables,
    });
    await server.ready();
    return server;
  };
  const complete = await open({});
  const incomplete = await open(withoutVisionular);
  let current = complete;
  const front = createServer((request, reply) => {
    onRequest();
    current.server.emit('request', request, reply);
  });
  front.on('upgrade', (...upgrade) => current.server.emit('upgrade', ...upgrade));
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}/graphql`,
    configureVisionular: (isConfigured: boolean) => {
      current = isConfigured ? complete : incomplete;
    },
    close: async () => {
      front.closeAllConnections();
      front.close();
      await Promise.all([complete.close(), incomplete.close()]);
    },
  };
};
