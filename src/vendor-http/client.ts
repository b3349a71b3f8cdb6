import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, unzip } from 'node:zlib';
import { LookupError } from '../domain/errors.ts';
import type { Reply, VendorRequest } from '../domain/provider.ts';
import { type Agents, createAgents } from './connection.ts';

/** Far above the size of any vendor's answer; 500 kB of gzip can unpack to a gigabyte. */
const maxBodyBytes = 2 * 1024 * 1024;

/** The limits of a call, which a provider cannot change. */
export interface CallTerms {
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  /**
   * Awaited when there is a connection, right before the request is written to it: if connecting took long, the permit
   * may have expired. @throws LookupError
   */
  readonly confirm?: (() => Promise<void>) | undefined;
}

/** Sends vendor requests over connections that stay open. */
export interface HttpClient {
  /** As `Call.get`. @throws LookupError */
  get(request: VendorRequest & CallTerms): Promise<Reply>;
  /** Closes the connections that are kept open. */
  close(): void;
}

const ownHeaders = {
  'user-agent': 'media-task-subgraph',
  accept: 'application/json',
  'accept-encoding': 'gzip, br',
};

/**
 * Creates the HTTP client that makes all vendor calls. Nothing is sent again: vendors refuse a nonce they have seen. No
 * redirect is followed: the request is signed for one address.
 */
export const createHttpClient = (): HttpClient => {
  const agents = createAgents();
  return {
    get: async ({ url, headers, signal, confirm }) => {
      let response: IncomingMessage | undefined;
      const abort = (): void => void response?.destroy();
      signal.addEventListener('abort', abort);
      try {
        response = await sendOnceConnected(agents, url, { ...ownHeaders, ...headers }, { signal, confirm });
        const { statusCode = 0, headers: replyHeaders } = response;
        const body = await unpack(await readBody(response), replyHeaders['content-encoding']);
        // Unlike Buffer's own toString, this drops a byte order mark.
        return toReply(statusCode, replyHeaders, new TextDecoder().decode(body));
      } catch (error) {
        throw toLookupError(error, signal, response !== undefined);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
};

/**
 * Connects, sends the request once `confirm` has resolved, and resolves with the head of the reply.
 * @throws whatever the network, the signal or `confirm` ends it with
 */
const sendOnceConnected = async (
  agents: Agents,
  url: string,
  headers: Readonly<Record<string, string>>,
  { signal, confirm }: CallTerms,
): Promise<IncomingMessage> => {
  signal.throwIfAborted();
  const target = new URL(url);
  const request =
    target.protocol === 'https:'
      ? requestHttps(target, { headers, agent: agents.https })
      : requestHttp(target, { headers, agent: agents.http });
  // A connection may break while nobody waits for the request.
  request.on('error', ignore);
  try {
    await once(request, 'socket', { signal });
    await confirm?.();
    if (request.destroyed) throw request.errored ?? new Error('The connection was closed.');
    request.end();
    const [response] = (await once(request, 'response', { signal })) as [IncomingMessage];
    return response;
  } catch (error) {
    request.destroy();
    throw error;
  }
};

const ignore = (): void => {};

const tooLong = new LookupError('BAD_RESPONSE', 'The vendor answered more than 2 MB.');

const readBody = async (response: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLong;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
};

const unpackers = new Map([
  ['br', promisify(brotliDecompress)],
  ['gzip', promisify(unzip)],
  ['deflate', promisify(unzip)],
]);

/** In another thread: what is as long as an answer can be takes some milliseconds. */
const unpack = async (body: Buffer, encoding = ''): Promise<Buffer> => {
  const unpackAll = body.length > 0 ? unpackers.get(encoding.toLowerCase()) : undefined;
  return unpackAll ? await unpackAll(body, { maxOutputLength: maxBodyBytes }) : body;
};

const toReply = (status: number, headers: IncomingHttpHeaders, body: string): Reply => ({
  status,
  header: (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  },
  body,
});

/** Makes a new error: Node's own can name the vendor's address. */
const toLookupError = (error: unknown, signal: AbortSignal, hasReply: boolean): LookupError => {
  if (error instanceof LookupError) return error;
  if (signal.aborted) return new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLong;
  if (hasReply || code?.startsWith('HPE_')) {
    return new LookupError('BAD_RESPONSE', "The vendor's answer broke off or could not be unpacked.");
  }
  return new LookupError('UNAVAILABLE', `The vendor could not be reached${code ? ` (${code})` : ''}.`);
};
