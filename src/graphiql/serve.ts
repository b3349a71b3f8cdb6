import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Where the build writes the bundle. Defined here because a server without devDependencies cannot import the build. */
export const bundleDirectory = join(import.meta.dirname, '../../dist/graphiql');

/**
 * Only files of this server are loaded, and no other site may frame the page. Monaco writes style elements and
 * attributes at run time, hence 'unsafe-inline' for styles only; its fonts and cursors are data URLs in the stylesheet.
 * Requests go to this server only: showing an answer never fetches the URLs in it.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const contentTypes = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
]);

interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Serves GraphiQL at `/` to browsers, and its files below `/graphiql/`.
 *
 * All files are read once, at the start. A requested name is only looked up among them, so no path can lead out of
 * `directory`. Without a bundle, as in an install without devDependencies, a warning is logged and GraphiQL is not served.
 */
export async function serveGraphiql(server: FastifyInstance, directory: string): Promise<void> {
  const bundle = await readBundle(directory);
  if (bundle === undefined) {
    server.log.warn(
      'GraphiQL is not built, so it is not served; everything else is. To build it: npm ci && npm run build',
    );
    return;
  }
  const { page, assets } = bundle;

  server.get('/', (request, reply) => {
    reply.headers({ ...securityHeaders, 'cache-control': 'no-cache', vary: 'accept' });
    return isBrowser(request) ? sendAsset(reply, page) : reply.send({ graphql: '/graphql' });
  });

  server.get<{ Params: { '*': string } }>('/graphiql/*', (request, reply) => {
    const asset = assets.get(request.params['*']);
    if (asset === undefined) {
      return reply.callNotFound();
    }
    // The names contain a hash of the content, so the file of a name never changes.
    reply.headers({ ...securityHeaders, 'cache-control': 'public, max-age=31536000, immutable' });
    return sendAsset(reply, asset);
  });
}

function isBrowser(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}

function sendAsset(reply: FastifyReply, { contentType, body }: Asset): FastifyReply {
  return reply.type(contentType).send(body);
}

interface Bundle {
  readonly page: Asset;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** @returns undefined when there is no bundle */
async function readBundle(directory: string): Promise<Bundle | undefined> {
  const assets = new Map<string, Asset>();
  for (const name of await listFiles(directory)) {
    assets.set(name, { contentType: contentTypeOf(name), body: await readFile(join(directory, name)) });
  }
  const page = assets.get('index.html');
  assets.delete('index.html');
  return page && { page, assets };
}

/** @returns nothing when there is no such directory */
async function listFiles(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A file of an unknown type is a mistake of the build: it stops the start instead of showing a blank page later. */
function contentTypeOf(name: string): string {
  const contentType = contentTypes.get(extname(name));
  if (contentType === undefined) {
    throw new Error(`The GraphiQL bundle holds a file of an unknown type: ${name}`);
  }
  return contentType;
}
