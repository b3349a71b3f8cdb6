import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OriginRule } from './origin-rule.ts';
import type { Refuse } from './refusals.ts';

/** How long a browser may remember the answer to its preflight request, in s. */
const preflightMaxAge = '600';

/**
 * Refuses requests that a browser sends for pages of other origins, and lets pages of the allowed ones read the
 * answers. Credentials are not allowed: there are no cookies here.
 */
export const addCors = (
  server: FastifyInstance,
  allowedOrigins: readonly string[],
  isAllowedOrigin: OriginRule,
  refuse: Refuse,
): void => {
  server.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    const { headers, method } = request;
    if (!isAllowedOrigin(headers)) {
      const message = 'Pages of this origin may not call: it is not among ALLOWED_ORIGINS.';
      refuse(reply, { status: 403, code: 'FORBIDDEN', message, rule: 'origin' });
      return;
    }
    if (headers.origin === undefined || !allowedOrigins.includes(headers.origin)) return done();
    // On the raw response, so that event streams have them, too.
    reply.raw.setHeader('access-control-allow-origin', headers.origin);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return done();
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': headers['access-control-request-headers'] ?? 'content-type',
        'access-control-max-age': preflightMaxAge,
      })
      .send();
  });
};
