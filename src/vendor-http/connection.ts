import { once } from 'node:events';
import { type ClientRequestArgs, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import type { RequestFunction } from 'got';

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
export const createAgents = (): { readonly http: HttpAgent; readonly https: HttpsAgent } => ({
  http: new ConnectedHttpAgent({ keepAlive: true }),
  https: new ConnectedHttpsAgent({ keepAlive: true }),
});

/**
 * Makes requests that have a connection, and are written to it once `confirm` has resolved.
 * @param signal ends connecting
 */
export const requestOnceConnected =
  (signal: AbortSignal, confirm?: () => Promise<void>): RequestFunction =>
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
