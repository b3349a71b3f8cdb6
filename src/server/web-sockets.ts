import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { InternalResult, SubscriptionOperations } from '../graphql/subscription-operations.ts';
import { type RouterAuth, secretHeader } from './router-auth.ts';

export interface WebSocketOptions {
  readonly operations: SubscriptionOperations;
  readonly isAuthorized: RouterAuth;
}

const paths = new Set(['/graphql', '/ws']);

/** In bytes; as much as a posted query may have. */
const maxPayload = 1_048_576;

/** How long a client may take to answer the close frame. */
const closeTimeoutMs = 1_000;

/** More than a dashboard page or a gateway's batch opens at once. */
const maxSubscriptions = 100;

/**
 * Serves subscriptions over graphql-transport-ws at /graphql and /ws of an HTTP server.
 * @returns a function that closes all connections with 1001 ("going away")
 */
export const serveWebSockets = (
  server: Server,
  { operations, isAuthorized }: WebSocketOptions,
): (() => Promise<void>) => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload });
  const graphql = useServer(
    {
      // Keeps internal messages out of close reasons, and hints to developers out of the log.
      isProd: true,
      onConnect: ({ connectionParams, extra: { request } }) =>
        isAuthorized(request.headers[secretHeader] ?? readSecret(connectionParams)),
      onSubscribe: ({ subscriptions }, _id, payload) =>
        Object.keys(subscriptions).length > maxSubscriptions
          ? [new GraphQLError(`A connection holds at most ${maxSubscriptions} subscriptions: open another.`)]
          : operations.prepare(payload),
      onNext: (_context, _id, _payload, _args, result) => operations.toPublicResult(result as InternalResult),
    },
    sockets,
  );
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!paths.has((request.url ?? '').split('?')[0] ?? '')) {
      // Without a listener, a connection reset at this moment would end the process.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request);
      // graphql-ws would print a client's protocol error to standard error; ws itself closes the connection.
      webSocket.removeAllListeners('error').on('error', () => {});
    });
  };
  server.on('upgrade', upgrade);
  // From then on, ws refuses new connections with 503.
  return async () => {
    const terminateAll = (): void => {
      for (const client of sockets.clients) client.terminate();
    };
    const timeout = setTimeout(terminateAll, closeTimeoutMs);
    await graphql.dispose();
    clearTimeout(timeout);
  };
};

/** Gateways copy headers into the connection parameters without a common spelling of capitals. */
const readSecret = (parameters: Readonly<Record<string, unknown>> | undefined): unknown =>
  Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === secretHeader)?.[1];
