import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createOriginRule } from './origin-rule.ts';

/** How long a browser may remember the answer to its preflight request, in s. */
const preflightMaxAge = '600';

/**
 * Refuses requests that a browser sends for pages of other origins, and lets pages of the allowed ones read the
 * answers. Credentials are not allowed: there are no cookies here.
 */
export const addCors = (server: FastifyInstance, allowedOrigins: readonly string[]): void => {
  const isAllowedOrigin = createOriginRule(allowedOrigins);
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const { headers, method } = request;
    if (!isAllowedOrigin(headers)) {
      const message = 'Pages of this origin may not call: it is not among ALLOWED_ORIGINS.';
      return reply.code(403).send({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] });
    }
    if (headers.origin === undefined || !allowedOrigins.includes(headers.origin)) return;
    // On the raw response, so that event streams have them, too.
    reply.raw.setHeader('access-control-allow-origin', headers.origin);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return;
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': headers['access-control-request-headers'] ?? 'content-type',
        'access-control-max-age': preflightMaxAge,
      })
      .send();
  });
};
