import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Emit } from '../domain/events.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';
import { createAddressCount } from './address-count.ts';

/** What Node itself bounds. Times in ms. */
export const httpSettings = {
  /** Body included: a request of the largest size takes 0.5 Mbit/s. With the interval below, it is cut within ten seconds. */
  requestTimeout: 8_000,
  http: {
    /** From the moment of the connection, or from the first byte after the last request. */
    headersTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
    /** Other upgrades, such as `h2c`, are offers that a server may ignore. */
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  },
};

const connectionLimits = {
  /** Connections of this process, of all kinds; each takes 10 to 50 kB. */
  all: 4_000,
  /** Of one address, where anybody may call. A proxy is one address, so this is not what one person opens. */
  perAddress: 1_000,
};

/** How long a client may read nothing of what is sent to it. */
export const unreadMs = 10_000;

/** Bytes that wait for clients, in all: so many large answers that nobody reads. */
const maxUnreadBytes = 100_000_000;

/** The operating system takes as much, whether the client reads it or not. */
const uncountedBytes = 65_536;

/** Clients that read take less time, if the answer is not of the largest. */
const patienceMs = 1_000;

/**
 * Bounds the number of connections, in all and, where there are no router secrets, of one address. Those that are too many
 * are closed at once.
 * @param limits differ in tests
 */
export const limitConnections = (
  server: Server,
  isPublic: boolean,
  emit: Emit,
  limits = connectionLimits,
): void => {
  const refused = { kind: 'request-refused', transport: 'http', rule: 'connections' } as const;
  server.maxConnections = limits.all;
  server.on('drop', () => emit(refused));
  if (!isPublic) return;
  const addresses = createAddressCount(limits.perAddress);
  server.on('connection', (socket: Socket) => {
    const leave = addresses.enter(socket.remoteAddress);
    if (leave) {
      socket.once('close', leave);
      return;
    }
    emit(refused);
    socket.destroy();
  });
};

/** Takes all listeners of an event away. @returns a function that calls them */
const takeListeners = <Parameters extends unknown[]>(
  server: Server,
  event: string,
): ((...parameters: Parameters) => void) => {
  const listeners = server.listeners(event);
  server.removeAllListeners(event);
  return (...parameters) => {
    for (const listener of listeners) listener.apply(server, parameters);
  };
};

/**
 * Begins to read new connections in turns: hundreds can be there at the same time, each with a request. Nothing is read
 * of a connection before its turn.
 */
export const serveInTurns = (server: Server, slices: Pick<TimeSlices, 'run'>): void => {
  const serve = takeListeners<[Socket]>(server, 'connection');
  Object.assign(server, { pauseOnConnect: true });
  server.on('connection', (socket: Socket) => {
    slices.run(socket.remoteAddress ?? socket, () => {
      serve(socket);
      socket.resume();
    });
  });
};

/** Requests of one connection that wait behind another one of it. Browsers send none, HTTP clients a few. */
const maxPipelined = 100;

/**
 * Serves requests that wait behind another one of their connection in turns: hundreds can be read at once. Closes
 * connections with too many of them.
 * @param most differs in tests
 */
export const limitPipelining = (
  server: Server,
  slices: Pick<TimeSlices, 'run'>,
  emit: Emit,
  most = maxPipelined,
): void => {
  const serve = takeListeners<[IncomingMessage, ServerResponse]>(server, 'request');
  const waiting = new WeakMap<Socket, number>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    // Parsed together with the one that was too many.
    if (socket.destroyed) return;
    // Its answer has the socket: it is the first.
    if (response.socket) return serve(request, response);
    const count = (waiting.get(socket) ?? 0) + 1;
    waiting.set(socket, count);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    if (count <= most) {
      slices.run(socket.remoteAddress ?? socket, () => {
        if (!socket.destroyed) serve(request, response);
      });
      return;
    }
    emit({ kind: 'request-refused', transport: 'http', rule: 'limit', limit: 'pipelinedRequests' });
    socket.destroy();
  });
};

/** Bounds what waits for clients that do not read, in this process. */
export interface Unread {
  /** Before an answer is written, or once a part of it has been. */
  expect(response: ServerResponse, bytes: number): void;
}

/**
 * @param limits differ in tests
 * @param now monotonic, in ms
 */
export const createUnread = (
  emit: Emit,
  limits = { bytes: maxUnreadBytes, ms: unreadMs, patienceMs },
  now: () => number = () => performance.now(),
): Unread => {
  /** The oldest first. */
  const waiting = new Map<ServerResponse, { readonly bytes: number; readonly since: number }>();
  let total = 0;

  const remove = (response: ServerResponse): void => {
    total -= waiting.get(response)?.bytes ?? 0;
    waiting.delete(response);
  };

  const end = (response: ServerResponse): void => {
    emit({ kind: 'request-refused', transport: 'http', rule: 'unread' });
    remove(response);
    response.destroy();
  };

  return {
    expect: (response, bytes) => {
      response.setTimeout(limits.ms, () => end(response));
      if (bytes < uncountedBytes) return;
      waiting.set(response, { bytes, since: now() });
      total += bytes;
      response.once('close', () => remove(response));
      for (const [oldest, { since }] of waiting) {
        if (total <= limits.bytes || now() - since < limits.patienceMs) break;
        end(oldest);
      }
      if (total > limits.bytes) end(response);
    },
  };
};
