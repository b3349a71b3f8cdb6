import { createHmac } from 'node:crypto';

/** What goes into a V1 signature of a GET. */
export interface V1Request {
  /** Path and encoded query, as sent. */
  readonly resource: string;
  /** RFC 1123, GMT: the Date header. */
  readonly date: string;
  /** The X-Wz-Nonce header, when one is sent. */
  readonly nonce?: string;
}

export interface V1Options {
  /** The vendor's worked example ends with a newline that its formula does not have. */
  readonly trailingNewline: boolean;
}

/**
 * The headers of Visionular's V1 signature: HMAC-SHA1 over verb, MD5 and type of the body (both empty for a GET),
 * date, nonce header and resource. https://docs.visionular.cn/mps/api (no SDK implements it, so it is unproven).
 */
export const toV1Headers = (
  { resource, date, nonce }: V1Request,
  accessKey: string,
  secretKey: string,
  { trailingNewline }: V1Options,
): Record<string, string> => {
  const nonceHeader = nonce ? `x-wz-nonce:${nonce}` : '';
  const stringToSign =
    ['GET', '', '', date, nonceHeader, resource].join('\n') + (trailingNewline ? '\n' : '');
  const signature = createHmac('sha1', secretKey).update(stringToSign).digest('base64');
  return {
    authorization: `Visionular AccessKeyId=${accessKey}, Signature=${signature}`,
    date,
    ...(nonce ? { 'x-wz-nonce': nonce } : {}),
  };
};

/** The headers of HTTP Basic, as in the vendor's own Go SDK (github.com/visionular/aurora-sdk-go). */
export const toBasicHeaders = (accessKey: string, secretKey: string): Record<string, string> => ({
  'auth-type': 'use-basic',
  authorization: `Basic ${Buffer.from(`${accessKey}:${secretKey}`).toString('base64')}`,
});
