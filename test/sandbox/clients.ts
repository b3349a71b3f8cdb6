import { createHash, createHmac, randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { ProviderName, Sandbox } from '../../sandbox/index.ts';

/** Clients of the five vendors, written from the documents and sharing no code with the sandbox. */

export interface Outgoing {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Incoming {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request as it is and reads the whole answer; rejects when the connection breaks. */
export function send({ url, method = 'GET', headers = {}, body }: Outgoing): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A request to a vendor, signed with the sandbox's own credentials unless others are given. */
export type Sign = (
  sandbox: Pick<Sandbox, 'urls' | 'credentials'>,
  parameters: Readonly<Record<string, string>>,
  now?: number,
) => Outgoing;

export const signed: Record<ProviderName, Sign> = {
  'aliyun-vod': signAliyun,
  visionular: signVisionular,
  'volcengine-webcast': signVolcengine('GetWebCastTask'),
  'volcengine-whiteboard': signVolcengine('WbTranscodeQuery'),
  zego: signZego,
};

/** Asks a vendor and parses its JSON. */
export async function ask(
  sandbox: Sandbox,
  provider: ProviderName,
  parameters: Readonly<Record<string, string>>,
  now?: number,
) {
  const { status, headers, text } = await send(signed[provider](sandbox, parameters, now));
  return { status, headers, body: JSON.parse(text) };
}

/** Asks the control port and parses its JSON. */
export async function control(sandbox: Sandbox, command: string, body?: unknown) {
  const [method = '', path = ''] = command.split(' ');
  const { status, text } = await send({
    url: sandbox.urls.control + path,
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status, body: JSON.parse(text) };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function queryOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

function signAliyun(
  { urls, credentials }: Parameters<Sign>[0],
  parameters: Readonly<Record<string, string>>,
  now = Date.now(),
): Outgoing {
  const all = {
    Action: 'GetTranscodeTask',
    Version: '2017-03-21',
    Format: 'JSON',
    AccessKeyId: credentials.aliyunVod.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: `${new Date(now).toISOString().slice(0, 19)}Z`,
    ...parameters,
  };
  const query = queryOf(all);
  const Signature = createHmac('sha1', `${credentials.aliyunVod.secret}&`)
    .update(`GET&%2F&${encode(query)}`)
    .digest('base64');
  return { url: `${urls.aliyunVod}/?${query}&Signature=${encode(Signature)}` };
}

function signVisionular(
  { urls, credentials }: Parameters<Sign>[0],
  parameters: Readonly<Record<string, string>>,
): Outgoing {
  const { id, secret } = credentials.visionular;
  return {
    url: `${urls.visionular}?${queryOf(parameters)}`,
    headers: {
      'auth-type': 'use-basic',
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    },
  };
}

function signVolcengine(Action: string): Sign {
  return ({ urls, credentials }, parameters, now = Date.now()) => {
    const { id, secret } = credentials.volcengine;
    const query = queryOf({ Action, Version: '2020-12-01', ...parameters });
    const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${date.slice(0, 8)}/cn-north-1/rtc/request`;
    const { host } = new URL(urls.volcengine);
    const canonical = `GET\n/\n${query}\nhost:${host}\nx-date:${date}\n\nhost;x-date\n${sha256('')}`;
    let key: string | Buffer = secret;
    for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
    const signature = createHmac('sha256', key)
      .update(`HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`)
      .digest('hex');
    return {
      url: `${urls.volcengine}/?${query}`,
      headers: {
        'x-date': date,
        authorization: `HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=host;x-date, Signature=${signature}`,
      },
    };
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function signZego(
  { urls, credentials }: Parameters<Sign>[0],
  parameters: Readonly<Record<string, string>>,
  now = Date.now(),
): Outgoing {
  const { appId, serverSecret } = credentials.zego;
  const nonce = randomUUID().replaceAll('-', '').slice(0, 16);
  const timestamp = Math.floor(now / 1_000);
  const query = queryOf({
    Action: 'DescribeMediaTask',
    AppId: String(appId),
    SignatureNonce: nonce,
    Timestamp: String(timestamp),
    SignatureVersion: '2.0',
    Signature: createHash('md5').update(`${appId}${nonce}${serverSecret}${timestamp}`).digest('hex'),
    ...parameters,
  });
  return { url: `${urls.zego}/?${query}` };
}
