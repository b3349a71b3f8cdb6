import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import RPCClient from '@alicloud/pop-core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Signer } from '@volcengine/openapi';
import fc from 'fast-check';
import { toSignedQuery } from '../../src/providers/aliyun-vod/sign.ts';
import { toBasicHeaders, toV1Headers } from '../../src/providers/visionular/sign.ts';
import { toSignedHeaders } from '../../src/providers/volcengine/sign.ts';
import { sign } from '../../src/providers/zego/sign.ts';
import { percentEncode } from '../../src/vendor-http/query.ts';
import { vectors } from '../fixtures/signature-vectors.ts';
import { anyText } from '../support/any-text.ts';

/** Characters that are difficult for canonical strings, mixed with Unicode of all planes. */
const troublemaker = fc.constantFrom(
  ...'&=%+*~!\'()/: ?#;,@"<>|\\\r\n\t\0',
  'é',
  '任务',
  '😀',
  '%41',
  '%0A',
  '',
);
const hostile = fc
  .array(fc.oneof(troublemaker, anyText({ maxLength: 4 })), { maxLength: 8 })
  .map((pieces) => pieces.join(''));
/** A name that is neither a number, which the vendors' clients would sort as one, nor that of a common parameter. */
const hostileName = fc.tuple(fc.constantFrom('x', 'X', '_', '~'), hostile).map((parts) => parts.join(''));
const hostileParameters = fc
  .array(fc.tuple(hostileName, hostile), { maxLength: 6 })
  .map((entries): Record<string, string> => Object.fromEntries(entries));
const nonEmpty = hostile.filter((text) => text !== '');

const signatureOf = (signedQuery: string): string | null => new URLSearchParams(signedQuery).get('Signature');

describe('the signature of Aliyun (RPC v1)', () => {
  test.each(vectors.aliyun)('equals the vector "$name"', (vector) => {
    expect(toSignedQuery(vector.method, vector.params, vector.accessKeySecret)).toBe(
      `${vector.canonicalizedQueryString}&Signature=${percentEncode(vector.expected)}`,
    );
  });

  const sent: string[] = [];
  const recorder = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    sent.push(body || (request.url ?? '').replace(/^\/\?/, ''));
    response.end('{}');
  });
  beforeAll(() => new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    recorder.closeAllConnections();
    recorder.close();
  });

  const anyCall = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    parameters: hostileParameters,
    key: fc.record({ id: nonEmpty, secret: nonEmpty, token: hostile }),
  });

  type Call = typeof anyCall extends fc.Arbitrary<infer Value> ? Value : never;

  /** What the vendor's own client puts on the wire, decoded; its signature apart. */
  const sendByPopCore = async ({ method, parameters, key }: Call) => {
    const client = new RPCClient({
      endpoint: `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`,
      apiVersion: '2017-03-21',
      accessKeyId: key.id,
      accessKeySecret: key.secret,
      ...(key.token ? { securityToken: key.token } : {}),
    });
    await client.request('GetTranscodeTask', parameters, { method, formatParams: false, agent: false });
    const { Signature, ...signed } = Object.fromEntries(new URLSearchParams(sent.pop()));
    return { signature: Signature, signed };
  };

  test("is the vendor's own client's for any parameters, keys and method", async () => {
    const property = fc.asyncProperty(anyCall, async (call) => {
      const { signature, signed } = await sendByPopCore(call);
      expect(signed).toMatchObject(call.parameters);
      expect(signatureOf(toSignedQuery(call.method, signed, call.key.secret))).toBe(signature);
    });
    await fc.assert(property);
  });

  test('reads back, decoded, as the parameters it was given and nothing more', () => {
    fc.assert(
      fc.property(hostileParameters, hostile, (parameters, secret) => {
        const query = new URLSearchParams(toSignedQuery('GET', parameters, secret));
        query.delete('Signature');
        expect([...query].sort()).toEqual(Object.entries(parameters).sort());
      }),
    );
  });
});

describe('the signature of Volcengine', () => {
  test.each(vectors.volcengine)('equals the vector "$name"', (vector) => {
    const { Host: host, 'X-Date': date, 'X-Security-Token': sessionToken } = vector.headers;
    const { query, region, service, accessKeyId: accessKey, secretKey } = vector;
    const request = { host, query, region, service, date };
    const headers = toSignedHeaders(request, { accessKey, secretKey, sessionToken });
    const { Host, ...others } = vector.headers;
    const sent = Object.entries(others).map(([name, value]) => [name.toLowerCase(), value]);
    expect(headers).toEqual({ ...Object.fromEntries(sent), host: Host, authorization: vector.expected });
  });

  /** What can stand in a header. The vendor's clients disagree about several spaces in a row, so they are left out. */
  const headerText = fc
    .string({ unit: fc.constantFrom(...'abzAZ09+/=*~!&%:;,"\'() ') })
    .map((text) => text.replace(/ +/g, ' '));
  const anyRequest = fc.record({
    host: fc.constantFrom('rtc.volcengineapi.com', '127.0.0.1:4010', '[::1]:80'),
    query: hostileParameters,
    region: fc.constantFrom('cn-north-1', 'ap-singapore-1'),
    service: fc.constantFrom('rtc', 'vod'),
    time: fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
  });
  const anyCredentials = fc.record({ accessKey: hostile, secretKey: hostile, sessionToken: headerText });

  test("is the vendor's own signer's, byte for byte, for any parameters, keys and moments", () => {
    fc.assert(
      fc.property(anyRequest, anyCredentials, ({ time, ...request }, credentials) => {
        const date = time.toISOString().replace(/[-:]|\.\d{3}/g, '');
        const { authorization, ...headers } = toSignedHeaders({ ...request, date }, credentials);
        const oracle = new Signer(
          {
            region: request.region,
            method: 'GET',
            params: { ...request.query },
            headers: toOracleCase(headers),
          },
          request.service,
        );
        const { accessKey, ...keys } = credentials;
        oracle.addAuthorization({ accessKeyId: accessKey, ...keys }, time);
        expect(oracle.request.headers.Authorization).toBe(authorization);
      }),
      { numRuns: 150 },
    );
  });

  /** The oracle looks for some headers in this spelling only. */
  const toOracleCase = ({ host, ...headers }: Record<string, string>) => ({
    Host: host,
    'X-Content-Sha256': headers['x-content-sha256'],
    'X-Date': headers['x-date'],
    ...('x-security-token' in headers ? { 'X-Security-Token': headers['x-security-token'] } : {}),
  });

  test('covers the session token when there is one, and sends none when there is not', () => {
    const request = { host: 'h', query: {}, region: 'r', service: 's', date: '20260102T030405Z' };
    const withToken = toSignedHeaders(request, { accessKey: 'a', secretKey: 's', sessionToken: 'token' });
    const without = toSignedHeaders(request, { accessKey: 'a', secretKey: 's', sessionToken: undefined });
    expect(withToken.authorization).toContain('SignedHeaders=host;x-content-sha256;x-date;x-security-token,');
    expect(without.authorization).toContain('SignedHeaders=host;x-content-sha256;x-date,');
    expect(without).not.toHaveProperty('x-security-token');
  });
});

describe('the signature of ZEGO', () => {
  test.each(vectors.zego)('equals the vector "$name"', ({ appId, signatureNonce, expected, ...rest }) => {
    expect(sign({ appId: String(appId), nonce: signatureNonce, ...rest })).toBe(expected);
  });
});

describe('the headers of Visionular', () => {
  test.each(vectors.visionular)('equal the V1 vector "$name"', (vector) => {
    const { date, nonce, accessKeyId, secretKey, trailingNewline } = vector;
    const resource = `${vector.path}?${new URLSearchParams(vector.query)}`;
    const headers = toV1Headers({ resource, date, nonce }, accessKeyId, secretKey, { trailingNewline });
    expect(headers).toEqual({
      authorization: vector.authorization,
      date,
      ...(nonce ? { 'x-wz-nonce': nonce } : {}),
    });
  });

  test.each(vectors.visionularBasic)(
    'equal the vector "$name"',
    ({ username, password, expectedHeaders }) => {
      expect(toBasicHeaders(username, password)).toEqual({
        'auth-type': expectedHeaders['auth-type'],
        authorization: expectedHeaders.Authorization,
      });
    },
  );

  test('carry access key and secret of any characters in Basic, in UTF-8 as the vendor reads it', () => {
    fc.assert(
      fc.property(hostile, hostile, (accessKey, secretKey) => {
        const [scheme, text = ''] = (toBasicHeaders(accessKey, secretKey).authorization ?? '').split(' ');
        expect(scheme).toBe('Basic');
        expect(Buffer.from(text, 'base64').toString('utf8')).toBe(`${accessKey}:${secretKey}`);
      }),
    );
  });
});
