import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createAdmission } from '../graphql/admission.ts';
import { createAdmissionPlugin } from '../graphql/admission-plugin.ts';
import { createApollo } from '../graphql/apollo.ts';
import { cachePolicyPlugin } from '../graphql/cache-policy-plugin.ts';
import { createContext, type Sources } from '../graphql/context.ts';
import { createErrorMask } from '../graphql/errors.ts';
import { createLimits, type LimitSettings } from '../graphql/limits.ts';
import { createSubscriptionOperations } from '../graphql/subscription-operations.ts';
import { addCors } from './cors.ts';
import { drainOnClose } from './drain.ts';
import { createOriginRule } from './origin-rule.ts';
import { createRouterAuth, type RouterAuth, secretHeader } from './router-auth.ts';
import { createEventStreams } from './server-sent-events.ts';
import { serveWebSockets } from './web-sockets.ts';

export interface ServerDependencies extends LimitSettings {
  readonly schema: GraphQLSchema;
  readonly sources: Sources;
  readonly logger: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Secrets of which a caller of /graphql must send one in `Router-Authorization`. Empty: no secret is needed. */
  readonly routerSecrets: readonly string[];
  /** Origins of pages elsewhere that may call /graphql from a browser. */
  readonly allowedOrigins: readonly string[];
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
  const { allowedOrigins } = dependencies;
  const isAllowedOrigin = createOriginRule(allowedOrigins);
  const onError = (error: unknown): void => logger.error({ err: error }, 'Unhandled error');
  const toPublicError = createErrorMask(onError);
  const limits = createLimits(dependencies);
  const admission = createAdmission(limits);
  const plugins = [fastifyApolloDrainPlugin(server), createAdmissionPlugin(limits), cachePolicyPlugin];
  // With secrets, only a router reaches the executor.
  const traces = routerSecrets.length > 0;
  const apollo = createApollo({ schema, introspection, traces, plugins, toPublicError });
  await apollo.start();
  const operations = createSubscriptionOperations({
    schema,
    createContext: () => createContext(sources),
    toPublicError,
    limits,
  });
  const closeSockets = serveWebSockets(server.server, { operations, isAuthorized, isAllowedOrigin, onError });
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
  // The path of each request: origin and router authentication, then server-sent events if it asks for them, else Apollo Server.
  await server.register(async (graphql) => {
    addVary(graphql, [
      ...(allowedOrigins.length > 0 ? ['origin'] : []),
      ...(routerSecrets.length > 0 ? [secretHeader] : []),
    ]);
    addCors(graphql, allowedOrigins);
    graphql.addHook('onRequest', refuseUnauthorized(isAuthorized));
    const eventStreams = createEventStreams(operations, isDraining);
    graphql.addHook('preHandler', async (request, reply) => {
      if (eventStreams.accepts(request)) await eventStreams.serve(request, reply);
    });
    const context = async (request: FastifyRequest) => {
      admission.admit(readDocument(request));
      return createContext(sources);
    };
    await graphql.register(fastifyApollo(apollo), { context });
  });
  await pages?.(server);
  return server;
};

/** A shared cache must not answer others with what these headers decide. */
const addVary = (server: FastifyInstance, headers: readonly string[]): void => {
  if (headers.length === 0) return;
  // On the raw response, so that event streams have it, too.
  server.addHook('onRequest', async (_request, reply) => {
    reply.raw.setHeader('vary', headers.join(', '));
  });
};

/** The document of a posted body or of a query string; empty when there is none, which Apollo Server reports. */
const readDocument = ({ method, body, query: search }: FastifyRequest): string => {
  const fields = (method === 'GET' ? search : body) as { readonly query?: unknown } | null | undefined;
  return typeof fields?.query === 'string' ? fields.query : '';
};

const refuseUnauthorized =
  (isAuthorized: RouterAuth) => async (request: FastifyRequest, reply: FastifyReply) => {
    if (isAuthorized(request.headers[secretHeader])) return;
    const message =
      'This subgraph answers only its router: the header Router-Authorization is missing or wrong.';
    return reply.code(401).send({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] });
  };
