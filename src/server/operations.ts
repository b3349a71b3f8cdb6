import type { FastifyInstance } from 'fastify';
import { createHttpServer } from './http-server.ts';
import { createRefuse, type Refuse } from './refusals.ts';
import { type RouterAuth, refuseUnauthorized } from './router-auth.ts';

/** Whether requests should be sent here. `degraded`: they are answered, but without Redis. */
export type Readiness = 'ok' | 'degraded' | 'starting' | 'draining';

declare module 'fastify' {
  interface FastifyInstance {
    /** Of the server that answers the graph. */
    readonly readiness: () => Readiness;
  }
}

/** What those who run this program ask it. */
export interface Operations {
  readiness(): Readiness;
  /** The state of each part, as JSON. Holds no secret, but names accounts. */
  details(): object;
  /** Undefined: nothing is counted. */
  scrape: (() => Promise<{ readonly contentType: string; readonly text: string }>) | undefined;
}

/** Whether the process is alive, and whether requests should be sent to it. */
export const addHealth = (server: FastifyInstance, readiness: Operations['readiness']): void => {
  server.get('/health/live', async () => ({ status: 'ok' }));
  server.get('/health/ready', async (_request, reply) => {
    const status = readiness();
    return reply.code(status === 'ok' || status === 'degraded' ? 200 : 503).send({ status });
  });
};

/**
 * Metrics, and the details of the health: for operators only.
 * @param isAuthorized whether who sends this secret is one
 */
export const addDetails = (
  server: FastifyInstance,
  { details, scrape }: Pick<Operations, 'details' | 'scrape'>,
  isAuthorized: RouterAuth,
  refuse: Refuse,
): void => {
  const onRequest = refuseUnauthorized(isAuthorized, refuse, { run: (_, work) => work() });
  server.get('/health/details', { onRequest }, async () => details());
  if (!scrape) return;
  server.get('/metrics', { onRequest }, async (_request, reply) => {
    const { contentType, text } = await scrape();
    return reply.type(contentType).send(text);
  });
};

/** A server of its own for metrics and health, to everybody who reaches it. Closes with the main one, after it has drained. */
export const createOperationsServer = (
  operations: Pick<Operations, 'details' | 'scrape'>,
  main: FastifyInstance,
  onError: (error: unknown) => void,
): FastifyInstance => {
  const refuse = createRefuse();
  const server = createHttpServer({
    options: { forceCloseConnections: true },
    isPublic: true,
    refuse,
    onError,
    emit: undefined,
  });
  main.addHook('onClose', () => server.close());
  addHealth(server, main.readiness);
  addDetails(server, operations, () => true, refuse);
  return server;
};
