import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { BeginTrace, Emit, RefusalRule } from '../domain/events.ts';
import { badUserInput } from '../graphql/errors.ts';
import type { InternalResult, SubscriptionOperations } from '../graphql/subscription-operations.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';
import { callerHeader, type IdentifyCaller } from './caller-identity.ts';
import { type SocketExtra, speakGraphql } from './graphql-socket.ts';
import type { OriginRule } from './origin-rule.ts';
import { toClient } from './request-events.ts';
import { type RouterAuth, secretHeader } from './router-auth.ts';
import { createSocketGuard, type SocketLimits, socketLimits } from './socket-guard.ts';

export interface WebSocketOptions {
  readonly operations: SubscriptionOperations;
  readonly isAuthorized: RouterAuth;
  readonly isAllowedOrigin: OriginRule;
  readonly identifyCaller: IdentifyCaller;
  readonly slices: TimeSlices;
  /** Called with errors of this program. */
  readonly onError: (error: unknown) => void;
  /** Told of connections that are refused. */
  readonly emit?: Emit | undefined;
  readonly beginTrace?: BeginTrace;
  /** Default: `socketLimits`. */
  readonly limits?: SocketLimits;
}

/** Who they are is not known yet: all upgrades take one turn among the callers. */
const newcomers = {};

const paths = new Set(['/graphql', '/ws']);

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
  {
    operations,
    isAuthorized,
    isAllowedOrigin,
    identifyCaller,
    slices,
    onError,
    emit,
    beginTrace = (incoming) => incoming,
    limits = socketLimits,
  }: WebSocketOptions,
): (() => Promise<void>) => {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    // Its types do not have it yet.
    ...{ closeTimeout: limits.closeMs },
    handleProtocols,
    // One message of each socket in turn, however many have arrived: others are answered in between.
    allowSynchronousEvents: false,
  });
  const refuse = (rule: RefusalRule): void =>
    emit?.({ kind: 'request-refused', transport: 'websocket', rule });
  const guard = createSocketGuard(limits, refuse);
  // Without configured secrets anybody is authorized, and nobody has a secret.
  const hasSecret = (secret: unknown): boolean => !isAuthorized(undefined) && isAuthorized(secret);
  const graphql = makeServer<Record<string, unknown>, SocketExtra>({
    onConnect: ({ connectionParams, extra }) => {
      const { request, socket } = extra;
      const secret = request.headers[secretHeader] ?? readParameter(connectionParams, secretHeader);
      if (!isAuthorized(secret)) {
        refuse('router-authorization');
        return false;
      }
      guard.accept(socket, request, hasSecret(secret));
      const name = request.headers[callerHeader] ?? readParameter(connectionParams, callerHeader);
      extra.subscriber.identity = identifyCaller(name, request.socket.remoteAddress);
      return true;
    },
    onSubscribe: ({ subscriptions, extra: { request, subscriber } }, id, payload) => {
      if (id.length > maxIdLength) return [badUserInput("A subscription's id is too long.")];
      return Object.keys(subscriptions).length > maxSubscriptions
        ? [badUserInput(`A connection holds at most ${maxSubscriptions} subscriptions: open another.`)]
        : operations.prepare(payload, {
            client: toClient('websocket', request.headers, beginTrace),
            ...subscriber,
          });
    },
    onError: (_context, _id, _payload, errors) => operations.toPublicResult({ errors }).errors,
    onNext: ({ extra: { socket } }, _id, _payload, _args, result) => {
      guard.refuseUnread(socket);
      return operations.toPublicResult(result as InternalResult);
    },
  });
  const findRefusal = (request: IncomingMessage, socket: Duplex): RefusalRule | undefined => {
    if (!paths.has((request.url ?? '').split('?')[0] ?? '')) return 'malformed';
    if (!isAllowedOrigin(request.headers)) return 'origin';
    return guard.enter(request, socket, hasSecret(request.headers[secretHeader])) ? undefined : 'connections';
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = findRefusal(request, socket);
    if (refusal) {
      refuse(refusal);
      // Whether the client closes it or not: no timeout of the HTTP server holds for it any more.
      socket.end(`HTTP/1.1 ${refusalStatus[refusal]}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      guard.watch(webSocket, socket);
      const subscriber = { identity: '', connection: { followedIds: 0 } };
      speakGraphql(graphql, { socket: webSocket, request, subscriber }, slices, limits.pingMs, onError);
    });
  };
  server.on('upgrade', (request, socket, head) => {
    // Without a listener, a connection that is reset before it is a WebSocket would end the process.
    socket.on('error', () => socket.destroy());
    slices.run(newcomers, () => {
      if (!socket.destroyed) upgrade(request, socket, head);
    });
  });
  // From then on, ws refuses new connections with 503.
  return async () => {
    for (const client of sockets.clients) client.close(1001, 'Going away');
    await new Promise((resolve) => {
      sockets.close(resolve);
    });
  };
};

const refusalStatus: Partial<Record<RefusalRule, string>> = {
  malformed: '404 Not Found',
  origin: '403 Forbidden',
  connections: '503 Service Unavailable',
};

/** Gateways copy headers into the connection parameters without a common spelling of capitals. */
const readParameter = (parameters: Readonly<Record<string, unknown>> | undefined, header: string): unknown =>
  Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === header)?.[1];
