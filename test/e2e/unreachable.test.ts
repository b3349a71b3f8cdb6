import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aliyunVod } from '../../sandbox/aliyun-vod/index.ts';
import { findSecrets } from '../support/secrets.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** Vendors that cannot be reached, and one whose errors repeat the request. */

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const open = async (variables: Readonly<Record<string, string>>): Promise<Stack> => {
  const stack = await openStack({ variables: { LOOKUP_DEADLINE_MS: '2000', ...variables } });
  closers.push(stack.close);
  return stack;
};

interface Problem {
  readonly code: string;
  readonly message: string;
}

const ask = (stack: Stack, id: string) =>
  stack.ask<{ mediaTask: { problem: Problem }; other: object }>(
    `query ($id: ID!) {
      mediaTask(id: $id) { id status problem { code message vendorCode vendorRequestId } }
      other: zegoMediaTask(vendor: TENCENT, taskId: "compose") { status problem { code } }
    }`,
    { id },
  );

describe('an endpoint', () => {
  it.each([
    ['with a closed port', 'http://127.0.0.1:1'],
    ['whose name does not exist', 'http://unknown.invalid'],
    ['that speaks no TLS', 'https://127.0.0.1:1'],
  ])(
    '%s makes its tasks UNAVAILABLE without naming the host, and affects no other vendor',
    async (_, endpoint) => {
      const stack = await open({ ALIYUN_VOD_ENDPOINT: endpoint });
      const { data, errors, text } = await ask(stack, 'aliyun-vod:all-succeeded');
      expect(errors).toBeUndefined();
      expect(data.mediaTask).toMatchObject({ status: null, problem: { code: 'UNAVAILABLE' } });
      expect(data.other).toEqual({ status: 'SUCCEEDED', problem: null });
      expect(findSecrets(stack, [text, ...stack.logLines])).toEqual([]);
      expect(text).not.toContain(new URL(endpoint).hostname);
    },
  );
});

/** Answers every request with what `toAnswer` makes of it. */
const openEchoingVendor = async (
  toAnswer: (request: IncomingMessage) => object,
  status = 400,
): Promise<string> => {
  const server = createServer((request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(toAnswer(request)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('a vendor whose successes repeat the request', () => {
  const key = 'visionular-key-id';
  const secret = 'visionular+secret/key=';

  it.each<[string, (request: IncomingMessage) => string]>([
    ['the header', ({ headers }) => headers.authorization ?? ''],
    ['what is in the header', ({ headers }) => headers.authorization?.slice('Basic '.length) ?? ''],
    [
      'the header, decoded',
      ({ headers }) => Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString(),
    ],
    ['the secret', () => secret],
    ['the secret in base64', () => Buffer.from(secret).toString('base64')],
    ['the secret in hex', () => Buffer.from(secret).toString('hex')],
    ['the secret in an address', () => `https://storage.example/?k=${encodeURIComponent(secret)}`],
  ])('cannot make clients see %s in any field', async (_, toEcho) => {
    const data = (request: IncomingMessage) => {
      const echo = toEcho(request);
      return {
        task_id: 'one',
        status: 'success',
        input: echo,
        output_url: echo,
        objkey: `a/${echo}.mp4`,
        region: echo,
      };
    };
    const stack = await open({
      VISIONULAR_ENDPOINT: await openEchoingVendor((request) => ({ code: 0, data: data(request) }), 200),
      VISIONULAR_ACCESS_KEY: key,
      VISIONULAR_SECRET_KEY: secret,
    });
    const { data: answer, text } = await stack.ask<{ task: Record<string, unknown> }>(
      `{ task: visionularTranscodeTask(taskId: "one") { status input outputUrl region objkey outputs { url objectKey } } }`,
    );
    expect(answer.task.status).toBe('SUCCEEDED');
    expect(answer.task.input).toContain('[redacted]');
    const basic = Buffer.from(`${key}:${secret}`).toString('base64');
    const spellings = [key, secret, encodeURIComponent(secret), basic].flatMap((word) => [
      word,
      Buffer.from(word).toString('base64').replaceAll('=', ''),
      Buffer.from(word).toString('hex'),
    ]);
    expect(spellings.filter((word) => [text, ...stack.logLines].join('').includes(word))).toEqual([]);
  });

  it('cannot make clients see the signature', async () => {
    const endpoint = await openEchoingVendor(({ headers }) => {
      const [signature = ''] = /[^=]+=?$/.exec(headers.authorization ?? '') ?? [];
      return { code: 0, data: { task_id: 'one', status: 'success', input: signature } };
    }, 200);
    const stack = await open({
      VISIONULAR_ENDPOINT: endpoint,
      VISIONULAR_AUTH: 'v1',
      VISIONULAR_ACCESS_KEY: key,
      VISIONULAR_SECRET_KEY: secret,
    });
    const { data } = await stack.ask<object>('{ visionularTranscodeTask(taskId: "one") { status input } }');
    expect(data).toEqual({ visionularTranscodeTask: { status: 'SUCCEEDED', input: '[redacted]' } });
  });
});

describe('a vendor whose errors repeat the request', () => {
  const { id, secret, token } = aliyunVod.credentials.temporary;

  /** As Aliyun does: the string that it signed itself, in which everything is encoded twice. */
  const stringToSign = ({ url = '' }: IncomingMessage) =>
    `GET&%2F&${encodeURIComponent(url.replace(/^\/\?/, '').replace(/&Signature=.*$/, ''))}`;

  it.each<[string, (request: IncomingMessage) => object]>([
    [
      'the string it signed',
      (request) => ({
        Code: 'SignatureDoesNotMatch',
        Message: `Specified signature is not matched with our calculation. server string to sign is:${stringToSign(request)}`,
      }),
    ],
    ['the address', ({ url }) => ({ Code: 'InvalidParameter', Message: `What is ${url}` })],
    [
      'the address in full',
      ({ url }) => ({ Code: 'InvalidParameter', Message: `What is https://vod.example${url}` }),
    ],
    [
      'the address, decoded',
      ({ url }) => ({ Code: 'Forbidden', Message: `See ${decodeURIComponent(url ?? '')}` }),
    ],
    [
      'the secret',
      () => ({ Code: 'InternalError', Message: `Your secret ${secret} and token ${token} are known` }),
    ],
    [
      'the secrets in its code and its request id',
      () => ({ Code: `Bad.${secret}`, RequestId: token, Message: 'No' }),
    ],
  ])('cannot make clients or the log see %s', async (_, toError) => {
    const stack = await open({
      ALIYUN_VOD_ENDPOINT: await openEchoingVendor(toError),
      ALIBABA_CLOUD_ACCESS_KEY_ID: id,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
      ALIBABA_CLOUD_SECURITY_TOKEN: token,
    });
    const { data, text } = await ask(stack, 'aliyun-vod:all-succeeded');
    expect(JSON.stringify(data.mediaTask.problem)).toContain('[redacted]');
    const seen = [text, ...stack.logLines].join('\n');
    const onceMore = encodeURIComponent(encodeURIComponent(token));
    for (const word of [id, secret, token, encodeURIComponent(token), onceMore]) {
      expect(seen).not.toContain(word);
    }
    expect(seen).not.toMatch(/\bSignature(=|%3D)(?!\[redacted\])/);
  });
});
