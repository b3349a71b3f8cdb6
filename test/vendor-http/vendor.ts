import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { LookupError } from '../../src/domain/errors.ts';

/** A vendor's server on this machine. */
export interface Vendor {
  /** Its origin. */
  readonly url: string;
  /** The requests in their order, as sent. */
  readonly targets: readonly string[];
  /** The headers that came with each. */
  readonly headers: readonly IncomingMessage['headers'][];
  /** How many connections were opened to it. */
  readonly connections: number;
  /** Resolves when so many connections have been opened. */
  connected(count: number): Promise<void>;
  /** Resolves when none is open. */
  disconnected(): Promise<void>;
  /** Breaks all connections. */
  disconnect(): void;
  close(): Promise<void>;
}

export const startVendor = async (answer: RequestListener): Promise<Vendor> => {
  const targets: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let connections = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    targets.push(request.url ?? '');
    headers.push(request.headers);
    answer(request, response as ServerResponse & { req: IncomingMessage });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    headers,
    get connections() {
      return connections;
    },
    connected: async (count) => {
      while (connections < count) await once(server, 'connection');
    },
    disconnected: async () => {
      for (const socket of sockets) await once(socket, 'close');
    },
    disconnect: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** What a promise is rejected with; fails when it is not a LookupError. */
export const toLookupError = async (promise: Promise<unknown>): Promise<LookupError> => {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (outcome instanceof LookupError) return outcome;
  throw new Error(`Expected a LookupError, got ${String(outcome)}`, { cause: outcome });
};

/** A signal that aborts only when the test itself hangs. */
export const testTimeout = (): AbortSignal => AbortSignal.timeout(50_000);
