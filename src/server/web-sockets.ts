import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { InternalResult, SubscriptionOperations } from '../graphql/subscription-operations.ts';
import { type SocketExtra, speakGraphql } from './graphql-socket.ts';
import type { OriginRule } from './origin-rule.ts';
import { type RouterAuth, secretHeader } from './router-auth.ts';
import { createSocketGuard, type SocketLimits, socketLimits } from './socket-guard.ts';

export interface WebSocketOptions {
  readonly operations: SubscriptionOperations;
  readonly isAuthorized: RouterAuth;
  readonly isAllowedOrigin: OriginRule;
  /** Called with errors of this program. */
  readonly onError: (error: unknown) => void;
  /** Default: `socketLimits`. */
  readonly limits?: SocketLimits;
}

const paths = new Set(['/graphql', '/ws']);

/** How long a client may take to answer the close frame. */
const closeTimeoutMs = 1_000;

/** More than a dashboard page or a gateway's batch opens at once. */
const maxSubscriptions = 100;

/** Clients count their subscriptions, or name them by a UUID. */
const maxIdLength = 256;

/**
 * Serves subscriptions over graphql-transport-ws at /graphql and /ws of an HTTP server.
 * @returns a function that closes all connections with 1001 ("going away")
 */
export const serveWebSockets = (
  server: Server,
  { operations, isAuthorized, isAllowedOrigin, onError, limits = socketLimits }: WebSocketOptions,
): (() => Promise<void>) => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, handleProtocols });
  const guard = createSocketGuard(limits);
  // Without configured secrets anybody is authorized, and nobody has a secret.
  const hasSecret = (secret: unknown): boolean => !isAuthorized(undefined) && isAuthorized(secret);
  const graphql = makeServer<Record<string, unknown>, SocketExtra>({
    onConnect: ({ connectionParams, extra: { request, socket } }) => {
      const secret = request.headers[secretHeader] ?? readSecret(connectionParams);
      if (!isAuthorized(secret)) return false;
      guard.accept(socket, request, hasSecret(secret));
      return true;
    },
    onSubscribe: ({ subscriptions }, id, payload) => {
      if (id.length > maxIdLength) return [new GraphQLError("A subscription's id is too long.")];
      return Object.keys(subscriptions).length > maxSubscriptions
        ? [new GraphQLError(`A connection holds at most ${maxSubscriptions} subscriptions: open another.`)]
        : operations.prepare(payload);
    },
    onNext: ({ extra: { socket } }, _id, _payload, _args, result) => {
      guard.refuseUnread(socket);
      return operations.toPublicResult(result as InternalResult);
    },
  });
  const findRefusal = (request: IncomingMessage, socket: Duplex): string | undefined => {
    if (!paths.has((request.url ?? '').split('?')[0] ?? '')) return '404 Not Found';
    if (!isAllowedOrigin(request.headers)) return '403 Forbidden';
    return guard.enter(request, socket, hasSecret(request.headers[secretHeader]))
      ? undefined
      : '503 Service Unavailable';
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = findRefusal(request, socket);
    if (refusal) {
      // Without a listener, a connection reset at this moment would end the process.
      socket.on('error', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      guard.watch(webSocket, socket);
      speakGraphql(graphql, { socket: webSocket, request }, onError);
    });
  };
  server.on('upgrade', upgrade);
  // From then on, ws refuses new connections with 503.
  return async () => {
    const terminateAll = (): void => {
      for (const client of sockets.clients) client.terminate();
    };
    const timeout = setTimeout(terminateAll, closeTimeoutMs);
    for (const client of sockets.clients) client.close(1001, 'Going away');
    await new Promise((resolve) => {
      sockets.close(resolve);
    });
    clearTimeout(timeout);
  };
};

/** Gateways copy headers into the connection parameters without a common spelling of capitals. */
const readSecret = (parameters: Readonly<Record<string, unknown>> | undefined): unknown =>
  Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === secretHeader)?.[1];
