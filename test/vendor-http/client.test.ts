import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import { createHttpClient, type HttpClient } from '../../src/vendor-http/client.ts';
import { startVendor, testTimeout, toLookupError, type Vendor } from './vendor.ts';

const cap = 2 * 1024 * 1024;

let vendor: Vendor;
let client: HttpClient;
let answer: RequestListener;

beforeEach(async () => {
  vendor = await startVendor((request, response) => answer(request, response));
  client = createHttpClient();
});

afterEach(async () => {
  client.close();
  await vendor.close();
});

const get = (target = '/', headers: Record<string, string> = {}) =>
  client.get({ url: vendor.url + target, headers, signal: testTimeout() });

/** Long enough for an unwanted event to happen. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

const answerWith = (status: number, headers: Record<string, string>, body: string | Buffer) => {
  answer = (_request, response) => response.writeHead(status, headers).end(body);
};

describe('an answer', () => {
  test.each([200, 204, 302, 400, 404, 429, 500, 503])(
    'of status %i is returned, not thrown',
    async (status) => {
      answerWith(status, { 'Retry-After': '7' }, status === 204 ? '' : '{"code":1}');
      const reply = await get();
      expect(reply.status).toBe(status);
      expect(reply.body).toBe(status === 204 ? '' : '{"code":1}');
      expect(reply.header('retry-after')).toBe('7');
      expect(reply.header('x-absent')).toBeUndefined();
    },
  );

  test('whose header came twice gives the first', async () => {
    answer = (_request, response) => response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end();
    expect((await get()).header('set-cookie')).toBe('a=1');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('packed with %s is unpacked', async (encoding, pack) => {
    answerWith(200, { 'Content-Encoding': encoding }, pack('{"任务":"😀"}'));
    expect((await get()).body).toBe('{"任务":"😀"}');
  });

  test('keeps a character whose bytes arrive one by one', async () => {
    answer = async (_request, response) => {
      for (const byte of Buffer.from('任😀')) {
        await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
        await new Promise(setImmediate);
      }
      response.end();
    };
    expect((await get()).body).toBe('任😀');
  });
});

describe('the request', () => {
  test('has exactly the given URL', async () => {
    answerWith(200, {}, '{}');
    const target =
      '/a%2Fb//c?x=%0D%0A%27%2F%20%26%3D%23%00&y=*~!()&z=%E4%BB%BB&empty=&plus=+&%7e%41=%2f&Z=1&Z=2&q=?/:@';
    await get(target);
    expect(vendor.targets).toEqual([target]);
  });

  test('keeps every escape of our own encoder', async () => {
    answerWith(200, {}, '{}');
    const everyByte = Array.from(
      { length: 128 },
      (_, code) => `%${code.toString(16).toUpperCase().padStart(2, '0')}`,
    );
    const target = `/?id=${everyByte.join('')}%F0%9F%98%80`;
    await get(target);
    expect(vendor.targets).toEqual([target]);
  });

  test('carries the headers it was given, and no body', async () => {
    answerWith(200, {}, '{}');
    await get('/', { authorization: 'Basic QTpC', host: 'vendor.example', 'x-date': '20260102T030405Z' });
    expect(vendor.headers[0]).toMatchObject({
      authorization: 'Basic QTpC',
      host: 'vendor.example',
      'x-date': '20260102T030405Z',
      accept: 'application/json',
    });
    expect(vendor.headers[0]).not.toHaveProperty('content-length');
    expect(vendor.headers[0]).not.toHaveProperty('transfer-encoding');
  });

  test.each([301, 302, 303, 307, 308])('does not follow a redirect of status %i', async (status) => {
    answerWith(status, { Location: '/elsewhere' }, '');
    expect(await get('/asked', { authorization: 'secret' })).toMatchObject({ status });
    expect(vendor.targets).toEqual(['/asked']);
  });

  test.each([408, 413, 429, 500, 502, 503, 504])('is not sent again after status %i', async (status) => {
    answerWith(status, { 'Retry-After': '0' }, '');
    await get('/?nonce=1');
    expect(vendor.targets).toEqual(['/?nonce=1']);
  });

  test('does not return a cookie that the vendor set', async () => {
    answerWith(200, { 'Set-Cookie': 'a=1' }, '');
    await get();
    await get();
    expect(vendor.headers.map(({ cookie }) => cookie)).toEqual([undefined, undefined]);
  });
});

describe('the connection', () => {
  test('is used again for one call after another, whatever the status', async () => {
    const statuses = [200, 404, 302, 500, 204, 200];
    answer = (_request, response) =>
      response
        .writeHead(statuses[vendor.targets.length - 1] ?? 200, { 'Content-Encoding': 'gzip' })
        .end(gzipSync('{}'));
    for (const status of statuses) expect(await get()).toMatchObject({ status });
    expect(vendor.connections).toBe(1);
  });

  test('is a separate one for each concurrent call', async () => {
    const waiting: (() => void)[] = [];
    answer = (_request, response) => {
      waiting.push(() => response.end('{}'));
      if (waiting.length === 3) for (const go of waiting) go();
    };
    await Promise.all([get(), get(), get()]);
    expect(vendor.connections).toBe(3);
  });

  test('is usable for the next call after an answer that was too long', async () => {
    answer = (_request, response) => response.end(vendor.targets.length === 1 ? Buffer.alloc(4 * cap) : '{}');
    await toLookupError(get());
    expect((await get()).body).toBe('{}');
  });
});

describe('confirmation of a call', () => {
  const callWith = (confirm: () => Promise<void>, signal = testTimeout()) =>
    client.get({ url: vendor.url, signal, confirm });

  test.each(['a new connection', 'one that was kept'])(
    'is asked for once there is %s, and nothing is written before it',
    async (which) => {
      answerWith(200, {}, '{}');
      if (which === 'one that was kept') await get();
      const before = vendor.targets.length;
      const granted = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      const reply = callWith(() => {
        asked.resolve();
        return granted.promise;
      });
      await asked.promise;
      await vendor.connected(1);
      await pause();
      expect(vendor.targets).toHaveLength(before);
      granted.resolve();
      expect((await reply).body).toBe('{}');
      expect(vendor.connections).toBe(1);
    },
  );

  test('that is refused is the error of the call, which is not sent, and whose connection is closed', async () => {
    const refusal = new LookupError('RATE_LIMITED', 'Not now.');
    const refuse = async () => {
      await vendor.connected(1);
      throw refusal;
    };
    expect(await toLookupError(callWith(refuse))).toBe(refusal);
    await vendor.disconnected();
    expect(vendor.targets).toEqual([]);
  });

  test('on a connection that breaks meanwhile fails only this call', async () => {
    answerWith(200, {}, '{}');
    const error = await toLookupError(
      callWith(async () => {
        await vendor.connected(1);
        vendor.disconnect();
        await pause();
      }),
    );
    expect(error.code).toBe('UNAVAILABLE');
    expect((await get()).status).toBe(200);
  });

  test('that does not come before the deadline is a timeout', async () => {
    const granted = Promise.withResolvers<void>();
    const signal = AbortSignal.timeout(100);
    signal.addEventListener('abort', () => granted.resolve());
    expect(await toLookupError(callWith(() => granted.promise, signal))).toMatchObject({ code: 'TIMEOUT' });
    expect(vendor.targets).toEqual([]);
  });
});

describe('a body', () => {
  const plain = { name: 'plain', headers: {}, pack: (body: Buffer) => body };
  const gzip = { name: 'gzip', headers: { 'Content-Encoding': 'gzip' }, pack: gzipSync };

  test.each([plain, gzip])('of exactly 2 MB unpacked is read ($name)', async ({ headers, pack }) => {
    answerWith(200, headers, pack(Buffer.alloc(cap, 'a')));
    expect((await get()).body).toHaveLength(cap);
  });

  test.each([plain, gzip])('of one byte more is a bad response ($name)', async ({ headers, pack }) => {
    answerWith(200, headers, pack(Buffer.alloc(cap + 1, 'a')));
    expect(await toLookupError(get())).toMatchObject({ code: 'BAD_RESPONSE' });
  });

  /** Sends pieces until the client disconnects; resolves with whether it did before the last piece. */
  const sendUntilHungUp = (piece: Buffer, pieces: number, headers: Record<string, string>) =>
    new Promise<boolean>((resolve) => {
      answer = async (_request, response) => {
        response.writeHead(200, headers);
        response.on('close', () => resolve(true));
        for (let sent = 0; sent < pieces && !response.destroyed; sent += 1) {
          await new Promise((written) => response.write(piece, written));
          await new Promise(setImmediate);
        }
        resolve(response.destroyed);
        response.end();
      };
    });

  test('that is endless ends the connection long before 256 MB were sent', async () => {
    const hungUp = sendUntilHungUp(Buffer.alloc(64 * 1024, 'a'), 4_096, {});
    expect(await toLookupError(get())).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(await hungUp).toBe(true);
  });

  test('that is an endless gzip bomb ends the connection long before 16 GB were unpacked', async () => {
    // A gzip body may be many members one after another; each of these is 1 kB for 1 MB.
    const member = gzipSync(Buffer.alloc(1024 * 1024));
    const hungUp = sendUntilHungUp(member, 16_384, gzip.headers);
    expect(await toLookupError(get())).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(await hungUp).toBe(true);
  });

  test('of 60 kB that unpacks to 64 MB is a bad response', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    answerWith(200, gzip.headers, bomb);
    expect(await toLookupError(get())).toMatchObject({ code: 'BAD_RESPONSE' });
  });
});
