import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createBundledPage, readFiles } from '../server/bundled-page.ts';

/** Where the build writes the bundle. Defined here because a server without devDependencies cannot import the build. */
export const bundleDirectory = join(import.meta.dirname, '../../dist/graphiql');

/**
 * Monaco writes style elements and attributes at run time, hence 'unsafe-inline' for styles only; its fonts and cursors
 * are data URLs in the stylesheet. Showing an answer never fetches the URLs in it.
 */
const policy = {
  'worker-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
  'img-src': "'self' data:",
};

/**
 * Serves GraphiQL at `/` to browsers, and its files below `/graphiql/`. Without a bundle, as in an install without
 * devDependencies, a warning is logged and GraphiQL is not served.
 */
export async function serveGraphiql(server: FastifyInstance, directory: string): Promise<void> {
  const page = createBundledPage(await readFiles(directory), policy);
  if (page === undefined) {
    server.log.warn(
      'GraphiQL is not built, so it is not served; everything else is. To build it: npm ci && npm run build',
    );
    return;
  }
  server.get('/', (request, reply) => {
    reply.headers({ 'cache-control': 'no-cache', vary: 'accept' });
    const isBrowser = request.headers.accept?.includes('text/html') ?? false;
    return isBrowser ? page.sendPage(reply) : reply.send({ graphql: '/graphql' });
  });
  page.serveFiles(server, '/graphiql/');
}
