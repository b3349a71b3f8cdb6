import type { ServerResponse } from 'node:http';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import type { Emit } from '../domain/events.ts';
import { createTimeSlices, type TimeSlices } from '../graphql/time-slices.ts';
import {
  createUnread,
  httpSettings,
  limitConnections,
  limitPipelining,
  serveInTurns,
} from './connections.ts';
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
  /** Default: its own. */
  readonly slices?: TimeSlices;
}

/** A server without routes: its limits, the headers of all answers, and its answers to what is not a request to any of its routes. */
export const createHttpServer = ({
  options,
  logger,
  isPublic,
  refuse,
  onError,
  emit = () => {},
  slices = createTimeSlices(),
}: HttpServerOptions): FastifyInstance => {
  const handleError = createErrorHandler(refuse, onError);
  const server = fastify({
    ...httpSettings,
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: createClientErrorHandler(emit, slices),
    frameworkErrors: handleError,
    // One for all requests, and not Fastify's own: with that, it follows each answer to its end, to log nothing.
    childLoggerFactory: (own) => logger ?? own,
    ...options,
  }) as FastifyInstance;
  if (logger) server.log = logger;
  server.setErrorHandler(handleError);
  refuseUnknown(server, refuse);
  limitConnections(server.server, isPublic, emit);
  serveInTurns(server.server, slices);
  limitPipelining(server.server, slices, emit);
  const unread = createUnread(emit);
  server.addHook('onRequest', ({ headers: { host } }, reply, done) => {
    if (host !== undefined && !URL.canParse(`http://${host}`)) {
      const message = 'The header Host is malformed.';
      refuse(reply, { status: 400, code: 'BAD_REQUEST', message, rule: 'malformed' });
    } else done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    // Not on the raw response: with one header there, Node takes up and checks each further one by itself.
    reply.headers(safetyHeaders);
    const { raw } = reply;
    // Writes the answer, unless something else has to be waited for.
    done();
    if (isTaken(raw)) return;
    unread.expect(raw, typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0);
  });
  return server;
};

/** Whether the operating system has all of an answer: nothing of it waits for the client here. */
const isTaken = ({ writableEnded, socket }: ServerResponse): boolean =>
  writableEnded && socket?.writableLength === 0;
