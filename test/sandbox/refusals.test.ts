import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type ProviderName, type Sandbox } from '../../sandbox/index.ts';
import { ask, control, type Outgoing, send, signed } from './clients.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const MINUTE = 60_000;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox({
    now: () => NOW,
    quotas: { visionular: 1_000, zego: 1_000, 'aliyun-vod': 1_000 },
  });
});

afterAll(() => sandbox.close());

/** The status and the vendor's code of the answer to a request that was changed after it was signed. */
async function verdict(
  provider: ProviderName,
  parameters: Record<string, string>,
  change: (request: Outgoing) => Outgoing = (request) => request,
  at = NOW,
): Promise<unknown[]> {
  const { status, text } = await send(change(signed[provider](sandbox, parameters, at)));
  const body = JSON.parse(text);
  return [status, body.Code ?? body.code ?? body.ResponseMetadata?.Error?.Code ?? 'fine'];
}

const url = (edit: (url: string) => string) => (request: Outgoing) => ({
  ...request,
  url: edit(request.url),
});

const header = (name: string, value: string) => (request: Outgoing) => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

const headerEdited = (name: string, edit: (value: string) => string) => (request: Outgoing) =>
  header(name, edit(request.headers?.[name] ?? ''))(request);

describe('Aliyun refuses', () => {
  const task = { TranscodeTaskId: 'processing' };

  it.each([
    ['another action', { Action: 'DeleteVideo' }, 404, 'InvalidAction.NotFound'],
    ['another version', { Version: '2015-01-01' }, 400, 'NoSuchVersion'],
    ['an unknown access key', { AccessKeyId: 'nobody' }, 404, 'InvalidAccessKeyId.NotFound'],
    ['another signature method', { SignatureMethod: 'HMAC-MD5' }, 400, 'IncompleteSignature'],
    ['a token of nobody', { SecurityToken: 'x' }, 400, 'InvalidSecurityToken.MismatchWithAccessKey'],
    ['a missing nonce', { SignatureNonce: '' }, 400, 'MissingParameter'],
    ['a missing timestamp', { Timestamp: '' }, 400, 'IllegalTimestamp'],
    [
      'a timestamp with milliseconds',
      { Timestamp: '2026-01-02T03:04:05.000Z' },
      400,
      'InvalidTimeStamp.Format',
    ],
    ['no task at all', { TranscodeTaskId: '' }, 400, 'MissingParameter'],
    ['eleven jobs', { TranscodeTaskId: '', JobIds: 'a,b,c,d,e,f,g,h,i,j,k' }, 400, 'InvalidParameter'],
  ])('%s', async (_, changed, status, code) => {
    expect(await verdict('aliyun-vod', { ...task, ...changed })).toEqual([status, code]);
  });

  it.each([
    [
      'a task id changed after signing',
      (u: string) => u.replace('processing', 'partial'),
      'SignatureDoesNotMatch',
    ],
    ['a parameter added after signing', (u: string) => `${u}&Extra=1`, 'SignatureDoesNotMatch'],
    ['a parameter sent twice', (u: string) => `${u}&TranscodeTaskId=processing`, 'InvalidParameter'],
  ])('%s', async (_, edit, code) => {
    expect(await verdict('aliyun-vod', task, url(edit))).toEqual([400, code]);
  });

  it('a clock that is more than fifteen minutes off, either way', async () => {
    const at = (offset: number) => verdict('aliyun-vod', task, undefined, NOW + offset);
    expect(await at(-15 * MINUTE)).toEqual([200, 'fine']);
    expect(await at(15 * MINUTE)).toEqual([200, 'fine']);
    expect(await at(-16 * MINUTE)).toEqual([400, 'InvalidTimeStamp.Expired']);
    expect(await at(16 * MINUTE)).toEqual([400, 'InvalidTimeStamp.Expired']);
  });

  it('a malformed percent-encoding, in XML since no Format can be read', async () => {
    const request = signed['aliyun-vod'](sandbox, task, NOW);
    const { status, text } = await send({ ...request, url: `${request.url}&a=%zz` });
    expect([status, text]).toEqual([400, expect.stringContaining('<Code>InvalidParameter</Code>')]);
  });

  it('in XML, unless JSON is asked for in any case', async () => {
    const xml = await send(
      signed['aliyun-vod'](sandbox, { TranscodeTaskId: 'no-such-task', Format: 'XML' }, NOW),
    );
    expect(xml.headers['content-type']).toMatch(/xml/);
    expect(xml.text).toMatch(/<Error><RequestId>.*<Code>NoSuchResource<\/Code>.*<\/Error>$/);
    expect(await verdict('aliyun-vod', { ...task, Format: 'json' })).toEqual([200, 'fine']);
  });
});

describe('Volcengine refuses', () => {
  const task = { AppId: 'demo-app', RoomId: 'demo-room', TaskId: 'running' };
  const ofTask = (change?: (request: Outgoing) => Outgoing, at?: number) =>
    verdict('volcengine-webcast', task, change, at);
  const authorization = (edit: (value: string) => string) => headerEdited('authorization', edit);

  it.each([
    [
      'a task id changed after signing',
      url((u) => u.replace('running', 'ended')),
      401,
      'SignatureDoesNotMatch',
    ],
    ['a body other than the stated one', header('x-content-sha256', 'e3b0'), 401, 'SignatureDoesNotMatch'],
    ['a token that is not signed', header('x-security-token', 'x'), 401, 'InvalidSecretToken'],
    ['an unknown access key', authorization((a) => a.replace('SANDBOX', 'NOBODY')), 401, 'InvalidAccessKey'],
    ['another service', authorization((a) => a.replace('/rtc/', '/ecs/')), 400, 'InvalidCredential'],
    [
      'a date other than that of X-Date',
      authorization((a) => a.replace('2026', '2025')),
      400,
      'InvalidCredential',
    ],
    ['an unsigned X-Date', authorization((a) => a.replace(';x-date', '')), 400, 'InvalidAuthorization'],
    ['an unreadable Authorization', authorization(() => 'Bearer x'), 400, 'InvalidAuthorization'],
    ['no Authorization', authorization(() => ''), 401, 'MissingAuthenticationToken'],
    ['a malformed X-Date', header('x-date', '2026-01-02'), 400, 'InvalidTimestamp'],
    ['no X-Date', header('x-date', ''), 400, 'MissingRequestInfo'],
    ['a parameter sent twice', url((u) => `${u}&TaskId=running`), 200, 'InvalidParameter'],
    ['another version', url((u) => u.replace('2020-12-01', '1999-01-01')), 404, 'InvalidActionOrVersion'],
    ['another action', url((u) => u.replace('GetWebCastTask', 'StopWebcast')), 404, 'InvalidActionOrVersion'],
  ])('%s', async (_, change, status, code) => {
    expect(await ofTask(change)).toEqual([status, code]);
  });

  it('a request fifteen minutes after its X-Date, or after what X-Expires allows', async () => {
    const expiring = { ...task, 'X-Expires': '60' };
    expect(await ofTask(undefined, NOW - 15 * MINUTE)).toEqual([200, 'fine']);
    expect(await ofTask(undefined, NOW - 16 * MINUTE)).toEqual([400, 'InvalidTimestamp']);
    expect(await ofTask(undefined, NOW + 16 * MINUTE)).toEqual([400, 'InvalidTimestamp']);
    expect(await verdict('volcengine-webcast', expiring, undefined, NOW - MINUTE)).toEqual([200, 'fine']);
    expect(await verdict('volcengine-webcast', expiring, undefined, NOW - 2 * MINUTE)).toEqual([
      400,
      'InvalidTimestamp',
    ]);
  });

  it.each([
    ['an app that does not exist', { ...task, AppId: 'no-such-app' }, 200, 'InvalidParameter.NotExistAppId'],
    ['a question without a room', { ...task, RoomId: '' }, 400, 'MissingParameter'],
    [
      'with another status in the newer version',
      { ...task, TaskId: 'no-such-task', Version: '2023-11-01' },
      400,
      'InvalidParameter.ErrorActiveTaskNotFound',
    ],
  ])('%s', async (_, parameters, status, code) => {
    expect(await verdict('volcengine-webcast', parameters)).toEqual([status, code]);
  });
});

describe('ZEGO refuses, always with HTTP 200,', () => {
  const task = { Vendor: 'Tencent', TaskId: 'compose' };

  it.each([
    ['an AppId that is no number', { AppId: 'x' }, 100000001],
    ['an AppId over 32 bits', { AppId: '4294967296' }, 100000001],
    ['a missing Timestamp', { Timestamp: '' }, 100000002],
    ['a Timestamp in milliseconds', { Timestamp: String(NOW) }, 100000003],
    ['a missing Action', { Action: '' }, 100000006],
    ['another Action', { Action: 'StartMix' }, 100000007],
    ['a missing nonce', { SignatureNonce: '' }, 100000008],
    ['a missing Signature', { Signature: '' }, 100000009],
    ['an unknown AppId', { AppId: '1' }, 100000010],
    ['a missing SignatureVersion', { SignatureVersion: '' }, 100000013],
    ['another SignatureVersion', { SignatureVersion: '1.0' }, 100000014],
    ['a wrong signature', { Signature: createHash('md5').update('x').digest('hex') }, 100000005],
    ['a missing TaskId', { TaskId: '' }, 2],
    ['another Vendor', { Vendor: 'Amazon' }, 4],
  ])('%s', async (_, changed, code) => {
    expect(await verdict('zego', { ...task, ...changed })).toEqual([200, code]);
  });

  it('a clock that is more than ten minutes off', async () => {
    expect(await verdict('zego', task, undefined, NOW - 10 * MINUTE)).toEqual([200, 0]);
    expect(await verdict('zego', task, undefined, NOW - 11 * MINUTE)).toEqual([200, 100000004]);
    expect(await verdict('zego', task, undefined, NOW + 11 * MINUTE)).toEqual([200, 100000004]);
  });

  it('the same request a second time, and a parameter sent twice', async () => {
    const request = signed.zego(sandbox, task, NOW);
    await send(request);
    expect(JSON.parse((await send(request)).text).Code).toBe(100000005);
    expect(
      await verdict(
        'zego',
        task,
        url((u) => `${u}&TaskId=other`),
      ),
    ).toEqual([200, 2]);
  });
});

describe('Visionular refuses', () => {
  it.each([
    ['a wrong secret', header('authorization', `Basic ${btoa('SANDBOXVISIONULA:wrong')}`), 1003],
    ['no credentials', header('authorization', ''), 1003],
    ['a missing task_id', url((u) => u.replace('success', '')), 1001],
    ['a parameter sent twice', url((u) => `${u}&task_id=fail`), 1002],
  ])('%s', async (_, change, code) => {
    expect(await verdict('visionular', { task_id: 'success' }, change)).toEqual([200, code]);
  });

  it('a signature whose Date is more than fifteen minutes off', async () => {
    const authorization = 'Visionular AccessKeyId=SANDBOXVISIONULA, Signature=x';
    const { text } = await send({
      url: `${sandbox.urls.visionular}?task_id=success`,
      headers: { date: new Date(NOW - 16 * MINUTE).toUTCString(), authorization },
    });
    expect(JSON.parse(text).code).toBe(1003);
  });
});

describe('Every vendor', () => {
  it('refuses other paths and methods, and counts what it refused by reason', async () => {
    await control(sandbox, 'DELETE /stats');
    const request = signed.zego(sandbox, { Vendor: 'Tencent', TaskId: 'compose' }, NOW);
    expect((await send({ ...request, url: request.url.replace('/?', '/other?') })).status).toBe(404);
    expect((await send({ ...request, method: 'POST' })).status).toBe(405);
    await ask(sandbox, 'zego', { Vendor: 'Amazon', TaskId: 'compose' }, NOW);
    const { body } = await control(sandbox, 'GET /stats');
    expect(body.zego).toMatchObject({
      calls: 3,
      answered: 0,
      refused: { 'HTTP 404': 1, 'HTTP 405': 1, 4: 1 },
    });
  });

  it('survives a request that is no request', async () => {
    await expect(
      send({ url: sandbox.urls.zego, method: 'POST', body: 'x'.repeat(70_000) }),
    ).rejects.toThrow();
    expect((await ask(sandbox, 'zego', { Vendor: 'Tencent', TaskId: 'compose' }, NOW)).body.Code).toBe(0);
  });
});
