import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseQuery } from './query.ts';
import type { Pair, VendorRequest } from './vendor-api.ts';

const LONGEST_BODY_BYTES = 65_536;

/** Longer than the usual 16 kB, so that an id of 10 kB is judged by the vendor's rules and not by Node's. */
const LONGEST_HEADERS_BYTES = 131_072;

/** Longer than clients keep idle connections, so that none is closed just as it is used again. */
const KEEP_ALIVE_MS = 65_000;

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Door {
  /** Such as `http://127.0.0.1:4401`. */
  readonly origin: string;
  /** Breaks every connection and frees the port. */
  close(): Promise<void>;
}

/** @throws the listening error, EADDRINUSE for instance */
export async function openDoor(
  { host, port }: { host: string; port: number },
  handle: Handle,
): Promise<Door> {
  const server = createServer(
    { maxHeaderSize: LONGEST_HEADERS_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void handle(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads and decodes a request to a vendor once, for whoever verifies and answers it. */
export async function readVendorRequest(request: IncomingMessage): Promise<VendorRequest> {
  const body = await readBody(request);
  const { path, search } = splitTarget(request);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const decoded = decodePairs(search, isForm ? body.toString() : '');
  return {
    method: request.method ?? '',
    path,
    ...decoded,
    parameters: new Map([...decoded.query, ...decoded.form]),
    headers: request.headers,
    body,
  };
}

/** The path, and what follows the first question mark. */
export function splitTarget({ url = '/' }: IncomingMessage): { path: string; search: string } {
  const cut = url.indexOf('?');
  return cut < 0 ? { path: url, search: '' } : { path: url.slice(0, cut), search: url.slice(cut + 1) };
}

/** @throws RangeError when the body is longer than 64 kB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > LONGEST_BODY_BYTES) throw new RangeError(`a body over ${LONGEST_BODY_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function decodePairs(search: string, form: string): Pick<VendorRequest, 'query' | 'form' | 'flaw'> {
  try {
    const pairs = { query: parseQuery(search), form: parseQuery(form) };
    const twice = nameSentTwice([...pairs.query, ...pairs.form]);
    return { ...pairs, flaw: twice === undefined ? undefined : `The parameter "${twice}" is sent twice.` };
  } catch {
    return { query: [], form: [], flaw: 'The percent-encoding of the parameters is malformed.' };
  }
}

function nameSentTwice(pairs: readonly Pair[]): string | undefined {
  const names = pairs.map(([name]) => name).toSorted();
  return names.find((name, index) => name === names[index - 1]);
}
