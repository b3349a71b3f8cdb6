import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Service } from '@volcengine/openapi';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/index.ts';
import { control, queryOf, sendForJson } from './http.ts';
import { describeVendor, header, type Json, openedAt, type Parameters, url } from './vendor-suite.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const signAction = (Action: string) => (sandbox: Sandbox, parameters: Parameters, now: number) => {
  const { id, secret } = sandbox.credentials.volcengine;
  const query = queryOf({ Action, Version: '2020-12-01', ...parameters });
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/cn-north-1/rtc/request`;
  const { host } = new URL(sandbox.urls.volcengine);
  const canonical = `GET\n/\n${query}\nhost:${host}\nx-date:${date}\n\nhost;x-date\n${sha256('')}`;
  let key: string | Buffer = secret;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key)
    .update(`HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`)
    .digest('hex');
  return {
    url: `${sandbox.urls.volcengine}/?${query}`,
    headers: {
      'x-date': date,
      authorization: `HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=host;x-date, Signature=${signature}`,
    },
  };
};

const codeOf = ({ ResponseMetadata }: Json) => ResponseMetadata.Error?.Code;
const notFound = { ResponseMetadata: { Error: { Code: 'InvalidParameter.ErrorActiveTaskNotFound' } } };
const clock = [15 * 60_000, 400, 'InvalidTimestamp'] as const;
const faults = {
  throttled: [200, 'FlowLimitExceeded.QPSOverLimit'],
  error: [500, 'InternalError'],
  'wrong-credentials': [401, 'SignatureDoesNotMatch'],
};
const authorization = (edit: (value: string) => string) => header('authorization', edit);

describeVendor({
  provider: 'volcengine-webcast',
  sign: signAction('GetWebCastTask'),
  statusOf: ({ Result }) => (Result?.WebCastTask ?? Result?.WebcastTask)?.Status,
  codeOf,
  evolving: [1, 2, 2, 3],
  notFound: { 'volcengine-webcast:demo-app:demo-room:no-such-task': notFound },
  quota: 60,
  faults,
  clock,
  refusals: [
    ['an edited task id', url((u) => u.replace('unknown-state', 'ended')), 401, 'SignatureDoesNotMatch'],
    ['a token that is not signed', header('x-security-token', () => 'x'), 401, 'InvalidSecretToken'],
    [
      'a temporary key without its token',
      authorization((a) => a.replace('VOLCENGINE-KEY', 'VOLCENGINE-TEMPORARY-KEY')),
      401,
      'InvalidSecretToken',
    ],
    ['an unknown access key', authorization((a) => a.replace('SANDBOX', 'UNKNOWN')), 401, 'InvalidAccessKey'],
    ['another service', authorization((a) => a.replace('/rtc/', '/ecs/')), 400, 'InvalidCredential'],
    ['a date not that of X-Date', authorization((a) => a.replace('2026', '2025')), 400, 'InvalidCredential'],
    ['an unsigned X-Date', authorization((a) => a.replace(';x-date', '')), 400, 'InvalidAuthorization'],
    ['no Authorization', authorization(() => ''), 401, 'MissingAuthenticationToken'],
    ['a malformed X-Date', header('x-date', () => '2026-01-02'), 400, 'InvalidTimestamp'],
    ['a parameter sent twice', url((u) => `${u}&TaskId=running`), 200, 'InvalidParameter'],
    ['another version', { Version: '2023-11-01' }, 404, 'InvalidActionOrVersion'],
    ['another action', { Action: 'StopWebcast' }, 404, 'InvalidActionOrVersion'],
    ['a question without a room', { RoomId: '' }, 400, 'MissingParameter'],
  ],
});

describeVendor({
  provider: 'volcengine-whiteboard',
  sign: signAction('WbTranscodeQuery'),
  statusOf: ({ Result }) => Result?.status,
  codeOf,
  evolving: [0, 1, 1, 2],
  notFound: { 'volcengine-whiteboard:demo-app:no-such-task': notFound },
  quota: 10,
  faults,
  clock,
  refusals: [
    ['an edited task id', url((u) => u.replace('not-started', 'done')), 401, 'SignatureDoesNotMatch'],
    ['a question without an app', { app_id: '' }, 400, 'MissingParameter'],
  ],
});

describe('the host of Volcengine', () => {
  let sandbox: Sandbox;

  const open = async (options?: SandboxOptions) => {
    sandbox = await createSandbox(options);
  };

  afterEach(() => sandbox.close());

  it('has a quota and a fault of its own for each action', async () => {
    await open({ now: () => openedAt });
    const askWebcast = (RoomId: string) => {
      const key = { AppId: 'any', RoomId, TaskId: 'running' };
      return sendForJson(signAction('GetWebCastTask')(sandbox, key, openedAt));
    };
    await control(sandbox, 'PUT /faults/volcengine-whiteboard', { fault: 'down' });
    for (let n = 0; n < 11; n += 1) expect((await askWebcast(`room-${n}`)).body.Result).toBeDefined();
    const { body } = await control(sandbox, 'GET /stats');
    expect(body['volcengine-whiteboard'].calls).toBe(0);
    expect(body['volcengine-webcast']).toMatchObject({ answered: 11, refused: {} });
  });

  it('lets a task evolve for each app and room', async () => {
    let now = openedAt;
    await open({ now: () => now });
    const askIn = async (RoomId: string) => {
      const key = { AppId: 'any', RoomId, TaskId: 'evolving-1' };
      return (await sendForJson(signAction('GetWebCastTask')(sandbox, key, now))).body.Result;
    };
    await askIn('one');
    now += 30_000;
    expect(await askIn('one')).toMatchObject({ WebcastTask: { Status: 3 } });
    expect(await askIn('two')).toMatchObject({ WebCastTask: { Status: 1 } });
  });

  it.each([
    [
      'Action=GetWebCastTask&AppId=Your_AppId&RoomId=Your_RoomId&TaskId=Your_TaskId&Version=2020-12-01',
      'e0d808902e8195b411b3f3683359bc6486a60a2b014c6e9d3de05ac2380708c2',
    ],
    [
      'Action=WbTranscodeQuery&Version=2020-12-01&app_id=600000000000000000000000&task_id=0000000000',
      '5e15de04b1f0673dd0e0031552d7adc58f0cb30e226219548eb996d190ad2aef',
    ],
  ])("accepts what the vendor's own signer signs: %s", async (query, signature) => {
    const key = { id: 'testAccessKeyId', secret: 'testAccessKeySecret' };
    await open({ now: () => openedAt, credentials: { volcengine: key } });
    const { body } = await sendForJson({
      url: `${sandbox.urls.volcengine}/?${query}`,
      headers: {
        host: 'rtc.volcengineapi.com',
        'x-content-sha256': sha256(''),
        'x-date': '20260102T030405Z',
        authorization: `HMAC-SHA256 Credential=testAccessKeyId/20260102/cn-north-1/rtc/request, SignedHeaders=host;x-content-sha256;x-date, Signature=${signature}`,
      },
    });
    expect(body).toMatchObject(notFound);
  });

  const askWithOwnClient = (
    key: { id: string; secret: string; token?: string },
    Action: string,
    query: object,
  ) =>
    new Service({
      serviceName: 'rtc',
      host: new URL(sandbox.urls.volcengine).host,
      protocol: 'http:',
      region: 'cn-north-1',
      defaultVersion: '2020-12-01',
      accessKeyId: key.id,
      secretKey: key.secret,
      ...(key.token !== undefined && { sessionToken: key.token }),
    }).fetchOpenAPI({ Action, query });

  const webcast = { AppId: 'any app*~!', RoomId: "any room'()", TaskId: 'running' };

  it("accepts the vendor's own client, with a temporary key as well", async () => {
    await open();
    const { volcengine } = sandbox.credentials;
    const one = await askWithOwnClient(volcengine, 'GetWebCastTask', webcast);
    expect(one.Result).toMatchObject({ WebCastTask: { Status: 2, EndTime: 0 } });
    const task = { app_id: 'demo-app', task_id: 'done' };
    const other = await askWithOwnClient(volcengine.temporary, 'WbTranscodeQuery', task);
    expect(other.Result).toEqual({ status: 2, progress: 100, err_code: 0, err_msg: '' });
  });

  it("refuses the vendor's own client with a wrong secret", async () => {
    await open();
    const key = { ...sandbox.credentials.volcengine, secret: 'wrong' };
    const asking = askWithOwnClient(key, 'GetWebCastTask', webcast);
    const answer = await asking.catch((refusal: { response: { data: unknown } }) => refusal.response.data);
    expect(answer).toMatchObject({
      ResponseMetadata: { Action: 'GetWebCastTask', Error: { CodeN: 100010, Code: 'SignatureDoesNotMatch' } },
    });
  });
});
