import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionArgs, type FormattedExecutionResult, subscribe } from 'graphql';
import { badUserInput } from '../graphql/errors.ts';
import type { Live, LiveRequest, Unpublished } from '../graphql/live.ts';

/** Answers subscriptions as server-sent events, in the distinct connections mode of the GraphQL over SSE protocol. */
export interface EventStreams {
  /** Whether the request asks for events. */
  wants(request: FastifyRequest): boolean;
  /** Takes the reply over, until the subscription ends or the client leaves. */
  serve(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** Keeps proxies from taking a quiet stream for a dead one. */
const pingMs = 12_000;

const comment = ':\n\n';

/** @param isDraining whether streams end because this process does: then their subscriptions are not complete */
export const createEventStreams = (live: Live, isDraining: () => boolean): EventStreams => ({
  wants: (request) => {
    const accept = request.headers.accept?.toLowerCase() ?? '';
    if (!accept.includes('text/event-stream')) return false;
    // Many clients accept events beside JSON with every request they send.
    if (!accept.includes('json')) return true;
    const wanted = readRequest(request);
    return wanted !== undefined && live.isSubscription(wanted);
  },
  serve: async (request, reply) => {
    const wanted = readRequest(request);
    if (!wanted) {
      await reply.code(400).send({ errors: [badUserInput('Send a query, and variables as an object.')] });
      return;
    }
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    stream.write(comment);
    const pings = setInterval(() => stream.write(comment), pingMs);
    try {
      const prepared = live.prepare(wanted);
      if ('document' in prepared) await tellResults(stream, prepared, live);
      else await tell(stream, live.publish({ errors: prepared }));
      if (!isDraining()) stream.write('event: complete\ndata:\n\n');
    } finally {
      clearInterval(pings);
      // Kept open by its client, the connection would keep this process from ending.
      stream.end(() => isDraining() && stream.socket?.end());
    }
  },
});

/** Each event is written when the client has taken the one before: until then, newer ones overtake those that wait. */
const tellResults = async (stream: ServerResponse, args: ExecutionArgs, live: Live): Promise<void> => {
  const results = await subscribe(args);
  if (!(Symbol.asyncIterator in results)) return tell(stream, live.publish(results as Unpublished));
  stream.once('close', () => void results.return(undefined));
  for await (const result of results) {
    await tell(stream, live.publish(result as Unpublished));
    if (stream.destroyed) break;
  }
};

const tell = async (stream: ServerResponse, result: FormattedExecutionResult): Promise<void> => {
  if (stream.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`) || stream.destroyed) return;
  await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
};

/** A posted body, or the query of an address, in which variables are JSON. Undefined when it is neither. */
const readRequest = ({ method, body, query: parameters }: FastifyRequest): LiveRequest | undefined => {
  const given = (method === 'GET' ? parameters : body) as
    | Readonly<Record<string, unknown>>
    | null
    | undefined;
  const { query, operationName } = given ?? {};
  const variables = method === 'GET' ? parseJson(given?.variables) : given?.variables;
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

/** What is no JSON stays a text. */
const parseJson = (text: unknown): unknown => {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text;
  } catch {
    return text;
  }
};
