import { createServer as createTlsServer, get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpClient, type HttpClient } from '../../src/vendor-http/client.ts';
import { selfSigned } from '../fixtures/self-signed.ts';
import { startVendor, testTimeout, toLookupError, type Vendor } from './vendor.ts';

let client: HttpClient;
let closers: (() => unknown)[];

beforeEach(() => {
  client = createHttpClient();
  closers = [() => client.close()];
});

afterEach(async () => {
  for (const close of closers) await close();
});

const secretQuery = 'Signature=s3cr3t-signature&TaskId=t%2F1';
const headers = { authorization: 'Basic czNjcjN0LWhlYWRlcg==', 'x-security-token': 's3cr3t-token' };

/** The error of a failed call, which must not contain parts of the request. */
const failTo = async (origin: string, signal = testTimeout()) => {
  const error = await toLookupError(client.get({ url: `${origin}/?${secretQuery}`, headers, signal }));
  const everything = [
    error.message,
    String(error),
    inspect(error, { depth: 10, showHidden: true }),
    error.stack,
  ];
  for (const secret of ['s3cr3t', 'czNjcjN0', 'TaskId', 'uthorization', '127.0.0.1']) {
    expect(everything.join('\n')).not.toContain(secret);
  }
  return error;
};

/** A server that answers each request with raw bytes, and then resets, ends or hangs. */
const startRaw = async (bytes: string | Buffer, then: (socket: Socket) => void) => {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests += 1;
      if (bytes.length > 0) socket.write(bytes, () => then(socket));
      else then(socket);
    });
  });
  const origin = await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { origin, requests: () => requests };
};

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const hang = () => undefined;
/** Hangs, and has the call aborted when the client has had a moment for what it was sent. */
const abortWhileHanging = () => {
  const caller = new AbortController();
  return { signal: caller.signal, abort: () => void setTimeout(() => caller.abort(), 20) };
};
const reset = (socket: Socket) => socket.resetAndDestroy();
const end = (socket: Socket) => socket.end();

describe('a vendor that hangs is a timeout', () => {
  test.each([
    ['before the headers', ''],
    ['inside the headers', 'HTTP/1.1 200 OK\r\nContent-'],
    ['after the headers', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
    ['inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a"'],
    [
      'inside a packed body',
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'),
        gzipSync('{}').subarray(0, 12),
      ]),
    ],
  ])('%s, as soon as the signal aborts', async (_where, bytes) => {
    const { signal, abort } = abortWhileHanging();
    const { origin, requests } = await startRaw(bytes, abort);
    expect(await failTo(origin, signal)).toMatchObject({ code: 'TIMEOUT' });
    expect(requests()).toBe(1);
  });

  test('inside the TLS handshake, as soon as the signal aborts', async () => {
    const { signal, abort } = abortWhileHanging();
    const { origin } = await startRaw('', abort);
    expect(await failTo(origin.replace('http:', 'https:'), signal)).toMatchObject({ code: 'TIMEOUT' });
  });

  test('and its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const { signal, abort } = abortWhileHanging();
    const { origin } = await startRaw('HTTP/1.1 200 OK\r\n\r\n', (socket) => {
      socket.on('close', () => closed.resolve());
      abort();
    });
    await failTo(origin, signal);
    await closed.promise;
  });
});

describe('a signal that is aborted already', () => {
  test('is a timeout, and nothing is sent', async () => {
    const { origin, requests } = await startRaw('HTTP/1.1 204 No Content\r\n\r\n', hang);
    expect(await failTo(origin, AbortSignal.abort())).toMatchObject({ code: 'TIMEOUT' });
    expect(requests()).toBe(0);
  });
});

describe('a vendor that cannot be reached is unavailable', () => {
  test('when it refuses the connection', async () => {
    const vendor: Vendor = await startVendor(() => undefined);
    await vendor.close();
    const error = await failTo(vendor.url);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('when its name does not exist', async () => {
    const error = await failTo('http://nonexistent.invalid');
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(error.message).not.toContain('nonexistent');
  });

  test.each([
    ['resets the connection', reset],
    ['closes the connection', end],
  ])('when it %s before any header, and is not asked again', async (_how, then) => {
    const { origin, requests } = await startRaw('', then);
    expect(await failTo(origin)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(requests()).toBe(1);
  });

  test('when it closes a kept connection, without a retry', async () => {
    const replies = ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'];
    const { origin, requests } = await startRaw('', (socket) => {
      const reply = replies.pop();
      if (reply) socket.write(reply);
      else socket.resetAndDestroy();
    });
    await client.get({ url: origin, signal: testTimeout() });
    expect(await failTo(origin)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(requests()).toBe(2);
  });
});

describe('an answer that is broken is a bad response', () => {
  const packed = gzipSync(JSON.stringify({ a: 'b'.repeat(1_000) }));
  const packedHead = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`;
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 12);

  test.each([
    ['that is no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', end],
    ['with a header that is none', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n', end],
    ['that ends before its Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a"', end],
    ['that is reset inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a"', reset],
    ['that breaks off inside a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"a"', end],
    ['with a chunk that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n', hang],
    ['that lacks the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n', end],
    [
      'that is declared as gzip and is not',
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
      hang,
    ],
    [
      'that is declared as brotli and is not',
      'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}',
      hang,
    ],
    ['of damaged gzip', Buffer.concat([Buffer.from(packedHead), damaged]), hang],
    ['of gzip that breaks off', Buffer.concat([Buffer.from(packedHead), packed.subarray(0, 20)]), end],
    [
      'of gzip that is complete as a message and lacks its end',
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n'),
        packed.subarray(0, 20),
      ]),
      hang,
    ],
    ['with headers of a megabyte', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(1_000_000)}\r\n\r\n`, hang],
  ])('%s', async (_how, bytes, then) => {
    const { origin, requests } = await startRaw(bytes, then);
    expect(await failTo(origin)).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(requests()).toBe(1);
  });
});

describe('a request that cannot be sent', () => {
  test.each([
    ['a header that HTTP forbids', { authorization: 's3cr3t\r\nHost: evil' }],
    ['a header beyond Latin-1', { 'x-security-token': 's3cr3t-任务' }],
  ])('for %s is an error without it', async (_why, forbidden) => {
    const { origin, requests } = await startRaw('HTTP/1.1 204 No Content\r\n\r\n', hang);
    const error = await toLookupError(client.get({ url: origin, headers: forbidden, signal: testTimeout() }));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cr3t');
    expect(requests()).toBe(0);
  });
});

describe('an untrusted certificate', () => {
  test('is refused before anything is sent, although the server answers clients that trust it', async () => {
    let requests = 0;
    const server = createTlsServer(selfSigned, (_request, response) => {
      requests += 1;
      response.end('{}');
    });
    const origin = (await listen(server)).replace('http:', 'https:');
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const error = await failTo(origin);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(requests).toBe(0);

    const status = await new Promise((resolve, reject) => {
      const options = { ca: selfSigned.cert, agent: false };
      httpsGet(origin, options, (response) => resolve(response.statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
  });
});

describe('a trusted certificate', () => {
  const trustedBefore = getCACertificates('default');
  afterEach(() => setDefaultCACertificates(trustedBefore));

  test('is accepted, its connection is kept, and nothing is sent before the call is confirmed', async () => {
    setDefaultCACertificates([...trustedBefore, selfSigned.cert]);
    const events: string[] = [];
    const server = createTlsServer(selfSigned, (_request, response) => {
      events.push('request');
      response.end('{}');
    });
    server.on('secureConnection', () => events.push('connection'));
    const origin = (await listen(server)).replace('http:', 'https:');
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const confirm = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push('confirm');
    };
    for (let time = 0; time < 2; time++) {
      expect((await client.get({ url: origin, signal: testTimeout(), confirm })).status).toBe(200);
    }
    expect(events).toEqual(['connection', 'confirm', 'request', 'confirm', 'request']);
  });
});
