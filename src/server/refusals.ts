import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Emit, RefusalRule } from '../domain/events.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';

/** Why a request is refused before GraphQL sees it. */
export interface Refusal {
  readonly status: number;
  /** For `extensions.code`. */
  readonly code: string;
  readonly message: string;
  readonly rule: RefusalRule;
  /** Its name, if the rule is `limit`. */
  readonly limit?: string;
}

/** Answers a request with an error in the shape of GraphQL, as all that answers `/graphql` have. */
export type Refuse = (reply: FastifyReply, refusal: Refusal) => FastifyReply;

/** On every answer, whoever writes it: no browser shall guess that an answer is a script or a page. */
export const safetyHeaders = { 'x-content-type-options': 'nosniff' } as const;

const toBody = ({ message, code }: Pick<Refusal, 'message' | 'code'>): object => ({
  errors: [{ message, extensions: { code } }],
});

/** The connection is closed after the answer: what is left of the request's body is not waited for. */
export const createRefuse =
  (emit: Emit = () => {}): Refuse =>
  (reply, { rule, limit, ...refusal }) => {
    emit({ kind: 'request-refused', transport: 'http', rule, ...(limit ? { limit } : {}) });
    return reply
      .code(refusal.status)
      .headers({ ...safetyHeaders, connection: 'close', 'cache-control': 'no-store' })
      .send(toBody(refusal));
  };

/** @param onError called with errors of this program */
export const createErrorHandler =
  (refuse: Refuse, onError: (error: unknown) => void) =>
  (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { statusCode: status = 500, message } = error;
    if (status < 500) return refuse(reply, toRefusal(status, message));
    onError(error);
    return reply.code(500).send(toBody({ message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' }));
  };

const toRefusal = (status: number, message: string): Refusal => {
  if (status === 413) return { status, code: 'BAD_USER_INPUT', message, rule: 'limit', limit: 'bodyBytes' };
  const fix = 'Send the operation as JSON, with the header "Content-Type: application/json".';
  return { status, code: 'BAD_REQUEST', message: status === 415 ? fix : message, rule: 'malformed' };
};

/** What was not found, or not with that method. */
export const refuseUnknown = (server: FastifyInstance, refuse: Refuse): void => {
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (!server.hasRoute({ method: 'GET', url: path })) {
      return refuse(reply, {
        status: 404,
        code: 'NOT_FOUND',
        message: 'There is no such path here.',
        rule: 'malformed',
      });
    }
    const message = 'This path answers GET and POST only.';
    return refuse(reply.header('allow', 'GET, POST'), {
      status: 405,
      code: 'BAD_REQUEST',
      message,
      rule: 'malformed',
    });
  });
};

/** What Node's parser fails with, by its code. Everything else is a 400. */
const clientErrors: ReadonlyMap<string, Pick<Refusal, 'status' | 'message'>> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, message: 'The request was not sent in time.' }],
  ['HPE_HEADER_OVERFLOW', { status: 431, message: 'The headers are too large.' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, message: 'The chunk extensions are too large.' }],
]);

/** What is not a request, lacks the secret, or was left behind has no caller: all of it shares one turn among the callers. */
export const nobody = {};

/**
 * Answers what is not HTTP, or comes too late, when the event loop has time for it: hundreds can arrive in one turn.
 * Nothing of the error is logged: it holds the bytes that the client sent, secrets included.
 */
export const createClientErrorHandler =
  (emit: Emit, slices: Pick<TimeSlices, 'run'>) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    // Whatever it sends next would be one more error.
    socket.pause();
    slices.run(nobody, () => {
      if (socket.writable) answerClientError(error.code, socket, emit);
      else socket.destroy();
    });
  };

const answerClientError = (code: string | undefined, socket: Socket, emit: Emit): void => {
  const known = clientErrors.get(code ?? '');
  const { status, message } = known ?? { status: 400, message: 'This is not an HTTP request.' };
  emit({
    kind: 'request-refused',
    transport: 'http',
    ...(known ? { rule: 'limit', limit: limitOf(status) } : { rule: 'malformed' }),
  });
  const body = JSON.stringify(toBody({ message, code: 'BAD_REQUEST' }));
  const headers = {
    ...safetyHeaders,
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
};

const limitOf = (status: number): string => (status === 408 ? 'requestMs' : 'headerBytes');
