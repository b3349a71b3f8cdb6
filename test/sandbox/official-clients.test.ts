import RPCClient from '@alicloud/pop-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Service } from '@volcengine/openapi';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});

afterAll(() => sandbox.close());

describe("Aliyun's own client", () => {
  function client(key: { id: string; secret: string; token?: string }) {
    return new RPCClient({
      endpoint: sandbox.urls.aliyunVod,
      apiVersion: '2017-03-21',
      accessKeyId: key.id,
      accessKeySecret: key.secret,
      ...(key.token !== undefined && { securityToken: key.token }),
    });
  }

  const ask = (rpc: RPCClient, parameters: object, options?: object) =>
    rpc.request<{ TranscodeTask: { TaskStatus: string } }>('GetTranscodeTask', parameters, options);

  it.each(['GET', 'POST'])('gets a task by %s', async (method) => {
    const answer = await ask(
      client(sandbox.credentials.aliyunVod),
      { TranscodeTaskId: 'all-succeeded' },
      { method },
    );
    expect(answer.TranscodeTask.TaskStatus).toBe('CompleteAllSucc');
  });

  it('gets a task with a temporary key', async () => {
    const answer = await ask(client(sandbox.credentials.aliyunVodTemporary), {
      TranscodeTaskId: 'processing',
    });
    expect(answer.TranscodeTask.TaskStatus).toBe('Processing');
  });

  it('is understood with every character an id can hold', async () => {
    const asking = ask(client(sandbox.credentials.aliyunVod), {
      TranscodeTaskId: "a b+c*d~e'(f)!/&=%é任务😀\r\n",
    });
    await expect(asking).rejects.toMatchObject({ code: 'NoSuchResource' });
  });

  it('is refused with a wrong secret', async () => {
    const asking = ask(client({ ...sandbox.credentials.aliyunVod, secret: 'wrong' }), {
      TranscodeTaskId: 'partial',
    });
    await expect(asking).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('is refused with a temporary key and no token', async () => {
    const { id, secret } = sandbox.credentials.aliyunVodTemporary;
    const asking = ask(client({ id, secret }), { TranscodeTaskId: 'partial' });
    await expect(asking).rejects.toMatchObject({ code: 'MissingSecurityToken' });
  });
});

describe("Volcengine's own client", () => {
  function client(key: { id: string; secret: string; token?: string }) {
    return new Service({
      serviceName: 'rtc',
      host: new URL(sandbox.urls.volcengine).host,
      protocol: 'http:',
      region: 'cn-north-1',
      defaultVersion: '2020-12-01',
      accessKeyId: key.id,
      secretKey: key.secret,
      ...(key.token !== undefined && { sessionToken: key.token }),
    });
  }

  const webcast = { AppId: 'any app*~!', RoomId: "any room'()", TaskId: 'running' };

  it('gets a web cast', async () => {
    const answer = await client(sandbox.credentials.volcengine).fetchOpenAPI({
      Action: 'GetWebCastTask',
      query: webcast,
    });
    expect(answer.Result).toMatchObject({ WebCastTask: { Status: 2, EndTime: 0 } });
  });

  it('gets a whiteboard transcode with a temporary key', async () => {
    const answer = await client(sandbox.credentials.volcengineTemporary).fetchOpenAPI({
      Action: 'WbTranscodeQuery',
      query: { app_id: 'demo-app', task_id: 'done' },
    });
    expect(answer.Result).toEqual({ status: 2, progress: 100, err_code: 0, err_msg: '' });
  });

  it('is refused with a wrong secret', async () => {
    const asking = client({ ...sandbox.credentials.volcengine, secret: 'wrong' }).fetchOpenAPI({
      Action: 'GetWebCastTask',
      query: webcast,
    });
    const answer = await asking.catch((refusal: { response: { data: unknown } }) => refusal.response.data);
    expect(answer).toMatchObject({
      ResponseMetadata: { Action: 'GetWebCastTask', Error: { CodeN: 100010, Code: 'SignatureDoesNotMatch' } },
    });
  });
});
