import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import type { BeginTrace, Emit, RequestFinished } from '../domain/events.ts';
import { type Client, createRecord, type RequestRecord } from '../graphql/request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What its event will say; null when nobody listens, or when it is a subscription, which has events of its own. */
    record: RequestRecord | null;
  }
}

/** Receives the events of requests, and begins their traces. */
export interface RequestListeners {
  readonly emit: Emit;
  readonly beginTrace: BeginTrace;
  readonly clock: Pick<Clock, 'elapsed'>;
}

/** Emits an event at the end of each request to these routes. Without listeners nothing is noted, and nothing costs. */
export const emitRequests = (server: FastifyInstance, listeners: RequestListeners | undefined): void => {
  server.decorateRequest('record', null);
  if (!listeners) return;
  const { emit, beginTrace, clock } = listeners;
  server.addHook('onRequest', (request, reply, done) => {
    // A browser's question whether it may ask is not an operation.
    if (request.method === 'OPTIONS') return done();
    const startedAt = clock.elapsed();
    request.record = createRecord(toClient('http', request.headers, beginTrace));
    // It comes once. `once` would make two more objects for each request.
    reply.raw.on('close', () => {
      if (request.record) emit(toEvent(request.record, reply, clock.elapsed() - startedAt));
    });
    done();
  });
};

/** What a request's headers say of its sender. */
export const toClient = (
  transport: Client['transport'],
  headers: IncomingHttpHeaders,
  beginTrace: BeginTrace,
): Client => ({
  transport,
  clientName: toText(headers['apollographql-client-name']),
  clientVersion: toText(headers['apollographql-client-version']),
  trace: beginTrace(toText(headers.traceparent)),
});

const toText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

const toEvent = (
  { client, operation, outcome, tasks, isFastLane }: RequestRecord,
  reply: FastifyReply,
  durationMs: number,
): RequestFinished => {
  const { raw } = reply;
  const isSent = raw.writableFinished;
  return {
    kind: 'request-finished',
    transport: client.transport,
    clientName: client.clientName,
    clientVersion: client.clientVersion,
    trace: client.trace,
    operation,
    outcome: isSent ? (outcome ?? toOutcome(raw.statusCode)) : 'aborted',
    status: isSent ? raw.statusCode : 0,
    durationMs,
    bytes: Number(reply.getHeader('content-length') ?? 0),
    tasks,
    isFastLane,
  };
};

/** Of a request for which nothing was executed. */
const toOutcome = (status: number): RequestFinished['outcome'] => {
  if (status === 401 || status === 403) return 'refused';
  if (status >= 500) return 'error';
  return status >= 400 ? 'invalid' : 'ok';
};
