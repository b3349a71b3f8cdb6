import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** A page that a build has bundled: an `index.html`, and files whose names contain a hash of their content. */
export interface BundledPage {
  sendPage(reply: FastifyReply): FastifyReply;
  /** Serves the files below this path, which begins and ends with a slash. */
  serveFiles(server: FastifyInstance, path: string): void;
}

/** The directives of a Content-Security-Policy beyond `basePolicy`. */
export type Policy = Readonly<Record<string, string>>;

/** Only files and answers of this server are loaded, and no other site may frame the page. */
const basePolicy: Policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
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
 * A requested name is only looked up among the files, so no path can lead to another one.
 * @param files by name; `index.html` is the page
 * @returns undefined when there is no page among the files
 * @throws Error for a file whose content type is not known
 */
export const createBundledPage = (
  files: ReadonlyMap<string, Uint8Array>,
  policy: Policy,
): BundledPage | undefined => {
  const assets = new Map<string, Asset>();
  for (const [name, contents] of files) {
    assets.set(name, { contentType: contentTypeOf(name), body: Buffer.from(contents) });
  }
  const page = assets.get('index.html');
  if (!page) return undefined;
  assets.delete('index.html');
  const headers = {
    'content-security-policy': Object.entries({ ...basePolicy, ...policy })
      .map((directive) => directive.join(' '))
      .join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  const send = (reply: FastifyReply, { contentType, body }: Asset, cacheControl: string): FastifyReply =>
    reply
      .headers({ ...headers, 'cache-control': cacheControl })
      .type(contentType)
      .send(body);

  return {
    sendPage: (reply) => send(reply, page, 'no-cache'),
    serveFiles: (server, path) => {
      server.get<{ Params: { '*': string } }>(`${path}*`, (request, reply) => {
        const asset = assets.get(request.params['*']);
        // The file of a name never changes.
        return asset ? send(reply, asset, 'public, max-age=31536000, immutable') : reply.callNotFound();
      });
    },
  };
};

/** The files of a directory by name; none when there is no such directory. */
export const readFiles = async (directory: string): Promise<ReadonlyMap<string, Uint8Array>> => {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const)),
  );
};

/** A file of an unknown type is a mistake of the build: it stops the start instead of showing a blank page later. */
const contentTypeOf = (name: string): string => {
  const contentType = contentTypes.get(extname(name));
  if (contentType === undefined) throw new Error(`A bundle holds a file of an unknown type: ${name}`);
  return contentType;
};
