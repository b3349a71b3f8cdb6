import { createHash, timingSafeEqual } from 'node:crypto';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createApollo } from './graphql/apollo.ts';
import { createCacheHints } from './graphql/cache-hints.ts';
import { createContext } from './graphql/context.ts';
import type { Lookup } from './lookup/lookup.ts';

export interface ServerDependencies {
  readonly schema: GraphQLSchema;
  readonly lookup: Lookup;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Secrets of which a caller of /graphql must send one in `Router-Authorization`. Empty: anybody may call. */
  readonly routerSecrets: readonly string[];
  /** Adds pages of its own, such as GraphiQL. */
  readonly pages?: (server: FastifyInstance) => Promise<void>;
}

/** The HTTP server, ready to listen. Closing it lets requests under way end first. */
export const createServer = async (dependencies: ServerDependencies): Promise<FastifyInstance> => {
  const { schema, lookup, now, logger, introspection, routerSecrets, pages } = dependencies;
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  });
  const apollo = createApollo({
    schema,
    introspection,
    plugins: [fastifyApolloDrainPlugin(server), createCacheHints(now)],
    reportBug: (error) => logger.error({ err: error }, 'bug'),
  });
  await apollo.start();

  let draining = false;
  server.addHook('preClose', async () => {
    draining = true;
  });
  server.get('/health/live', async () => ({ status: 'ok' }));
  server.get('/health/ready', async (_request, reply) =>
    draining ? reply.code(503).send({ status: 'draining' }) : { status: 'ok' },
  );

  await server.register(async (graphql) => {
    if (routerSecrets.length > 0) graphql.addHook('onRequest', createRouterGuard(routerSecrets));
    await graphql.register(fastifyApollo(apollo), { context: async () => createContext(lookup) });
  });
  await pages?.(server);
  return server;
};

/** Lets only those in who bring one of the secrets; several are valid while they are being rotated. */
const createRouterGuard = (secrets: readonly string[]) => {
  const digests = secrets.map(toDigest);
  return async (
    request: { headers: Record<string, string | string[] | undefined> },
    reply: { code(status: number): { send(body: unknown): unknown } },
  ) => {
    const given = request.headers['router-authorization'];
    const digest = toDigest(typeof given === 'string' ? given : '');
    if (digests.some((known) => timingSafeEqual(known, digest))) return;
    const message =
      'This subgraph answers only its router: the header Router-Authorization is missing or wrong.';
    return reply.code(401).send({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] });
  };
};

/** Equal lengths, so that comparing tells nothing about the secret's own. */
const toDigest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
