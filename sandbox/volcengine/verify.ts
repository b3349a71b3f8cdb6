import { type AccessKey, findAccessKey } from '../credentials.ts';
import { canonicalQuery } from '../query.ts';
import { hmacSha256, isSameSecret, sha256Hex } from '../signatures.ts';
import type { Reply, VendorApi, VendorRequest } from '../vendor-api.ts';
import { refuse, refuseByRtc } from './replies.ts';

const CLOCK_TOLERANCE_MS = 15 * 60_000;
const DEFAULT_EXPIRES_S = 900;
const versions: readonly unknown[] = ['2020-12-01', '2023-11-01'];
const regions: readonly unknown[] = ['cn-north-1', 'ap-singapore-1'];

/** What the header `Authorization` says. */
interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD/region/service/request` */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/**
 * Verifies `HMAC-SHA256` over exactly the listed headers in the listed order: the official clients list different
 * ones, in different orders (volcengine.com/docs/6369/67268 to 67270).
 */
export function createVerify(keys: readonly AccessKey[]): VendorApi['verify'] {
  return (request, now) => {
    if (request.flaw !== undefined) return refuseByRtc(request, 'InvalidParameter');
    if (!versions.includes(request.parameters.get('Version')))
      return refuse(request, 'InvalidActionOrVersion');
    if (!request.headers.authorization) return refuse(request, 'MissingAuthenticationToken');
    const authorization = parseAuthorization(request.headers.authorization);
    if (!authorization?.signedHeaders.includes('x-date')) return refuse(request, 'InvalidAuthorization');
    return (
      refuseTimestamp(request, now) ??
      refuseScope(request, authorization) ??
      refuseSigner(keys, request, authorization)
    );
  };
}

function parseAuthorization(header: string): Authorization | undefined {
  const parts =
    /^HMAC-SHA256 Credential=([^/,\s]+)\/([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  const [, accessKeyId, scope, signedHeaders, signature] = parts ?? [];
  if (!accessKeyId || !scope || !signedHeaders || !signature) return undefined;
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature };
}

/** `X-Expires` (seconds) says how long after `X-Date` a request stays good. */
function refuseTimestamp(request: VendorRequest, now: number): Reply | undefined {
  const date = headerOf(request, 'x-date');
  if (!date) return refuse(request, 'MissingRequestInfo');
  const time = parseCompactTime(date);
  const expires = Number(request.parameters.get('X-Expires') ?? DEFAULT_EXPIRES_S) * 1_000;
  const isInTime = now <= time + expires && now >= time - CLOCK_TOLERANCE_MS;
  return isInTime ? undefined : refuse(request, 'InvalidTimestamp');
}

/** Milliseconds of `YYYYMMDD'T'HHMMSS'Z'`; NaN, which lies in no window, for anything else. */
function parseCompactTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function refuseScope(request: VendorRequest, { scope }: Authorization): Reply | undefined {
  const [date = '', region, service, terminator, ...more] = scope.split('/');
  const isRight =
    headerOf(request, 'x-date').slice(0, 8) === date &&
    regions.includes(region) &&
    service === 'rtc' &&
    terminator === 'request' &&
    more.length === 0;
  return isRight ? undefined : refuse(request, 'InvalidCredential');
}

function refuseSigner(
  keys: readonly AccessKey[],
  request: VendorRequest,
  authorization: Authorization,
): Reply | undefined {
  const key = findAccessKey(keys, authorization.accessKeyId);
  if (!key) return refuse(request, 'InvalidAccessKey');
  if (!isTokenRight(request, key, authorization)) return refuse(request, 'InvalidSecretToken');
  const isGenuine = isBodyAsStated(request) && isSignatureRight(request, key, authorization);
  return isGenuine ? undefined : refuse(request, 'SignatureDoesNotMatch');
}

/** A token must be the key's own, and must be signed. */
function isTokenRight({ headers }: VendorRequest, key: AccessKey, { signedHeaders }: Authorization): boolean {
  const token = headers['x-security-token'];
  return token === key.token && (token === undefined || signedHeaders.includes('x-security-token'));
}

function isBodyAsStated({ headers, body }: VendorRequest): boolean {
  const stated = headers['x-content-sha256'];
  return stated === undefined || stated === sha256Hex(body);
}

function isSignatureRight(request: VendorRequest, key: AccessKey, authorization: Authorization): boolean {
  const { scope, signature } = authorization;
  const stringToSign = [
    'HMAC-SHA256',
    headerOf(request, 'x-date'),
    scope,
    sha256Hex(canonicalRequest(request, authorization)),
  ].join('\n');
  const signingKey = scope.split('/').reduce<string | Buffer>(hmacSha256, key.secret);
  return isSameSecret(hmacSha256(signingKey, stringToSign).toString('hex'), signature);
}

function canonicalRequest(request: VendorRequest, { signedHeaders }: Authorization): string {
  const { method, path, query, body } = request;
  const headerLines = signedHeaders.map((name) => `${name}:${headerOf(request, name)}\n`);
  return [
    method,
    path,
    canonicalQuery(query),
    headerLines.join(''),
    signedHeaders.join(';'),
    sha256Hex(body),
  ].join('\n');
}

function headerOf({ headers }: VendorRequest, name: string): string {
  return String(headers[name] ?? '').trim();
}
