import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createGunzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox, faultNames, type Sandbox } from '../../sandbox/index.ts';
import { ask, control, send, signed } from './clients.ts';

const whiteboard = { app_id: 'demo-app', task_id: 'done' };
const zego = { Vendor: 'Tencent', TaskId: 'compose' };

let clock: number;
let sandbox: Sandbox;

beforeEach(async () => {
  clock = Date.parse('2026-01-02T03:04:05Z');
  sandbox = await createSandbox({ now: () => clock });
});

afterEach(() => sandbox.close());

/** Switches a fault on at the whiteboard API. */
async function spoil(setting: object): Promise<void> {
  expect((await control(sandbox, 'PUT /faults/volcengine-whiteboard', setting)).status).toBe(200);
}

const askSpoiled = () => send(signed['volcengine-whiteboard'](sandbox, whiteboard, clock));

/** The head of the answer, its body still to be read. */
function startSpoiled(): Promise<IncomingMessage> {
  const { url, headers } = signed['volcengine-whiteboard'](sandbox, whiteboard, clock);
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers: { ...headers } }, resolve)
      .on('error', reject)
      .end();
  });
}

async function errorCodeOf(asking: Promise<unknown>): Promise<unknown> {
  return asking.then(
    () => 'no error',
    (problem: NodeJS.ErrnoException) => problem.code,
  );
}

async function countBytes(stream: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  for await (const piece of stream) count += piece.length;
  return count;
}

describe('A vendor with the fault', () => {
  it('down resets the connection before any header', async () => {
    await spoil({ fault: 'down' });
    expect(await errorCodeOf(askSpoiled())).toBe('ECONNRESET');
  });

  it.each([
    [{ fault: 'error' }, 500, 'InternalError'],
    [{ fault: 'unavailable', retryAfter: 30 }, 503, 'FailToConnect'],
    [
      { fault: 'throttled', retryAfter: 'Fri, 31 Dec 9999 23:59:59 GMT' },
      200,
      'FlowLimitExceeded.QPSOverLimit',
    ],
    [{ fault: 'too-many-requests', retryAfter: '-1' }, 429, 'FlowLimitExceeded.QPSOverLimit'],
    [{ fault: 'wrong-credentials' }, 401, 'SignatureDoesNotMatch'],
  ])('%j answers in its own error form', async (setting, status, code) => {
    await spoil(setting);
    const answer = await askSpoiled();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).ResponseMetadata.Error.Code).toBe(code);
    expect(answer.headers['retry-after']).toBe(
      'retryAfter' in setting ? String(setting.retryAfter) : undefined,
    );
  });

  it.each([
    ['aliyun-vod', { TranscodeTaskId: 'x' }, { Code: 'ServiceUnAvailable' }],
    ['visionular', { task_id: 'x' }, { code: 1000 }],
    ['volcengine-webcast', { TaskId: 'x' }, { ResponseMetadata: { Error: { Code: 'FailToConnect' } } }],
    ['zego', { TaskId: 'x' }, { Code: 100000015 }],
  ] as const)('unavailable says so in the form of %s', async (provider, parameters, body) => {
    await control(sandbox, `PUT /faults/${provider}`, { fault: 'unavailable' });
    expect(await ask(sandbox, provider, parameters, clock)).toMatchObject({ status: 503, body });
  });

  it('slow gives the right answer late', async () => {
    await spoil({ fault: 'slow', ms: 1 });
    expect(JSON.parse((await askSpoiled()).text).Result.status).toBe(2);
  });

  it('hang takes the request and says nothing, and does not keep the sandbox from closing', async () => {
    await spoil({ fault: 'hang' });
    const asking = errorCodeOf(askSpoiled());
    while ((await control(sandbox, 'GET /stats')).body['volcengine-whiteboard'].inFlight === 0);
    await sandbox.close();
    expect(await asking).toBe('ECONNRESET');
  });

  it.each([
    ['garbage', 'application/json'],
    ['html', 'text/html'],
  ])('%s answers 200 with no JSON', async (fault, contentType) => {
    await spoil({ fault });
    const { status, headers, text } = await askSpoiled();
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining(contentType)]);
    expect(() => JSON.parse(text)).toThrow();
  });

  it('garbage can be any body', async () => {
    const body = '{"Result":{"status":9007199254740993,"status":2}}';
    await spoil({ fault: 'garbage', body });
    expect((await askSpoiled()).text).toBe(body);
  });

  it.each(['truncated', 'reset-mid-body'])(
    '%s breaks off in the middle of the right answer',
    async (fault) => {
      await spoil({ fault });
      const response = await startSpoiled();
      const promised = Number(response.headers['content-length']);
      let received = 0;
      response.on('data', (piece: Buffer) => {
        received += piece.length;
      });
      const [problem] = await once(response, 'error');
      expect(problem).toMatchObject({ code: 'ECONNRESET' });
      expect(received).toBeLessThan(promised);
    },
  );

  it('drip sends the right answer a byte at a time', async () => {
    await spoil({ fault: 'drip', ms: 1 });
    const response = await startSpoiled();
    let pieces = 0;
    let text = '';
    for await (const piece of response.setEncoding('utf8')) {
      pieces += 1;
      text += piece;
    }
    expect(JSON.parse(text).Result.status).toBe(2);
    expect(pieces).toBeGreaterThan(text.length / 4);
  });

  it('huge sends 100 MB', async () => {
    await spoil({ fault: 'huge' });
    expect(await countBytes(await startSpoiled())).toBeGreaterThan(100_000_000);
  });

  it('gzip-bomb sends little that unpacks to a lot', async () => {
    await spoil({ fault: 'gzip-bomb' });
    const response = await startSpoiled();
    let packed = 0;
    response.on('data', (piece: Buffer) => {
      packed += piece.length;
    });
    expect(await countBytes(response.pipe(createGunzip()))).toBe(512_000_000);
    expect(packed).toBeLessThan(1_000_000);
  });

  it('deep nests 200,000 lists', async () => {
    await spoil({ fault: 'deep' });
    const { text } = await askSpoiled();
    expect(text).toMatch(/^\[{200000}\]{200000}$/);
  });

  it('redirect points to another host', async () => {
    await spoil({ fault: 'redirect' });
    const { status, headers } = await askSpoiled();
    expect([status, headers.location]).toEqual([302, 'http://elsewhere.invalid/']);
  });

  it('other-task answers about a task that was not asked for', async () => {
    await control(sandbox, 'PUT /faults/zego', { fault: 'other-task' });
    const taskIn = async (TaskId: string) =>
      (await ask(sandbox, 'zego', { Vendor: 'Tencent', TaskId }, clock)).body.Data.Tencent.TaskId;
    expect(await taskIn('compose')).toBe('load-0');
    expect(await taskIn('load-0')).toBe('load-1');
  });

  it.each([660_000, -660_000])(
    'clock is off by %i ms, says so in its Date, and takes what was signed by it',
    async (ms) => {
      await control(sandbox, 'PUT /faults/zego', { fault: 'clock', ms });
      const { headers, body } = await ask(sandbox, 'zego', zego, clock);
      expect(body.Code).toBe(100000004);
      expect(Date.parse(headers.date ?? '')).toBe(clock + ms);
      expect((await ask(sandbox, 'zego', zego, clock + ms)).body.Code).toBe(0);
    },
  );

  it('flap is fine and down by turns', async () => {
    await spoil({ fault: 'flap', ms: 500 });
    const turns = [];
    for (const ms of [0, 499, 500, 999, 1_000]) {
      clock = Date.parse('2026-01-02T03:04:05Z') + ms;
      turns.push(await errorCodeOf(askSpoiled()));
    }
    expect(turns).toEqual(['no error', 'no error', 'ECONNRESET', 'ECONNRESET', 'no error']);
  });
});

describe('A fault', () => {
  it('stays at the provider it was switched on for, even on a shared host', async () => {
    await spoil({ fault: 'error' });
    const webcast = { AppId: 'a', RoomId: 'r', TaskId: 'ended' };
    expect((await ask(sandbox, 'volcengine-webcast', webcast, clock)).status).toBe(200);
    await control(sandbox, 'DELETE /faults/volcengine-whiteboard');
    expect((await askSpoiled()).status).toBe(200);
  });

  it('can befall one task among all', async () => {
    await spoil({ fault: 'error', taskId: 'done' });
    expect((await askSpoiled()).status).toBe(500);
    const other = { ...whiteboard, task_id: 'running' };
    expect((await ask(sandbox, 'volcengine-whiteboard', other, clock)).status).toBe(200);
  });

  it.each(faultNames)(
    '%s is over once it is switched off, and a client that left is forgotten',
    async (fault) => {
      await spoil({ fault });
      const { port } = new URL(sandbox.urls.volcengine);
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      const { url, headers } = signed['volcengine-whiteboard'](sandbox, whiteboard, clock);
      const head = Object.entries({ host: new URL(url).host, ...headers }).map(
        ([name, value]) => `${name}: ${value}`,
      );
      socket.write(`GET ${url.slice(url.indexOf('/?'))} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
      while ((await control(sandbox, 'GET /stats')).body['volcengine-whiteboard'].calls === 0);
      socket.destroy();
      await control(sandbox, 'DELETE /faults');
      while ((await control(sandbox, 'GET /stats')).body['volcengine-whiteboard'].inFlight > 0);
      expect(JSON.parse((await askSpoiled()).text).Result.status).toBe(2);
    },
  );
});
