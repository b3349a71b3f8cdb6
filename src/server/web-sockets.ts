import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Live, Unpublished } from '../graphql/live.ts';
import { type RouterGuard, secretHeader } from './router-auth.ts';

export interface SocketOptions {
  readonly live: Live;
  readonly isAllowed: RouterGuard;
}

const paths = new Set(['/graphql', '/ws']);

/** As much as a posted query may have. */
const maxPayload = 1_048_576;

/** How long a client may take to say goodbye. */
const goodbyeMs = 1_000;

/** More than a page of people or a gateway's batch has open at once. */
const mostSubscriptions = 100;

/**
 * Serves subscriptions over graphql-transport-ws on /graphql and /ws of an HTTP server.
 * @returns a function that closes all sockets with 1001 ("going away")
 */
export const serveSockets = (server: Server, { live, isAllowed }: SocketOptions): (() => Promise<void>) => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload });
  const graphql = useServer(
    {
      onConnect: ({ connectionParams, extra: { request } }) =>
        isAllowed(request.headers[secretHeader] ?? readParameter(connectionParams)),
      onSubscribe: ({ subscriptions }, _id, payload) =>
        Object.keys(subscriptions).length > mostSubscriptions
          ? [
              new GraphQLError(
                `One connection holds at most ${mostSubscriptions} subscriptions: open another.`,
              ),
            ]
          : live.prepare(payload),
      onNext: (_context, _id, _payload, _args, result) => live.publish(result as Unpublished),
    },
    sockets,
  );
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!paths.has((request.url ?? '').split('?')[0] ?? '')) {
      // Whoever resets the connection now is not worth this process.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  };
  server.on('upgrade', upgrade);
  return async () => {
    server.off('upgrade', upgrade);
    const impatience = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, goodbyeMs);
    await graphql.dispose();
    clearTimeout(impatience);
  };
};

/** Gateways copy headers into the connection parameters in whatever capitals they like. */
const readParameter = (parameters: Readonly<Record<string, unknown>> | undefined): unknown =>
  Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === secretHeader)?.[1];
