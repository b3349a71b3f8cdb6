import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHandler } from 'graphql-sse/lib/use/fastify';
import type { Live, LiveRequest, Unpublished } from './graphql/live.ts';

/** Answers subscriptions as server-sent events, in graphql-sse's distinct connections mode. */
export interface EventStreams {
  /** Whether the request asks for events. */
  wants(request: FastifyRequest): boolean;
  /** Takes the reply over, until the subscription ends or the client leaves. */
  serve(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export const createEventStreams = (live: Live): EventStreams => {
  const handle = createHandler({
    onSubscribe: (_request, { query, operationName, variables }) => {
      const prepared = live.prepare({ query: String(query), operationName, variables });
      return 'document' in prepared
        ? { ...prepared, contextValue: prepared.contextValue as undefined }
        : { data: null, errors: prepared };
    },
    onNext: (_context, _request, result) => live.publish(result as Unpublished) as typeof result,
  });
  return {
    wants: ({ headers: { accept = '' }, body, query }) => {
      if (!accept.includes('text/event-stream')) return false;
      // Many clients accept events beside JSON with every request they send.
      return !accept.includes('json') || live.isSubscription((body ?? query) as Partial<LiveRequest>);
    },
    serve: async (request, reply) => {
      reply.hijack();
      // graphql-sse takes any other value for a request of its single connection mode, which is not served.
      request.headers.accept = 'text/event-stream';
      await handle(request, reply);
    },
  };
};
