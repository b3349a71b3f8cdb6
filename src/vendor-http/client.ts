import {
  type ClientRequest,
  type ClientRequestArgs,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import got, { ReadError, type Request, RequestError } from 'got';
import { LookupError } from '../domain/errors.ts';
import type { Reply, VendorRequest } from '../domain/provider.ts';
import { readBody } from './body.ts';

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
  const open = ({ url, headers = {}, confirm }: VendorRequest & CallTerms): OpenCall => {
    let request: ClientRequest | undefined;
    // Of a text, got would look at each character.
    const stream = vendor.stream(URL.parse(url) ?? url, {
      headers,
      request: async (target, options) => {
        request = makeRequest(target, options);
        await connected(request);
        await confirm?.();
        if (request.destroyed) throw request.errored ?? new Error('The connection was closed.');
        return answerTo(request);
      },
    });
    const end = (): void => {
      request?.destroy();
      stream.destroy();
    };
    return { stream, end };
  };
  return {
    get: async (request) => {
      const { signal } = request;
      if (signal.aborted) throw tooLate();
      const { stream, end } = open(request);
      // Not by got's option: with that, got listens anew at each step that it takes.
      signal.addEventListener('abort', end);
      try {
        const body = await readBody(stream);
        const { statusCode = 0, headers = {} } = stream.response ?? {};
        return toReply(statusCode, headers, body);
      } catch (error) {
        end();
        throw toLookupError(error, signal);
      } finally {
        signal.removeEventListener('abort', end);
      }
    },
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
};

/** A call that is under way. */
interface OpenCall {
  readonly stream: Request;
  /** Ends it, at whichever step it is. */
  readonly end: () => void;
}

/** With the options that are not Node's own: got hands over forty, which Node copies several times for each request. */
const makeRequest = (url: URL, { agent, headers = {} }: RequestOptions): ClientRequest =>
  (url.protocol === 'https:' ? requestHttps : requestHttp)(url, { agent, headers });

/** Resolves when the request has a connection. One that breaks later would end the process if nobody listened. */
const connected = (request: ClientRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    request.once('socket', () => resolve());
    request.on('error', reject);
  });

/** Writes the request here: got would listen to a dozen events of each, to time its phases. */
const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end();
  });

/** Longer than any lookup, so no caller waits for the connection any more. */
const connectTimeoutMs = 60_000;

type Deliver = (error: Error | null, socket: Duplex) => void;

const deliverOnce = (event: string, socket: Duplex, deliver: Deliver): void => {
  const timeout = setTimeout(() => socket.destroy(new Error('No connection.')), connectTimeoutMs);
  const settle = (error: Error | null) => {
    clearTimeout(timeout);
    socket.off('error', settle).off(event, connected);
    deliver(error, socket);
  };
  const connected = () => settle(null);
  socket.once('error', settle).once(event, connected);
};

class ConnectedHttpAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, deliver: Deliver): undefined {
    const socket = super.createConnection(options);
    if (socket) deliverOnce('connect', socket, deliver);
  }
}

class ConnectedHttpsAgent extends HttpsAgent {
  override createConnection(options: RequestOptions, deliver: Deliver): undefined {
    const socket = super.createConnection(options);
    if (socket) deliverOnce('secureConnect', socket, deliver);
  }
}

/**
 * Agents that keep connections open, and return a new one only once it is established: a request with its socket can be
 * written to the network in the same turn.
 */
const createAgents = () => ({
  http: new ConnectedHttpAgent({ keepAlive: true }),
  https: new ConnectedHttpsAgent({ keepAlive: true }),
});

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
  if (signal.aborted) return tooLate();
  const cause = error instanceof RequestError ? error.code : undefined;
  if (error instanceof ReadError || cause?.startsWith('HPE_')) {
    return new LookupError('BAD_RESPONSE', "The vendor's answer broke off or could not be unpacked.");
  }
  return new LookupError('UNAVAILABLE', `The vendor could not be reached${cause ? ` (${cause})` : ''}.`);
};

const tooLate = (): LookupError =>
  new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');
