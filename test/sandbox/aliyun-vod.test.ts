import { createHmac, randomUUID } from 'node:crypto';
import RPCClient from '@alicloud/pop-core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/index.ts';
import { encode, queryOf, sendForJson } from './http.ts';
import { describeVendor, openedAt, type Parameters, url } from './vendor-suite.ts';

function sign({ urls, credentials }: Sandbox, parameters: Parameters, now: number) {
  const query = queryOf({
    Action: 'GetTranscodeTask',
    Version: '2017-03-21',
    Format: 'JSON',
    AccessKeyId: credentials.aliyunVod.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: `${new Date(now).toISOString().slice(0, 19)}Z`,
    ...parameters,
  });
  const Signature = createHmac('sha1', `${credentials.aliyunVod.secret}&`)
    .update(`GET&%2F&${encode(query)}`)
    .digest('base64');
  return { url: `${urls.aliyunVod}/?${query}&Signature=${encode(Signature)}` };
}

describeVendor({
  provider: 'aliyun-vod',
  sign,
  statusOf: ({ TranscodeTask }) => TranscodeTask?.TaskStatus,
  codeOf: ({ Code }) => Code,
  evolving: ['Processing', 'Processing', 'Partial', 'CompleteAllSucc'],
  notFound: { 'aliyun-vod:no-such-task': { Code: 'NoSuchResource' } },
  quota: 15,
  faults: {
    throttled: [400, 'Throttling.User'],
    error: [500, 'InternalError'],
    'wrong-credentials': [400, 'SignatureDoesNotMatch'],
  },
  clock: [15 * 60_000, 400, 'InvalidTimeStamp.Expired'],
  refusals: [
    ['another action', { Action: 'DeleteVideo' }, 404, 'InvalidAction.NotFound'],
    ['another version', { Version: '2015-01-01' }, 400, 'InvalidParameter'],
    ['an answer in XML', { Format: 'XML' }, 400, 'InvalidParameter'],
    ['an unknown access key', { AccessKeyId: 'unknown' }, 404, 'InvalidAccessKeyId.NotFound'],
    ['an unknown token', { SecurityToken: 'x' }, 400, 'InvalidSecurityToken.MismatchWithAccessKey'],
    ['a missing nonce', { SignatureNonce: '' }, 400, 'MissingParameter'],
    ['milliseconds', { Timestamp: '2026-01-02T03:04:05.000Z' }, 400, 'InvalidTimeStamp.Format'],
    ['no task at all', { TranscodeTaskId: '' }, 400, 'MissingParameter'],
    ['eleven jobs', { TranscodeTaskId: '', JobIds: 'a,b,c,d,e,f,g,h,i,j,k' }, 400, 'InvalidParameter'],
    ['an edited task id', url((u) => u.replace('processing', 'partial')), 400, 'SignatureDoesNotMatch'],
    ['an added parameter', url((u) => `${u}&Extra=1`), 400, 'SignatureDoesNotMatch'],
    ['a parameter sent twice', url((u) => `${u}&TranscodeTaskId=processing`), 400, 'InvalidParameter'],
    ['malformed percent-encoding', url((u) => `${u}&a=%zz`), 400, 'InvalidParameter'],
  ],
});

describe('the host of Aliyun', () => {
  let sandbox: Sandbox;

  const open = async (options?: SandboxOptions) => {
    sandbox = await createSandbox(options);
    return sandbox;
  };

  afterEach(() => sandbox.close());

  it('finds jobs by their ids and names those it does not know', async () => {
    await open();
    const JobIds = 'partial-job-2,nothing-job-1,partial-job-9,all-failed-job-1';
    const { body } = await sendForJson(sign(sandbox, { JobIds }, Date.now()));
    expect(body).not.toHaveProperty('TranscodeTask');
    expect(body.TranscodeJobInfoList).toMatchObject([
      { TranscodeJobId: 'partial-job-2', TranscodeJobStatus: 'Transcoding', TranscodeProgress: 42 },
      { TranscodeJobId: 'all-failed-job-1', TranscodeJobStatus: 'TranscodeFail' },
    ]);
    expect(body.NonExistJobIds).toEqual(['nothing-job-1', 'partial-job-9']);
  });

  const ask = (key: { id: string; secret: string; token?: string }, TranscodeTaskId: string) =>
    new RPCClient({
      endpoint: sandbox.urls.aliyunVod,
      apiVersion: '2017-03-21',
      accessKeyId: key.id,
      accessKeySecret: key.secret,
      ...(key.token !== undefined && { securityToken: key.token }),
    }).request('GetTranscodeTask', { TranscodeTaskId });

  it("accepts the vendor's own client, with a temporary key as well", async () => {
    const { aliyunVod } = (await open()).credentials;
    for (const key of [aliyunVod, aliyunVod.temporary]) {
      const answer = ask({ ...key }, 'all-succeeded');
      await expect(answer).resolves.toMatchObject({ TranscodeTask: { TaskStatus: 'CompleteAllSucc' } });
    }
  });

  it("accepts ids of any characters from the vendor's own client", async () => {
    const { aliyunVod } = (await open()).credentials;
    const asking = ask(aliyunVod, "a b+c*d~e'(f)!/&=%é任务😀\r\n");
    await expect(asking).rejects.toMatchObject({ code: 'NoSuchResource' });
  });

  it("refuses the vendor's own client with a wrong secret", async () => {
    const { aliyunVod } = (await open()).credentials;
    const asking = ask({ ...aliyunVod, secret: 'wrong' }, 'partial');
    await expect(asking).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('accepts a request that the client signed with a token, byte for byte, and refuses its replay', async () => {
    const temporary = {
      id: 'testAccessKeyId',
      secret: 'testAccessKeySecret',
      token: 'CAIS+token/with=special characters*~',
    };
    await open({ now: () => openedAt, credentials: { aliyunVod: { temporary } } });
    const request = {
      url: `${sandbox.urls.aliyunVod}/?AccessKeyId=testAccessKeyId&Action=GetTranscodeTask&Format=JSON&SecurityToken=CAIS%2Btoken%2Fwith%3Dspecial%20characters*~&SignatureMethod=HMAC-SHA1&SignatureNonce=0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b&SignatureVersion=1.0&Timestamp=2026-01-02T03%3A04%3A05Z&TranscodeTaskId=ttttttt&Version=2017-03-21&Signature=OFyHSY5vdKBmgP5TeM5As2Tvfxc%3D`,
    };
    expect((await sendForJson(request)).body.Code).toBe('NoSuchResource');
    expect((await sendForJson(request)).body.Code).toBe('SignatureNonceUsed');
  });
});
