import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Answers a GET with 304 when its client has the answer already: one with the same ETag. Everything else of the answer,
 * such as how long it may be kept, is as without the condition.
 */
export const addConditional = (server: FastifyInstance): void => {
  server.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 200 || !isUnchanged(request, reply.getHeader('etag')))
      return done(null, payload);
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
};

/** Whether a GET's `If-None-Match` names the ETag of its answer. Compared weakly, RFC 9110 13.1.2. */
export const isUnchanged = ({ method, headers }: FastifyRequest, etag: unknown): boolean => {
  const known = headers['if-none-match'];
  if (method !== 'GET' || known === undefined || typeof etag !== 'string') return false;
  return known.trim() === '*' || known.split(',').some((each) => toOpaque(each) === toOpaque(etag));
};

const toOpaque = (etag: string): string => etag.trim().replace(/^W\//, '');
