import { createHash, createHmac } from 'node:crypto';
import { type Parameters, toCanonicalQuery } from '../../vendor-http/query.ts';

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of a temporary key (STS). */
  readonly sessionToken?: string | undefined;
}

/** A GET of `/` without a body. */
export interface SignableRequest {
  readonly host: string;
  readonly query: Parameters;
  readonly region: string;
  readonly service: string;
  /** UTC as `yyyyMMdd'T'HHmmss'Z'`: the X-Date header. The vendor accepts 15 minutes either way. */
  readonly date: string;
}

const algorithm = 'HMAC-SHA256';

/**
 * The headers of Volcengine's signature: HMAC-SHA256 over the hashed canonical request, with a key derived from
 * secret, day, region and service. https://www.volcengine.com/docs/6369/67269
 */
export const toSignedHeaders = (
  { host, query, region, service, date }: SignableRequest,
  { accessKey, secretKey, sessionToken }: Credentials,
): Record<string, string> => {
  // In the order of their names, as the canonical request requires.
  const headers = {
    host,
    'x-content-sha256': toSha256(''),
    'x-date': date,
    ...(sessionToken ? { 'x-security-token': sessionToken } : {}),
  };
  const signedHeaders = Object.keys(headers).join(';');
  const canonicalHeaders = Object.entries(headers).map(([name, value]) => `${name}:${value.trim()}\n`);
  const canonicalRequest = [
    'GET',
    '/',
    toCanonicalQuery(query),
    canonicalHeaders.join(''),
    signedHeaders,
    headers['x-content-sha256'],
  ].join('\n');
  const day = date.slice(0, 8);
  const scope = [day, region, service, 'request'].join('/');
  const stringToSign = [algorithm, date, scope, toSha256(canonicalRequest)].join('\n');
  const signingKey = [day, region, service, 'request'].reduce<string | Buffer>(toHmac, secretKey);
  const signature = toHmac(signingKey, stringToSign).toString('hex');
  const authorization = `${algorithm} Credential=${accessKey}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { ...headers, authorization };
};

const toSha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const toHmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();
