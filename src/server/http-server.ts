import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import type { Emit } from '../domain/events.ts';
import { createUnread, httpSettings, limitConnections, limitPipelining } from './connections.ts';
import {
  createClientErrorHandler,
  createErrorHandler,
  type Refuse,
  refuseUnknown,
  safetyHeaders,
} from './refusals.ts';

export interface HttpServerOptions {
  readonly options: FastifyServerOptions;
  /** Default: nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  /** Whether anybody may call: then one address cannot take all connections. */
  readonly isPublic: boolean;
  readonly refuse: Refuse;
  /** Called with errors of this program. */
  readonly onError: (error: unknown) => void;
  readonly emit: Emit | undefined;
}

const safetyHeaderEntries = Object.entries(safetyHeaders);

/** A server without routes: its limits, the headers of all answers, and what it answers to what is no request of ours. */
export const createHttpServer = ({
  options,
  logger,
  isPublic,
  refuse,
  onError,
  emit = () => {},
}: HttpServerOptions): FastifyInstance => {
  const handleError = createErrorHandler(refuse, onError);
  const server = fastify({
    ...httpSettings,
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: createClientErrorHandler(emit),
    frameworkErrors: handleError,
    // One for all requests, and not Fastify's own: with that, it follows each answer to its end, to log nothing.
    childLoggerFactory: (own) => logger ?? own,
    ...options,
  }) as FastifyInstance;
  if (logger) server.log = logger;
  server.setErrorHandler(handleError);
  refuseUnknown(server, refuse);
  limitConnections(server.server, isPublic, emit);
  limitPipelining(server.server, emit);
  const unread = createUnread(emit);
  server.addHook('onRequest', ({ headers: { host } }, reply, done) => {
    // On the raw response, so that event streams have them, too.
    for (const [name, value] of safetyHeaderEntries) reply.raw.setHeader(name, value);
    if (host !== undefined && !URL.canParse(`http://${host}`)) {
      const message = 'The header Host is malformed.';
      refuse(reply, { status: 400, code: 'BAD_REQUEST', message, rule: 'malformed' });
    } else done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    unread.expect(reply.raw, typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0);
    done();
  });
  return server;
};
