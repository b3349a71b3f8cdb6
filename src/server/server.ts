import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createApollo } from '../graphql/apollo.ts';
import { cachePolicyPlugin } from '../graphql/cache-policy-plugin.ts';
import { createContext, type Sources } from '../graphql/context.ts';
import { createErrorMask } from '../graphql/errors.ts';
import { createSubscriptionOperations } from '../graphql/subscription-operations.ts';
import { drainOnClose } from './drain.ts';
import { createRouterAuth, type RouterAuth, secretHeader } from './router-auth.ts';
import { createEventStreams } from './server-sent-events.ts';
import { serveWebSockets } from './web-sockets.ts';

export interface ServerDependencies {
  readonly schema: GraphQLSchema;
  readonly sources: Sources;
  readonly logger: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Secrets of which a caller of /graphql must send one in `Router-Authorization`. Empty: no secret is needed. */
  readonly routerSecrets: readonly string[];
  /**
   * How long the server goes on answering after `close`, so that clients and load balancers notice `Connection: close`
   * and the failing readiness check before connections are refused. Default 0.
   */
  readonly closeDelayMs?: number;
  /** Adds further routes, such as GraphiQL. */
  readonly pages?: (server: FastifyInstance) => Promise<void>;
}

/** The HTTP server, ready to listen. `close` shuts it down gracefully. */
export const createServer = async (dependencies: ServerDependencies): Promise<FastifyInstance> => {
  const { schema, sources, logger, introspection, routerSecrets, closeDelayMs = 0, pages } = dependencies;
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  const isAuthorized = createRouterAuth(routerSecrets);
  const toPublicError = createErrorMask((error) => logger.error({ err: error }, 'Unhandled error'));
  const plugins = [fastifyApolloDrainPlugin(server), cachePolicyPlugin];
  // With secrets, only a router reaches the executor.
  const traces = routerSecrets.length > 0;
  const apollo = createApollo({ schema, introspection, traces, plugins, toPublicError });
  await apollo.start();
  const operations = createSubscriptionOperations({
    schema,
    createContext: () => createContext(sources),
    toPublicError,
  });
  const closeSockets = serveWebSockets(server.server, { operations, isAuthorized });
  const isDraining = drainOnClose(server, {
    delayMs: closeDelayMs,
    endSubscriptions: async () => {
      await sources.followers.drain();
      await closeSockets();
      sources.followers.close();
    },
  });

  server.get('/health/live', async () => ({ status: 'ok' }));
  server.get('/health/ready', async (_request, reply) =>
    isDraining() ? reply.code(503).send({ status: 'draining' }) : { status: 'ok' },
  );
  // The path of each request: router authentication, then server-sent events if it asks for them, else Apollo Server.
  await server.register(async (graphql) => {
    graphql.addHook('onRequest', refuseUnauthorized(isAuthorized));
    const eventStreams = createEventStreams(operations, isDraining);
    graphql.addHook('preHandler', async (request, reply) => {
      if (eventStreams.accepts(request)) await eventStreams.serve(request, reply);
    });
    await graphql.register(fastifyApollo(apollo), { context: async () => createContext(sources) });
  });
  await pages?.(server);
  return server;
};

const refuseUnauthorized =
  (isAuthorized: RouterAuth) => async (request: FastifyRequest, reply: FastifyReply) => {
    if (isAuthorized(request.headers[secretHeader])) return;
    const message =
      'This subgraph answers only its router: the header Router-Authorization is missing or wrong.';
    return reply.code(401).send({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] });
  };
