import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import got, { ReadError, RequestError, type RequestFunction } from 'got';
import { LookupError } from '../domain/errors.ts';
import type { Reply, VendorRequest } from '../domain/provider.ts';
import { createAgents } from './connection.ts';

/** Far above the size of any vendor's answer; got has no limit, and 500 kB of gzip can unpack to a gigabyte. */
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

/** Creates the HTTP client that makes all vendor calls. */
export const createHttpClient = (): HttpClient => {
  const agent = createAgents();
  const vendor = got.extend({
    agent,
    decompress: true,
    followRedirect: false,
    // A signed request must not be sent twice: the vendors refuse a nonce they have seen.
    retry: { limit: 0 },
    throwHttpErrors: false,
    headers: { 'user-agent': 'media-task-subgraph', accept: 'application/json' },
  });
  return {
    get: async ({ url, headers = {}, signal, confirm }) => {
      const stream = vendor.stream(url, {
        headers,
        signal,
        request: requestOnceConnected({ signal, confirm }),
      });
      try {
        const body = await readText(stream);
        const { statusCode = 0, headers: replyHeaders = {} } = stream.response ?? {};
        return toReply(statusCode, replyHeaders, body);
      } catch (error) {
        throw toLookupError(error, signal);
      } finally {
        stream.destroy();
      }
    },
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
};

/** Makes requests that have a connection, and are written to it once `confirm` has resolved. */
const requestOnceConnected =
  ({ signal, confirm }: CallTerms): RequestFunction =>
  async (url, options) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
    // Until got listens, a connection that breaks would end the process.
    request.on('error', ignore);
    try {
      await once(request, 'socket', { signal });
      await confirm?.();
      if (request.destroyed) throw request.errored ?? new Error('The connection was closed.');
      return request;
    } catch (error) {
      request.destroy();
      throw error;
    }
  };

const ignore = (): void => {};

const readText = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new LookupError('BAD_RESPONSE', 'The vendor answered more than 2 MB.');
    chunks.push(chunk);
  }
  // Unlike Buffer's own toString, this drops a byte order mark.
  return new TextDecoder().decode(Buffer.concat(chunks, size));
};

const toReply = (status: number, headers: NodeJS.Dict<string | string[]>, body: string): Reply => ({
  status,
  header: (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  },
  body,
});

/** Makes a new error: got's own carries the signed address in its message and the Authorization header inside. */
const toLookupError = (error: unknown, signal: AbortSignal): LookupError => {
  if (error instanceof LookupError) return error;
  if (error instanceof RequestError && error.cause instanceof LookupError) return error.cause;
  if (signal.aborted) return new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');
  const cause = error instanceof RequestError ? error.code : undefined;
  if (error instanceof ReadError || cause?.startsWith('HPE_')) {
    return new LookupError('BAD_RESPONSE', "The vendor's answer broke off or could not be unpacked.");
  }
  return new LookupError('UNAVAILABLE', `The vendor could not be reached${cause ? ` (${cause})` : ''}.`);
};
