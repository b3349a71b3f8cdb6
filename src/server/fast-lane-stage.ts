import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { parseJson } from '../domain/json.ts';
import { createBodyPool } from '../fast-lane/body-pool.ts';
import type { FastLane, LaneAnswer, LaneRequest } from '../fast-lane/fast-lane.ts';
import type { Context } from '../graphql/context.ts';
import { isUnchanged } from './conditional.ts';

/** What GETs have asked for, by their addresses: a browser that polls sends the same one again. */
type Searches = LRUCache<string, Omit<LaneRequest, 'method' | 'headers'>>;

const maxSearchCharacters = 2_000_000;

/** The last stage before Apollo Server: answers what is known, and leaves everything else. */
export const addFastLane = (
  server: FastifyInstance,
  lane: FastLane,
  contextOf: (request: FastifyRequest) => Context,
  onError: (error: unknown) => void,
): void => {
  const pool = createBodyPool();
  const searches: Searches = new LRUCache({
    maxSize: maxSearchCharacters,
    sizeCalculation: (_, url) => url.length,
  });
  const findAnswer = (request: FastifyRequest): LaneAnswer | undefined => {
    try {
      const laneRequest = toLaneRequest(request, searches);
      return laneRequest && lane.answer(laneRequest, contextOf(request));
    } catch (error) {
      onError(error);
      return undefined;
    }
  };
  server.addHook('preHandler', (request, reply, done) => {
    const answer = findAnswer(request);
    if (!answer) return done();
    const { 'content-type': contentType, ...headers } = answer.headers;
    reply.headers(headers);
    if (isUnchanged(request, headers.etag)) reply.code(304).send();
    else {
      const memory = pool.take(answer.mostBytes);
      // From then on, the operating system has it.
      reply.raw.once('finish', () => pool.giveBack(memory));
      reply.header('content-type', contentType).send(memory.subarray(0, answer.writeBody(memory)));
    }
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode === 200) {
      lane.learnContentType(request.headers.accept, reply.getHeader('content-type'));
    }
    done();
  });
};

/** Undefined for what only Apollo Server can refuse. */
const toLaneRequest = (request: FastifyRequest, searches: Searches): LaneRequest | undefined => {
  const { method, headers, body, url } = request;
  if (method === 'POST') {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    const { query, operationName, variables, extensions } = body as Readonly<Record<string, unknown>>;
    return { method, headers, query, operationName, variables, extensions };
  }
  // Some clients send this header with every request.
  const { 'content-type': contentType = 'application/json' } = headers;
  if (method !== 'GET' || contentType !== 'application/json') return undefined;
  const known = searches.get(url);
  if (known) return { method, headers, ...known };
  const { query, operationName, variables, extensions } = request.query as Readonly<Record<string, unknown>>;
  const parsed = {
    query,
    operationName,
    variables: parseField(variables),
    extensions: parseField(extensions),
  };
  if (parsed.variables === null || parsed.extensions === null) return undefined;
  searches.set(url, parsed);
  return { method, headers, ...parsed };
};

/** Null for what is not JSON, and for null, which a query string cannot leave out otherwise. */
const parseField = (text: unknown): unknown => (text === undefined ? undefined : (parseJson(text) ?? null));
