import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { send } from './clients.ts';

/** Requests with known signatures, byte for byte: published, computed by the vendors' own SDKs, or by their sample code. */

/** 2026-01-02T03:04:05Z, when all but the first of ZEGO's were signed. */
const SIGNED_AT = 1_767_323_045_000;
const aliyunToken = 'CAIS+token/with=special characters*~';

let clock: number;
let sandbox: Sandbox;

beforeAll(async () => {
  clock = SIGNED_AT;
  sandbox = await createSandbox({
    now: () => clock,
    credentials: {
      aliyunVod: { id: 'testAccessKeyId', secret: 'testAccessKeySecret' },
      volcengine: { id: 'testAccessKeyId', secret: 'testAccessKeySecret' },
      visionular: { id: '0123456789ABCDEF', secret: '0123456789abcdef0123456789abcdef' },
      zego: { appId: 1234567890, serverSecret: '0123456789abcdef0123456789abcdef' },
    },
  });
});

afterAll(() => sandbox.close());

describe('Aliyun', () => {
  const target =
    '/?AccessKeyId=testAccessKeyId&Action=GetTranscodeTask&Format=JSON&SignatureMethod=HMAC-SHA1&SignatureNonce=0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b&SignatureVersion=1.0&Timestamp=2026-01-02T03%3A04%3A05Z&TranscodeTaskId=c3be4f073c3f4534893e7d5193ec8&Version=2017-03-21&Signature=1g3LePbNdxZZRpN7B2x7wo6TVAA%3D';

  it('takes what its own client sends, and refuses it when it comes again', async () => {
    const first = await send({ url: sandbox.urls.aliyunVod + target });
    expect(JSON.parse(first.text).TranscodeTask.TranscodeTaskId).toBe('c3be4f073c3f4534893e7d5193ec8');
    const replay = await send({ url: sandbox.urls.aliyunVod + target });
    expect(JSON.parse(replay.text).Code).toBe('SignatureNonceUsed');
  });

  it('takes a temporary key with its token, in the characters its own client leaves unescaped', async () => {
    const temporary = await createSandbox({
      now: () => SIGNED_AT,
      credentials: {
        aliyunVodTemporary: { id: 'testAccessKeyId', secret: 'testAccessKeySecret', token: aliyunToken },
      },
    });
    const answer = await send({
      url: `${temporary.urls.aliyunVod}/?AccessKeyId=testAccessKeyId&Action=GetTranscodeTask&Format=JSON&SecurityToken=CAIS%2Btoken%2Fwith%3Dspecial%20characters*~&SignatureMethod=HMAC-SHA1&SignatureNonce=0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b&SignatureVersion=1.0&Timestamp=2026-01-02T03%3A04%3A05Z&TranscodeTaskId=ttttttt&Version=2017-03-21&Signature=OFyHSY5vdKBmgP5TeM5As2Tvfxc%3D`,
    });
    await temporary.close();
    expect(JSON.parse(answer.text).Code).toBe('NoSuchResource');
  });
});

describe('Volcengine', () => {
  const emptyBody = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

  it.each([
    {
      query:
        'Action=GetWebCastTask&AppId=Your_AppId&RoomId=Your_RoomId&TaskId=Your_TaskId&Version=2020-12-01',
      signature: 'e0d808902e8195b411b3f3683359bc6486a60a2b014c6e9d3de05ac2380708c2',
    },
    {
      query: 'Action=WbTranscodeQuery&Version=2020-12-01&app_id=600000000000000000000000&task_id=0000000000',
      signature: '5e15de04b1f0673dd0e0031552d7adc58f0cb30e226219548eb996d190ad2aef',
    },
  ])('takes what its own signer signs: $query', async ({ query, signature }) => {
    const answer = await send({
      url: `${sandbox.urls.volcengine}/?${query}`,
      headers: {
        host: 'rtc.volcengineapi.com',
        'x-content-sha256': emptyBody,
        'x-date': '20260102T030405Z',
        authorization: `HMAC-SHA256 Credential=testAccessKeyId/20260102/cn-north-1/rtc/request, SignedHeaders=host;x-content-sha256;x-date, Signature=${signature}`,
      },
    });
    expect(JSON.parse(answer.text).ResponseMetadata.Error.Code).toBe(
      'InvalidParameter.ErrorActiveTaskNotFound',
    );
  });
});

describe('ZEGO', () => {
  it("takes the vendor's sample function", async () => {
    const answer = await send({
      url: `${sandbox.urls.zego}/?Action=DescribeMediaTask&Vendor=Tencent&TaskId=compose&AppId=1234567890&SignatureNonce=0123456789abcdef&Timestamp=1767323045&Signature=05372a2e3481e7cd23c71dd8f8acc6a9&SignatureVersion=2.0`,
    });
    expect(JSON.parse(answer.text).Data.Tencent.Status).toBe('FINISH');
  });

  it('takes the signature published in the documentation', async () => {
    const published = await createSandbox({
      now: () => 1_615_186_943_000,
      credentials: { zego: { appId: 12345, serverSecret: '9193cc662a4c0ec135ec71fb57194b38' } },
    });
    const answer = await send({
      url: `${published.urls.zego}/?Action=DescribeMediaTask&Vendor=Huawei&TaskId=1234567890&AppId=12345&SignatureNonce=4fd24687296dd9f3&Timestamp=1615186943&Signature=43e5cfcca828314675f91b001390566a&SignatureVersion=2.0`,
    });
    await published.close();
    expect(JSON.parse(answer.text)).toMatchObject({ Code: 0, Data: { Huawei: { Status: 'NO_TASK' } } });
  });
});

describe('Visionular', () => {
  const path = '?task_id=20200625143350132744cc66d4bb4532';

  async function codeOf(headers: Record<string, string>): Promise<number> {
    const answer = await send({ url: sandbox.urls.visionular + path, headers });
    return JSON.parse(answer.text).code;
  }

  const signedWith = (signature: string, nonce?: string) => ({
    date: 'Fri, 02 Jan 2026 03:04:05 GMT',
    authorization: `Visionular AccessKeyId=0123456789ABCDEF, Signature=${signature}`,
    ...(nonce !== undefined && { 'x-wz-nonce': nonce }),
  });

  const basic = 'Basic MDEyMzQ1Njc4OUFCQ0RFRjowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==';

  it('takes the signature without a newline at the end, and refuses its nonce the second time', async () => {
    const headers = signedWith('mysVc/IJijMMu3CE4+7ehiQSV40=', 'bqzcRl8Jah00lbbB');
    expect(await codeOf(headers)).toBe(1004);
    expect(await codeOf(headers)).toBe(1003);
  });

  it('takes the signature with a newline at the end', async () => {
    const fresh = await createSandbox({
      now: () => SIGNED_AT,
      credentials: { visionular: sandbox.credentials.visionular },
    });
    const answer = await send({
      url: fresh.urls.visionular + path,
      headers: signedWith('f+bdW8it97E0Vil6gzvVM+Jkw1k=', 'bqzcRl8Jah00lbbB'),
    });
    await fresh.close();
    expect(JSON.parse(answer.text).code).toBe(1004);
  });

  it('takes a signature without a nonce, again and again', async () => {
    expect(await codeOf(signedWith('chOZev4ai7VC0vm6TvM/N2mAyB0='))).toBe(1004);
    expect(await codeOf(signedWith('chOZev4ai7VC0vm6TvM/N2mAyB0='))).toBe(1004);
  });

  it('takes the two headers of the Go client, and not one of them alone', async () => {
    expect(await codeOf({ 'auth-type': 'use-basic', authorization: basic })).toBe(1004);
    expect(await codeOf({ authorization: basic })).toBe(1003);
  });

  it('answers at the path of the current international host too', async () => {
    const { origin } = new URL(sandbox.urls.visionular);
    const answer = await send({
      url: `${origin}/vodencoding/v1/query_task?task_id=success`,
      headers: { 'auth-type': 'use-basic', authorization: basic },
    });
    expect(JSON.parse(answer.text)).toMatchObject({ code: 0, data: { status: 'success' } });
  });
});
