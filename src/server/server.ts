import { Server as NetServer } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createApollo, createErrorPublisher } from '../graphql/apollo.ts';
import { createCacheHints } from '../graphql/cache-hints.ts';
import { createContext, type Sources } from '../graphql/context.ts';
import { createLive } from '../graphql/live.ts';
import { createRouterGuard, type RouterGuard, secretHeader } from './router-auth.ts';
import { createEventStreams } from './server-sent-events.ts';
import { serveSockets } from './web-sockets.ts';

export interface ServerDependencies {
  readonly schema: GraphQLSchema;
  readonly sources: Sources;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Secrets of which a caller of /graphql must send one in `Router-Authorization`. Empty: anybody may call. */
  readonly routerSecrets: readonly string[];
  /**
   * How long the server goes on answering once it is told to close, asking clients to close their connections. A request
   * sent at the moment in which its idle connection is cut would be lost.
   */
  readonly lingerMs?: number;
  /** Adds pages of its own, such as GraphiQL. */
  readonly pages?: (server: FastifyInstance) => Promise<void>;
}

/** The HTTP server, ready to listen. Closing it lets requests under way end first, and ends subscriptions. */
export const createServer = async (dependencies: ServerDependencies): Promise<FastifyInstance> => {
  const { schema, sources, now, logger, introspection, routerSecrets, lingerMs = 0, pages } = dependencies;
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  const isAllowed = createRouterGuard(routerSecrets);
  const toPublicError = createErrorPublisher((error) => logger.error({ err: error }, 'bug'));
  const plugins = [fastifyApolloDrainPlugin(server), createCacheHints(now)];
  // With secrets, whoever comes as far as that has brought one.
  const traces = routerSecrets.length > 0;
  const apollo = createApollo({ schema, introspection, traces, plugins, toPublicError });
  await apollo.start();
  const live = createLive({ schema, createContext: () => createContext(sources), toPublicError });
  const closeSockets = serveSockets(server.server, { live, isAllowed });

  let draining = false;
  server.addHook('preClose', async () => {
    draining = true;
    const lingering = setTimeout(lingerMs);
    await sources.watchers.quiet();
    await closeSockets();
    sources.watchers.close();
    await lingering;
    await stopListening(server.server);
    await setTimeout(Math.min(lingerMs, lastRequestMs));
  });
  // A connection that stays open after the last answer on it would keep the process waiting.
  server.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  server.get('/health/live', async () => ({ status: 'ok' }));
  server.get('/health/ready', async (_request, reply) =>
    draining ? reply.code(503).send({ status: 'draining' }) : { status: 'ok' },
  );

  await server.register(async (graphql) => {
    graphql.addHook('onRequest', createGuardHook(isAllowed));
    const events = createEventStreams(live, () => draining);
    graphql.addHook('preHandler', async (request, reply) => {
      if (events.wants(request)) await events.serve(request, reply);
    });
    await graphql.register(fastifyApollo(apollo), { context: async () => createContext(sources) });
  });
  await pages?.(server);
  return server;
};

/** A connection that has just been accepted brings its request within this time. */
const lastRequestMs = 100;

/**
 * Accepts no more connections, and leaves those that are there alone. What waits to be accepted in that moment is reset;
 * Node accepts one in each turn, so the moment is after a turn in which none came.
 */
const stopListening = async (server: NetServer): Promise<void> => {
  let hasAccepted = true;
  server.on('connection', () => {
    hasAccepted = true;
  });
  for (const patience = performance.now() + lastRequestMs; hasAccepted && performance.now() < patience; ) {
    hasAccepted = false;
    await setImmediate();
  }
  NetServer.prototype.close.call(server);
};

const createGuardHook = (isAllowed: RouterGuard) => async (request: FastifyRequest, reply: FastifyReply) => {
  if (isAllowed(request.headers[secretHeader])) return;
  const message =
    'This subgraph answers only its router: the header Router-Authorization is missing or wrong.';
  return reply.code(401).send({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] });
};
