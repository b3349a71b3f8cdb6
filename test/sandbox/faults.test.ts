import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createGunzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { faultNames } from '../../sandbox/index.ts';
import { control, send } from './http.ts';
import { openPlainSandbox, type PlainSandbox } from './plain-sandbox.ts';

const openedAt = Date.parse('2026-01-02T03:04:05Z');

let clock: number;
let sandbox: PlainSandbox;

beforeEach(async () => {
  clock = openedAt;
  sandbox = await openPlainSandbox(() => clock);
});

afterEach(() => sandbox.close());

async function switchOn(setting: object): Promise<void> {
  expect((await control(sandbox, 'PUT /faults/visionular', setting)).status).toBe(200);
}

const ask = () => send(sandbox.toRequest('success'));

/** The head of the answer, its body still to be read. */
function start(): Promise<IncomingMessage> {
  const { url, headers } = sandbox.toRequest('success');
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers }, resolve).on('error', reject).end();
  });
}

const errorCodeOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => 'no error',
    (error: NodeJS.ErrnoException) => error.code,
  );

/** Far more than anybody reads of an answer. */
const tooMuch = 20_000_000;

/** Reads until it is too much. */
async function countBytes(stream: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  for await (const piece of stream) {
    count += piece.length;
    if (count > tooMuch) break;
  }
  return count;
}

const stats = async () => (await control(sandbox, 'GET /stats')).body.visionular;

describe('A vendor with the fault', () => {
  it('down resets the connection before any header', async () => {
    await switchOn({ fault: 'down' });
    expect(await errorCodeOf(ask())).toBe('ECONNRESET');
  });

  it.each([
    [{ fault: 'error' }, 500, undefined, 1000],
    [{ fault: 'throttled', retryAfter: 'Fri, 31 Dec 9999' }, 429, 'Fri, 31 Dec 9999', 1005],
    [{ fault: 'too-many-requests', retryAfter: '-1' }, 429, '-1', 1005],
    [{ fault: 'wrong-credentials' }, 200, undefined, 1003],
  ])('%j answers in its own error form', async (setting, status, retryAfter, code) => {
    await switchOn(setting);
    const answer = await ask();
    expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(JSON.parse(answer.text).code).toBe(code);
  });

  it('slow gives the right answer after its delay', async () => {
    await switchOn({ fault: 'slow', ms: 1 });
    expect(JSON.parse((await ask()).text).data.status).toBe('success');
    await switchOn({ fault: 'slow', ms: 3_600_000 });
    const asking = errorCodeOf(ask());
    while ((await stats()).answered < 2);
    await control(sandbox, 'DELETE /faults');
    expect((await ask()).status).toBe(200);
    while ((await stats()).inFlight > 1);
    expect((await stats()).inFlight).toBe(1);
    await sandbox.close();
    expect(await asking).toBe('ECONNRESET');
  });

  it('hang takes the request and does not answer it, and does not keep the sandbox from closing', async () => {
    await switchOn({ fault: 'hang' });
    const asking = errorCodeOf(ask());
    while ((await stats()).inFlight === 0);
    await sandbox.close();
    expect(await asking).toBe('ECONNRESET');
  });

  it('garbage answers 200 with no JSON', async () => {
    await switchOn({ fault: 'garbage' });
    const { status, headers, text } = await ask();
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('application/json')]);
    expect(() => JSON.parse(text)).toThrow();
  });

  it('garbage can be any body', async () => {
    const body = '{"status":9007199254740993,"status":2}';
    await switchOn({ fault: 'garbage', body });
    expect((await ask()).text).toBe(body);
  });

  it('reset-mid-body ends in the middle of the right answer', async () => {
    await switchOn({ fault: 'reset-mid-body' });
    const response = await start();
    const promised = Number(response.headers['content-length']);
    let received = 0;
    response.on('data', (piece: Buffer) => {
      received += piece.length;
    });
    const [error] = await once(response, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(received).toBeLessThan(promised);
  });

  it('huge sends far more than anybody reads', async () => {
    await switchOn({ fault: 'huge' });
    expect(await countBytes(await start())).toBeGreaterThan(tooMuch);
  });

  it('gzip-bomb sends few bytes that unpack to far more than anybody reads', async () => {
    await switchOn({ fault: 'gzip-bomb' });
    const response = await start();
    let packed = 0;
    response.on('data', (piece: Buffer) => {
      packed += piece.length;
    });
    expect(await countBytes(response.pipe(createGunzip()))).toBeGreaterThan(tooMuch);
    expect(packed).toBeLessThan(1_000_000);
    response.destroy();
  });

  it('deep nests 200,000 lists', async () => {
    await switchOn({ fault: 'deep' });
    expect((await ask()).text).toMatch(/^\[{200000}\]{200000}$/);
  });

  it('other-task answers about a task that was not asked for', async () => {
    await switchOn({ fault: 'other-task' });
    expect((await sandbox.ask('success')).body.data.task_id).toBe('load-0');
    expect((await sandbox.ask('load-0')).body.data.task_id).toBe('load-1');
  });

  it.each([660_000, -660_000])('clock is wrong by %i ms, also in the Date header', async (ms) => {
    await switchOn({ fault: 'clock', ms });
    expect(Date.parse((await ask()).headers.date ?? '')).toBe(clock + ms);
  });

  it('flap alternates between working and down', async () => {
    await switchOn({ fault: 'flap', ms: 500 });
    const turns: unknown[] = [];
    for (const ms of [0, 499, 500, 999, 1_000]) {
      clock = openedAt + ms;
      turns.push(await errorCodeOf(ask()));
    }
    expect(turns).toEqual(['no error', 'no error', 'ECONNRESET', 'ECONNRESET', 'no error']);
  });
});

describe('A fault', () => {
  it('can affect a single task', async () => {
    await switchOn({ fault: 'error', taskId: 'success' });
    expect((await ask()).status).toBe(500);
    expect((await sandbox.ask('running')).status).toBe(200);
  });

  it.each(faultNames)(
    '%s ends when it is switched off, and a disconnected client is not in flight',
    async (fault) => {
      await switchOn({ fault });
      const { url, headers } = sandbox.toRequest('success');
      const { host, port, pathname, search } = new URL(url);
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`);
      while ((await stats()).calls === 0);
      socket.destroy();
      await control(sandbox, 'DELETE /faults');
      while ((await stats()).inFlight > 0);
      expect(JSON.parse((await ask()).text).data.status).toBe('success');
    },
  );
});
