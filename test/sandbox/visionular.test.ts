import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { queryOf, sendForJson } from './http.ts';
import { describeVendor, header, openedAt, type Parameters, url } from './vendor-suite.ts';

const basicOf = ({ id, secret }: { id: string; secret: string }) => `Basic ${btoa(`${id}:${secret}`)}`;

function sign({ urls, credentials }: Sandbox, parameters: Parameters) {
  return {
    url: `${urls.visionular}?${queryOf(parameters)}`,
    headers: { 'auth-type': 'use-basic', authorization: basicOf(credentials.visionular) },
  };
}

describeVendor({
  provider: 'visionular',
  sign,
  statusOf: ({ data }) => data?.status,
  codeOf: ({ code }) => code,
  evolving: ['pending', 'downloading', 'running', 'succeeded'],
  notFound: { 'visionular:no-such-task': { code: 1004 } },
  quota: 10,
  faults: {
    throttled: [429, 1005],
    error: [500, 1000],
    'wrong-credentials': [200, 1003],
  },
  refusals: [
    ['a wrong secret', header('authorization', (value) => value.replace('Basic U', 'Basic V')), 200, 1003],
    ['no credentials', header('authorization', () => ''), 200, 1003],
    ['HTTP Basic without its second header', header('auth-type', () => ''), 200, 1003],
    ['a missing task_id', { task_id: '' }, 200, 1001],
    ['a parameter sent twice', url((u) => `${u}&task_id=fail`), 200, 1002],
  ],
});

describe("the sandbox's Visionular, asked with the signature of the document,", () => {
  let sandbox: Sandbox;
  let clock = openedAt;

  beforeAll(async () => {
    const visionular = { id: '0123456789ABCDEF', secret: '0123456789abcdef0123456789abcdef' };
    sandbox = await createSandbox({ now: () => clock, credentials: { visionular } });
  });

  afterAll(() => sandbox.close());

  const codeOf = async (signature: string, nonce?: string) => {
    const headers = {
      date: 'Fri, 02 Jan 2026 03:04:05 GMT',
      authorization: `Visionular AccessKeyId=0123456789ABCDEF, Signature=${signature}`,
      ...(nonce !== undefined && { 'x-wz-nonce': nonce }),
    };
    const address = `${sandbox.urls.visionular}?task_id=20200625143350132744cc66d4bb4532`;
    return (await sendForJson({ url: address, headers })).body.code;
  };

  it('accepts known signatures without a nonce and without a newline at the end', async () => {
    expect(await codeOf('chOZev4ai7VC0vm6TvM/N2mAyB0=')).toBe(1004);
    expect(await codeOf('f+bdW8it97E0Vil6gzvVM+Jkw1k=')).toBe(1003);
  });

  it('accepts a known signature with a newline at the end, and refuses its nonce the second time', async () => {
    expect(await codeOf('f+bdW8it97E0Vil6gzvVM+Jkw1k=', 'bqzcRl8Jah00lbbB')).toBe(1004);
    expect(await codeOf('mysVc/IJijMMu3CE4+7ehiQSV40=', 'bqzcRl8Jah00lbbB')).toBe(1003);
  });

  it('refuses a date that is wrong by more than fifteen minutes', async () => {
    clock += 15 * 60_000;
    expect(await codeOf('chOZev4ai7VC0vm6TvM/N2mAyB0=')).toBe(1004);
    clock += 1_000;
    expect(await codeOf('chOZev4ai7VC0vm6TvM/N2mAyB0=')).toBe(1003);
  });
});

it('presigned URLs have not expired', async () => {
  const sandbox = await createSandbox();
  const { body } = await sendForJson(sign(sandbox, { task_id: 'success' }));
  await sandbox.close();
  const expires = Number(new URL(body.data.output_url).searchParams.get('Expires'));
  expect(expires * 1_000).toBeGreaterThan(Date.now());
});
