import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { parseJson } from '../domain/json.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was received; null without one. */
    bodyText: string | null;
  }
}

/**
 * Takes bodies as they are, so that one which has been answered before need not be read: JSON. `readBody` reads them.
 * @param bodyLimit in bytes
 */
export const receiveBodies = (server: FastifyInstance, bodyLimit: number): void => {
  server.decorateRequest('bodyText', null);
  server.removeAllContentTypeParsers();
  const options = { parseAs: 'string' as const, bodyLimit };
  server.addContentTypeParser<string>('application/json', options, (request, text, done): void => {
    request.bodyText = text;
    done(null);
  });
};

/** The stage that reads the JSON of a body. */
export const readBody: preHandlerHookHandler = (request, _reply, done) => {
  if (request.bodyText === null) return done();
  const body = parseJson(request.bodyText);
  request.body = body;
  if (body === undefined) done(badBody(notJson));
  else if (Array.isArray(body)) {
    done(badBody('A request holds one operation, not a list: use HttpLink instead of BatchHttpLink.'));
  } else if (typeof body !== 'object' || body === null || Object.keys(body).length === 0) {
    done(badBody('The body must be a JSON object with the field "query".'));
  } else done();
};

const notJson =
  'The body must be JSON, not compressed, nested at most 100 levels deep, with at most 100,000 lists and objects.';

const badBody = (message: string): Error => Object.assign(new Error(message), { statusCode: 400 });

/** The document of a posted body or of a query string; empty when there is none, which Apollo Server reports. */
export const readDocument = ({ method, body, query: search }: FastifyRequest): string => {
  const fields = (method === 'GET' ? search : body) as { readonly query?: unknown } | null | undefined;
  return typeof fields?.query === 'string' ? fields.query : '';
};
