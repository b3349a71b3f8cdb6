import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { RefusalRule } from '../domain/events.ts';
import { parseJson } from '../domain/json.ts';
import { createAddressCount } from './address-count.ts';

/** What is held for WebSocket clients. */
export interface SocketLimits {
  /** Open sockets of this process; each takes some 50 kB. */
  readonly sockets: number;
  /** Of one address that has brought no router secret. A proxy is one address, so this is not what one person opens. */
  readonly socketsPerAddress: number;
  /** Bytes that are read before the handshake is accepted: a `connection_init` with a token or two. */
  readonly handshakeBytes: number;
  /** Bytes of one message: 200 long ids and a document. */
  readonly messageBytes: number;
  /** Bytes that a client has not read: a hundred subscriptions with a large task each. */
  readonly unreadBytes: number;
  /** How often a client is pinged, and how long it may take to answer, in ms. */
  readonly pingMs: number;
  /** How long a client may take to answer the close frame, in ms. */
  readonly closeMs: number;
}

export const socketLimits: SocketLimits = {
  sockets: 2_000,
  socketsPerAddress: 500,
  handshakeBytes: 8_192,
  messageBytes: 262_144,
  unreadBytes: 2_097_152,
  pingMs: 12_000,
  closeMs: 1_000,
};

/** Bounds the number of sockets, what is read before a handshake is accepted, and what waits for a client. */
export interface SocketGuard {
  /** Counts a connection until it closes. False if there are too many. */
  enter(request: IncomingMessage, socket: Duplex, hasSecret: boolean): boolean;
  /** Closes a socket that sends anything but a small `connection_init` before `accept`. */
  watch(webSocket: WebSocket, socket: Duplex): void;
  /** The handshake is accepted. */
  accept(webSocket: WebSocket, request: IncomingMessage, hasSecret: boolean): void;
  /** Closes a socket whose client does not read. */
  refuseUnread(webSocket: WebSocket): void;
}

/** @param onRefusal told why an accepted connection is closed */
export const createSocketGuard = (
  limits: SocketLimits,
  onRefusal: (rule: RefusalRule) => void = () => {},
): SocketGuard => {
  const addresses = createAddressCount(limits.socketsPerAddress);
  /** By request; the function gives the place of its address back. */
  const leaveAddress = new WeakMap<IncomingMessage, () => void>();
  const stopWatching = new WeakMap<WebSocket, () => void>();
  let sockets = 0;

  const leave = (request: IncomingMessage): void => {
    leaveAddress.get(request)?.();
    leaveAddress.delete(request);
  };

  const refuse = (webSocket: WebSocket, code: number, reason: string): void => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    onRefusal('malformed');
    webSocket.close(code, reason);
    // Nothing more is read, not even its own close frame.
    webSocket.pause();
  };

  const refuseUnread = (webSocket: WebSocket): void => {
    if (webSocket.bufferedAmount <= limits.unreadBytes) return;
    onRefusal('unread');
    webSocket.terminate();
  };

  return {
    enter: (request, socket, hasSecret) => {
      if (sockets >= limits.sockets) return false;
      const leaveAgain = hasSecret ? () => {} : addresses.enter(request.socket.remoteAddress);
      if (!leaveAgain) return false;
      leaveAddress.set(request, leaveAgain);
      sockets += 1;
      socket.once('close', () => {
        sockets -= 1;
        leave(request);
      });
      return true;
    },
    watch: (webSocket, socket) => {
      let bytes = 0;
      const count = (chunk: Buffer): void => {
        bytes += chunk.length;
        if (bytes > limits.handshakeBytes) refuse(webSocket, 1009, 'Too large before connection_init');
      };
      const readFirst = (data: unknown): void => {
        if (isPing(data)) refuse(webSocket, 4401, 'Unauthorized');
      };
      socket.prependListener('data', count);
      webSocket.on('message', readFirst);
      stopWatching.set(webSocket, () => {
        socket.off('data', count);
        webSocket.off('message', readFirst);
      });
    },
    accept: (webSocket, request, hasSecret) => {
      stopWatching.get(webSocket)?.();
      if (hasSecret) leave(request);
      webSocket.on('message', () => refuseUnread(webSocket));
    },
    refuseUnread,
  };
};

/** The protocol allows them before `connection_init`, but they are answered with what they hold. */
const isPing = (data: unknown): boolean => {
  const message = parseJson(String(data)) as { readonly type?: unknown } | null | undefined;
  return message?.type === 'ping' || message?.type === 'pong';
};
