import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';

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

export interface Agents {
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
