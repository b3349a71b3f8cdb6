import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { parseJson } from '../domain/json.ts';
import { createBodyPool, leastPooledBytes } from '../fast-lane/body-pool.ts';
import type { FastLane, LaneAnswer, LaneRequest } from '../fast-lane/fast-lane.ts';
import type { SentRequest } from '../fast-lane/known-requests.ts';
import type { Caller } from '../lookup/lookup.ts';
import { isUnchanged } from './conditional.ts';

/** Answers what is known, and leaves everything else. */
export interface FastLaneStage {
  /** Answers what is sent again, before it is read. */
  readonly repeat: preHandlerHookHandler;
  /** The last stage before Apollo Server. */
  readonly answer: preHandlerHookHandler;
}

/** @param onError called with errors of this program */
export const createFastLaneStage = (
  lane: FastLane,
  createCaller: (request: FastifyRequest) => Caller,
  onError: (error: unknown) => void,
): FastLaneStage => {
  const pool = createBodyPool();

  const take = (bytes: number, reply: FastifyReply): Buffer => {
    if (bytes < leastPooledBytes) return Buffer.allocUnsafe(bytes);
    const memory = pool.take(bytes);
    // From then on, the operating system has it.
    reply.raw.once('finish', () => pool.giveBack(memory));
    return memory;
  };

  const send = (answer: LaneAnswer, request: FastifyRequest, reply: FastifyReply): void => {
    const { contentType, cacheHeaders, mostBytes } = answer;
    reply.headers({ ...cacheHeaders });
    if (isUnchanged(request, cacheHeaders.etag)) reply.code(304).send();
    else {
      const memory = take(mostBytes, reply);
      reply.header('content-type', contentType).send(memory.subarray(0, answer.writeBody(memory)));
    }
  };

  const createHook =
    <Request extends SentRequest>(
      read: (request: FastifyRequest, sent: SentRequest) => Request | undefined,
      find: (request: Request, asker: Parameters<FastLane['answer']>[1]) => LaneAnswer | undefined,
    ): preHandlerHookHandler =>
    (request, reply, done) => {
      let answer: LaneAnswer | undefined;
      try {
        const sent = toSent(request);
        const asked = sent && read(request, sent);
        const asker = { createCaller: () => createCaller(request), record: request.record };
        answer = asked && find(asked, asker);
      } catch (error) {
        onError(error);
      }
      if (answer) send(answer, request, reply);
      else done();
    };

  return {
    repeat: createHook((_, sent) => sent, lane.repeat),
    answer: createHook(toLaneRequest, lane.answer),
  };
};

/** Undefined for what only Apollo Server can refuse. */
const toSent = ({ method, headers, url, bodyText }: FastifyRequest): SentRequest | undefined => {
  if (method === 'POST') return bodyText === null ? undefined : { method, headers, text: bodyText };
  // Some clients send this header with every request.
  const { 'content-type': contentType = 'application/json' } = headers;
  return method === 'GET' && contentType === 'application/json' ? { method, headers, text: url } : undefined;
};

/** Undefined for what only Apollo Server can refuse. */
const toLaneRequest = (
  { body, query: search }: FastifyRequest,
  sent: SentRequest,
): LaneRequest | undefined => {
  if (sent.method === 'POST') {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    const { query, operationName, variables, extensions } = body as Readonly<Record<string, unknown>>;
    return { ...sent, query, operationName, variables, extensions };
  }
  const { query, operationName, ...fields } = search as Readonly<Record<string, unknown>>;
  const [variables, extensions] = [parseField(fields.variables), parseField(fields.extensions)];
  if (variables === null || extensions === null) return undefined;
  return { ...sent, query, operationName, variables, extensions };
};

/** Null for what is not JSON, and for null, which a query string cannot leave out otherwise. */
const parseField = (text: unknown): unknown => (text === undefined ? undefined : (parseJson(text) ?? null));
