import { createHash, randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { queryOf, sendForJson } from './http.ts';
import { describeVendor, openedAt, type Parameters, url } from './vendor-suite.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function sign({ urls, credentials }: Sandbox, parameters: Parameters, now: number) {
  const { appId, serverSecret } = credentials.zego;
  const nonce = randomUUID().replaceAll('-', '').slice(0, 16);
  const timestamp = Math.floor(now / 1_000);
  const query = queryOf({
    Action: 'DescribeMediaTask',
    AppId: String(appId),
    SignatureNonce: nonce,
    Timestamp: String(timestamp),
    SignatureVersion: '2.0',
    Signature: md5(`${appId}${nonce}${serverSecret}${timestamp}`),
    ...parameters,
  });
  return { url: `${urls.zego}/?${query}` };
}

describeVendor({
  provider: 'zego',
  sign,
  statusOf: ({ Data, Huawei }) => (Data?.Huawei ?? Huawei ?? Data?.Tencent)?.Status,
  codeOf: ({ Code }) => Code,
  evolving: ['WAITING', 'PROCESSING', 'PROCESSING', expect.stringMatching(/FINISH|SUCCEEDED/)],
  notFound: {
    'zego:tencent:no-such-task': { Code: 1000 },
    'zego:huawei:no-such-task': { Code: 0, Data: { Huawei: { Status: 'NO_TASK' } } },
  },
  quota: 20,
  faults: {
    throttled: [200, 6],
    error: [500, 100000015],
    'wrong-credentials': [200, 100000005],
  },
  clock: [10 * 60_000, 200, 100000004],
  refusals: [
    ['an AppId that is no number', { AppId: 'x' }, 200, 100000001],
    ['an unknown AppId', { AppId: '1' }, 200, 100000010],
    ['a Timestamp in milliseconds', { Timestamp: String(openedAt) }, 200, 100000003],
    ['another Action', { Action: 'StartMix' }, 200, 100000007],
    ['a missing nonce', { SignatureNonce: '' }, 200, 100000008],
    ['a missing Signature', { Signature: '' }, 200, 100000009],
    ['another SignatureVersion', { SignatureVersion: '1.0' }, 200, 100000014],
    ['a wrong signature', { Signature: md5('x') }, 200, 100000005],
    ['a missing TaskId', { TaskId: '' }, 200, 2],
    ['another Vendor', { Vendor: 'Amazon' }, 200, 4],
    ['a parameter sent twice', url((u) => `${u}&TaskId=other`), 200, 2],
  ],
});

it("accepts the signature published in ZEGO's documentation, once", async () => {
  const zego = { appId: 12345, serverSecret: '9193cc662a4c0ec135ec71fb57194b38' };
  const sandbox = await createSandbox({ now: () => 1_615_186_943_000, credentials: { zego } });
  const request = {
    url: `${sandbox.urls.zego}/?Action=DescribeMediaTask&Vendor=Huawei&TaskId=1234567890&AppId=12345&SignatureNonce=4fd24687296dd9f3&Timestamp=1615186943&Signature=43e5cfcca828314675f91b001390566a&SignatureVersion=2.0`,
  };
  const codes = [(await sendForJson(request)).body.Code, (await sendForJson(request)).body.Code];
  await sandbox.close();
  expect(codes).toEqual([0, 100000005]);
});
