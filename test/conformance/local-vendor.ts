import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reply of the local vendor. */
export interface VendorReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** `hang`: no reply is sent. `cut`: the connection breaks in the middle of the body. */
  readonly fault?: 'hang' | 'cut';
}

/** A request as received. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A real HTTP server in the role of a vendor: it sends the reply that is set, and records the requests. */
export interface LocalVendor {
  readonly url: string;
  readonly requests: SeenRequest[];
  willSay(reply: VendorReply): void;
  /** Resolves when the next request has arrived. */
  nextQuestion(): Promise<void>;
  close(): Promise<void>;
}

export const startLocalVendor = async (): Promise<LocalVendor> => {
  const requests: SeenRequest[] = [];
  let next: VendorReply = { status: 500, body: 'The test has not set a reply.' };
  let noteQuestion = () => {};
  const server = createServer(({ method = '', url = '', headers }, response) => {
    requests.push({ method, target: url, query: new URL(url, 'http://vendor').searchParams, headers });
    noteQuestion();
    send(response, next);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    willSay: (reply) => {
      next = reply;
    },
    nextQuestion: () =>
      new Promise((resolve) => {
        noteQuestion = resolve;
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const send = (response: ServerResponse, { status = 200, headers = {}, body, fault }: VendorReply): void => {
  if (fault === 'hang') return;
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  if (fault !== 'cut') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
};
