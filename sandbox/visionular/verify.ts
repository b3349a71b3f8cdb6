import { type AccessKey, findAccessKey } from '../credentials.ts';
import { canonicalQuery, encodeStrictly } from '../query.ts';
import { createNonceMemory, hmacSha1Base64, isSameSecret, md5Hex } from '../signatures.ts';
import type { VendorApi, VendorRequest } from '../vendor-api.ts';
import { refuse } from './refusals.ts';

/** Chosen after the other vendors: the document names no tolerance. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** Verifies both generations: HTTP Basic (current), and the signature in the header (the document's time). */
export function createVerify(keys: readonly AccessKey[]): VendorApi['verify'] {
  const isNewNonce = createNonceMemory();

  return (request, now) => {
    if (request.flaw !== undefined) return refuse(1002);
    const [scheme, credentials = ''] = splitOnce(request.headers.authorization ?? '', ' ');
    if (scheme === 'Basic') return isBasicGenuine(keys, request, credentials) ? undefined : refuse(1003);
    const isGenuine =
      scheme === 'Visionular' &&
      isDateClose(request.headers.date, now) &&
      isSignatureGenuine(keys, request, credentials) &&
      isNonceFresh(request);
    return isGenuine ? undefined : refuse(1003);
  };

  function isNonceFresh({ headers }: VendorRequest): boolean {
    const nonce = headers['x-wz-nonce'];
    return nonce === undefined || isNewNonce(String(nonce));
  }
}

function isBasicGenuine(
  keys: readonly AccessKey[],
  { headers }: VendorRequest,
  credentials: string,
): boolean {
  const [id, secret = ''] = splitOnce(Buffer.from(credentials, 'base64').toString(), ':');
  const key = findAccessKey(keys, id);
  return headers['auth-type'] === 'use-basic' && key !== undefined && isSameSecret(key.secret, secret);
}

function isDateClose(date: string | undefined, now: number): boolean {
  const time = Date.parse(date ?? '');
  return Math.abs(now - time) <= CLOCK_TOLERANCE_MS && new Date(time).toUTCString() === date;
}

function isSignatureGenuine(
  keys: readonly AccessKey[],
  request: VendorRequest,
  credentials: string,
): boolean {
  const [, id, signature = ''] = /^AccessKeyId=([^,]+), ?Signature=(.+)$/.exec(credentials) ?? [];
  const key = findAccessKey(keys, id);
  return (
    key !== undefined &&
    hasRightContentMd5(request) &&
    acceptableStringsToSign(request).some((text) => isSameSecret(hmacSha1Base64(key.secret, text), signature))
  );
}

function hasRightContentMd5({ headers, body }: VendorRequest): boolean {
  const expected = body.length === 0 ? '' : md5Hex(body.toString()).toUpperCase();
  return (headers['content-md5'] ?? '') === expected;
}

/**
 * The vendor's formula has no newline at the end and its worked example has one, and neither says whether the
 * query is signed encoded; nothing published settles it, so each reading is accepted.
 */
function acceptableStringsToSign({ method, path, query, headers }: VendorRequest): string[] {
  const nonce = headers['x-wz-nonce'];
  const head = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers.date ?? '',
    nonce === undefined ? '' : `x-wz-nonce:${String(nonce)}`,
  ].join('\n');
  return [encodeStrictly, asItIs]
    .map((encode) => `${head}\n${path}?${canonicalQuery(query, encode)}`)
    .flatMap((text) => [text, `${text}\n`]);
}

function asItIs(text: string): string {
  return text;
}

function splitOnce(text: string, separator: string): [before: string, after?: string] {
  const cut = text.indexOf(separator);
  return cut < 0 ? [text] : [text.slice(0, cut), text.slice(cut + separator.length)];
}
