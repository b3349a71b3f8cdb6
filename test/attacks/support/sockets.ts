import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Endpoint } from './attack.ts';

/** A TCP connection of an attacker. */
export interface RawConnection {
  readonly socket: Socket;
  /** What the server has sent. */
  received(): string;
  /** Resolves when the server has closed it, with the time since it was opened in ms. */
  readonly closed: Promise<number>;
}

/** @param reads false: nothing is taken from the network */
export const openRaw = ({ port }: Endpoint, bytes: string, reads = true): RawConnection => {
  const openedAt = performance.now();
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('error', () => {});
  if (reads) {
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
  } else socket.pause();
  socket.write(bytes);
  return {
    socket,
    received: () => received,
    closed: new Promise((resolve) => {
      socket.once('close', () => resolve(performance.now() - openedAt));
    }),
  };
};

/** The bytes of a request with the headers given. */
export const toRequest = (
  line: string,
  headers: Readonly<Record<string, string | number>>,
  body = '',
): string =>
  `${line} HTTP/1.1\r\nhost: a\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;

/** A post of an operation, as bytes. */
export const toPost = (operation: object, headers: Readonly<Record<string, string>>): string => {
  const body = JSON.stringify(operation);
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  return toRequest('POST /graphql', all, body);
};

/** "open", or the status with which the upgrade is refused, or "closed". */
export const openSocket = (
  { url }: Endpoint,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly outcome: string | number; readonly socket: InstanceType<typeof WebSocket> }> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  return new Promise((resolve) => {
    socket.on('error', () => resolve({ outcome: 'closed', socket }));
    socket.once('open', () => resolve({ outcome: 'open', socket }));
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => {
      resolve({ outcome: statusCode, socket });
      socket.terminate();
    });
  });
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const times = <Item>(count: number, make: (n: number) => Item): Item[] =>
  Array.from({ length: count }, (_, n) => make(n));
