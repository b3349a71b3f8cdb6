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

describe('a vendor whose errors repeat the request', () => {
  const { id, secret, token } = aliyunVod.credentials.temporary;

  /** Refuses every request with the error of `toError`. */
  const openEchoingVendor = async (toError: (request: IncomingMessage) => object): Promise<string> => {
    const server = createServer((request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(toError(request)));
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
