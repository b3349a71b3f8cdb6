import { once } from 'node:events';
import {
  type ClientRequestArgs,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import type { CallTerms } from './client.ts';

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

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Agents that keep connections open, and return a new one only once it is established: a request with its socket can be
 * written to the network in the same turn.
 */
export const createAgents = (): Agents => ({
  http: new ConnectedHttpAgent({ keepAlive: true }),
  https: new ConnectedHttpsAgent({ keepAlive: true }),
});

/**
 * Connects, sends the request once `confirm` has resolved, and resolves with the head of the reply.
 * @throws whatever the network, the signal or `confirm` ends it with
 */
export const sendOnceConnected = async (
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
