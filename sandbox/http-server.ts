import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than the usual 16 kB, so that an id of 10 kB is refused by the vendor's rules and not by Node's. */
const LONGEST_HEADERS_BYTES = 131_072;

/** Longer than clients keep idle connections, so that none is closed while a client reuses it. */
const KEEP_ALIVE_MS = 65_000;

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpServer {
  /** Such as `http://127.0.0.1:4401`. */
  readonly origin: string;
  /** Breaks every connection, those that hang included, and frees the port. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1; port 0 is any free one.
 * @throws the listening error, EADDRINUSE for instance
 */
export async function openHttpServer(port: number, handle: Handle): Promise<HttpServer> {
  const server = createServer(
    { maxHeaderSize: LONGEST_HEADERS_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void handle(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
