import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionArgs, type FormattedExecutionResult, subscribe } from 'graphql';
import { parseJson } from '../domain/json.ts';
import { badUserInput } from '../graphql/errors.ts';
import type {
  InternalResult,
  SubscriptionOperations,
  SubscriptionRequest,
} from '../graphql/subscription-operations.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';
import { unreadMs } from './connections.ts';
import { nobody, safetyHeaders } from './refusals.ts';

/**
 * Serves subscriptions as server-sent events, in the distinct connections mode of the GraphQL over SSE protocol.
 * Not by graphql-sse (2.6.1): its handler reads results without waiting for the client, and buffers them without limit.
 */
export interface EventStreams {
  /** Whether the request asks for an event stream. */
  accepts(request: FastifyRequest): boolean;
  /** Takes over the reply until the subscription ends or the client disconnects. */
  serve(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

const transport = 'event-stream';

const ping = ':\n\n';

/**
 * @param isDraining whether streams end because the server shuts down: then no "complete" is sent
 * @param identify who asks, see `createContext`
 * @param slices in which the subscriptions of clients that have left are ended: hundreds can leave at once
 * @param pingMs how often a comment is sent: proxies close connections on which nothing is sent for too long
 * @param endMs how long a client may read nothing of a stream that has ended
 */
export const createEventStreams = (
  operations: SubscriptionOperations,
  isDraining: () => boolean,
  identify: (request: FastifyRequest) => string,
  slices: Pick<TimeSlices, 'run'>,
  pingMs = 12_000,
  endMs = unreadMs,
): EventStreams => ({
  accepts: (httpRequest) => {
    const accept = httpRequest.headers.accept?.toLowerCase() ?? '';
    if (!accept.includes('text/event-stream')) return false;
    // Many clients accept both JSON and events with every request: then the operation decides.
    if (!accept.includes('json')) return true;
    const request = readRequest(httpRequest);
    return request !== undefined && operations.isSubscription(request);
  },
  serve: async (httpRequest, reply) => {
    const request = readRequest(httpRequest);
    if (!request) {
      await reply.code(400).send({ errors: [badUserInput('Send a query, and variables as an object.')] });
      return;
    }
    const client = httpRequest.record?.client ?? { transport };
    // Subscriptions have events of their own.
    httpRequest.record = null;
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      ...safetyHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    stream.write(ping);
    const stopPings = keepAlive(stream, pingMs);
    try {
      const prepared = operations.prepare(request, {
        client: { ...client, transport },
        identity: identify(httpRequest),
        connection: { followedIds: 0 },
      });
      if ('document' in prepared) await writeResults(stream, prepared, operations, slices);
      else stream.write(toEvent(operations.toPublicResult({ errors: prepared })));
      if (!isDraining()) stream.write('event: complete\ndata:\n\n');
    } finally {
      stopPings();
      stream.setTimeout(endMs, () => stream.destroy());
      // A connection that the client keeps alive would delay the end of the process.
      stream.end(() => isDraining() && stream.socket?.end());
    }
  },
});

/** Sends pings, and ends a stream whose client takes nothing from one ping to the next. */
const keepAlive = (stream: ServerResponse, pingMs: number): (() => void) => {
  let isStuck = false;
  stream.on('drain', () => {
    isStuck = false;
  });
  const pings = setInterval(() => {
    if (stream.writableLength === 0) stream.write(ping);
    else if (isStuck) stream.destroy();
    else isStuck = true;
  }, pingMs);
  return () => clearInterval(pings);
};

/** Reads the next result only after the client has received the last one, so that newer results can replace older. */
const writeResults = async (
  stream: ServerResponse,
  args: ExecutionArgs,
  { toPublicResult }: SubscriptionOperations,
  slices: Pick<TimeSlices, 'run'>,
): Promise<void> => {
  const results = await subscribe(args);
  if (!(Symbol.asyncIterator in results)) {
    stream.write(toEvent(toPublicResult(results as InternalResult)));
    return;
  }
  stream.once('close', () => slices.run(nobody, () => void results.return(undefined)));
  for await (const result of results) {
    const isTaken = stream.write(toEvent(toPublicResult(result as InternalResult)));
    if (!isTaken && !stream.destroyed) await whenWritable(stream);
    if (stream.destroyed) break;
  }
};

const toEvent = (result: FormattedExecutionResult): string =>
  `event: next\ndata: ${JSON.stringify(result)}\n\n`;

/** Resolves when the client has received what was written, or has disconnected. */
const whenWritable = (stream: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle);
      resolve();
    };
    stream.on('drain', settle).on('close', settle);
  });

/** Reads a POST body, or a GET query string with variables as JSON. Undefined when either is malformed. */
const readRequest = ({ method, body, query: search }: FastifyRequest): SubscriptionRequest | undefined => {
  const fields = (method === 'GET' ? search : body) as Readonly<Record<string, unknown>> | null | undefined;
  const { query, operationName } = fields ?? {};
  const variables = method === 'GET' ? parseVariables(fields?.variables) : fields?.variables;
  if (typeof query !== 'string' || !isOptional(operationName, 'string') || !isOptional(variables, 'object')) {
    return undefined;
  }
  return { query, operationName, variables };
};

const isOptional = <Type extends 'string' | 'object'>(
  value: unknown,
  type: Type,
): value is (Type extends 'string' ? string : Readonly<Record<string, unknown>>) | null | undefined =>
  value === undefined || value === null || (typeof value === type && !Array.isArray(value));

/** Text that is not JSON is returned as it is, and so fails the check for an object. */
const parseVariables = (text: unknown): unknown => {
  const value = parseJson(text);
  return value === undefined ? text : value;
};
