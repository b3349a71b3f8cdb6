import { randomUUID } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import type { VendorRequest } from '../request.ts';
import { type AccessKey, canonicalQuery, createNonceMemory, hmacSha1Base64 } from '../signatures.ts';
import type { Reply, Verify } from '../vendor.ts';

/**
 * The vendor's codes, which come with HTTP 200 unless something inside it fails (docs.visionular.cn/mps/api).
 * It documents no rate limit; 1005 with HTTP 429 is assumed.
 */
const codes = {
  1000: [500, 'internal error'],
  1001: [200, 'lack param'],
  1002: [200, 'bad param'],
  1003: [200, 'auth fail'],
  1004: [200, 'empty result'],
  1005: [429, 'too many requests'],
} as const;

export const { answerAs, refuse, refuseAs } = createRefusals<keyof typeof codes>({
  codes,
  kinds: { throttled: 1005, wrongCredentials: 1003, internalError: 1000 },
  toBody: (_, code, msg) => ({ code, msg, data: null, request_id: randomUUID() }),
});

export function succeed(data: object): Reply {
  return { status: 200, body: { code: 0, data, msg: 'success', request_id: randomUUID() } };
}

/** Chosen after the other vendors: the document names no tolerance. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** Verifies HTTP Basic, which is current, and the signature in the header, which is the document's. */
export function createVerify(key: AccessKey): Verify {
  const isNewNonce = createNonceMemory();

  return (request, now) => {
    if (request.flaw !== undefined) return refuse(request, 1002);
    const { authorization = '', 'x-wz-nonce': nonce } = request.headers;
    const isGenuine = authorization.startsWith('Basic ')
      ? isBasicGenuine(key, request)
      : isDateClose(request.headers.date, now) &&
        isSignatureGenuine(key, request) &&
        (nonce === undefined || isNewNonce(String(nonce)));
    return isGenuine ? undefined : refuse(request, 1003);
  };
}

function isBasicGenuine({ id, secret }: AccessKey, { headers }: VendorRequest): boolean {
  const expected = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  return headers['auth-type'] === 'use-basic' && headers.authorization === expected;
}

function isDateClose(date: string | undefined, now: number): boolean {
  const time = Date.parse(date ?? '');
  return Math.abs(now - time) <= CLOCK_TOLERANCE_MS && new Date(time).toUTCString() === date;
}

/**
 * The vendor's formula has no newline at the end and its worked example has one; nothing published settles it, so
 * both are accepted.
 */
function isSignatureGenuine({ id, secret }: AccessKey, request: VendorRequest): boolean {
  const [, sentId, signature = ''] =
    /^Visionular AccessKeyId=([^,]+), ?Signature=(.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const text = stringToSign(request);
  return (
    sentId === id && [text, `${text}\n`].some((accepted) => hmacSha1Base64(secret, accepted) === signature)
  );
}

function stringToSign({ method, path, query, headers }: VendorRequest): string {
  const nonce = headers['x-wz-nonce'];
  return [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers.date ?? '',
    nonce === undefined ? '' : `x-wz-nonce:${String(nonce)}`,
    `${path}?${canonicalQuery(query)}`,
  ].join('\n');
}
