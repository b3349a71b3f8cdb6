import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Connection } from '../graphql/subscription-operations.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';

/** What the protocol's hooks know of a connection. */
export interface SocketExtra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** Its identity is known once the handshake is accepted. */
  readonly subscriber: { identity: string; readonly connection: Connection };
}

/**
 * Speaks graphql-transport-ws over an open socket. As `graphql-ws/use/ws` does, which prints what clients break to
 * standard error, and answers a ping with all that it holds.
 * @param pingMs how often the client is pinged, and how long it may take to answer
 * @param onError called with what the hooks throw
 */
export const speakGraphql = (
  server: Server<SocketExtra>,
  extra: SocketExtra,
  slices: TimeSlices,
  pingMs: number,
  onError: (error: unknown) => void,
): void => {
  const { socket, subscriber } = extra;
  let waiting = 0;
  // A client's protocol error, or a connection reset; ws itself closes the socket.
  socket.on('error', () => {});
  const stopPings = keepAlive(socket, pingMs);
  const send = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      // It fails only when the socket closes, which ends all subscriptions.
      socket.send(text, () => resolve());
    });
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send,
      close: (code, reason) => socket.close(code, reason),
      onPing: () => send('{"type":"pong"}'),
      onMessage: (handle) => {
        socket.on('message', (data) => {
          waiting += 1;
          slices.run(subscriber.identity || extra, () => {
            waiting -= 1;
            if (waiting === 0 && socket.isPaused && socket.readyState === socket.OPEN) socket.resume();
            handle(String(data)).catch((error: unknown) => {
              onError(error);
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          });
          // What has not had its turn is not to pile up here.
          if (waiting > 0 && socket.readyState === socket.OPEN) socket.pause();
        });
      },
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    stopPings();
    closed(code, String(reason)).catch(onError);
  });
};

/** Ends connections that are gone without a word. */
const keepAlive = (socket: WebSocket, pingMs: number): (() => void) => {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const pings = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(pings);
};
