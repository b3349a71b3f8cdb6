import type { VendorRequest } from '../request.ts';
import {
  type AccessKey,
  type AccountKeys,
  canonicalQuery,
  findAccessKey,
  hmacSha256,
  sha256Hex,
} from '../signatures.ts';
import type { Verify } from '../vendor.ts';
import { refuse } from './replies.ts';

const CLOCK_TOLERANCE_MS = 15 * 60_000;
const EMPTY_BODY_SHA256 = sha256Hex('');
const actions: readonly unknown[] = ['GetWebCastTask', 'WbTranscodeQuery'];

/** The fields of the header `Authorization`. */
interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD/region/service/request` */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/**
 * Verifies `HMAC-SHA256` in the header, over exactly the listed headers in the listed order: the official clients list
 * different ones, in different orders (volcengine.com/docs/6369/67268 to 67270).
 */
export function createVerify(account: AccountKeys): Verify {
  return (request, now) => {
    const { flaw, parameters, headers } = request;
    if (flaw !== undefined) return refuse(request, 'InvalidParameter');
    if (!actions.includes(parameters.get('Action')) || parameters.get('Version') !== '2020-12-01') {
      return refuse(request, 'InvalidActionOrVersion');
    }
    if (!headers.authorization) return refuse(request, 'MissingAuthenticationToken');
    const authorization = parseAuthorization(headers.authorization);
    if (!authorization?.signedHeaders.includes('x-date')) return refuse(request, 'InvalidAuthorization');
    const date = headerOf(request, 'x-date');
    // A malformed date is NaN, which is outside every window.
    if (!(Math.abs(now - parseCompactTime(date)) <= CLOCK_TOLERANCE_MS))
      return refuse(request, 'InvalidTimestamp');
    if (authorization.scope !== `${date.slice(0, 8)}/cn-north-1/rtc/request`) {
      return refuse(request, 'InvalidCredential');
    }
    const key = findAccessKey(account, authorization.accessKeyId);
    if (!key) return refuse(request, 'InvalidAccessKey');
    if (!isTokenValid(request, key, authorization)) return refuse(request, 'InvalidSecretToken');
    return isGenuine(request, key, authorization) ? undefined : refuse(request, 'SignatureDoesNotMatch');
  };
}

function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKeyId, scope, signedHeaders, signature] =
    /^HMAC-SHA256 Credential=([^/,\s]+)\/([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    ) ?? [];
  if (!accessKeyId || !scope || !signedHeaders || !signature) return undefined;
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature };
}

/** Ms epoch of `YYYYMMDD'T'HHMMSS'Z'`; NaN for anything else. */
function parseCompactTime(text: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** A token must be the key's own, and must be signed. */
function isTokenValid({ headers }: VendorRequest, key: AccessKey, { signedHeaders }: Authorization): boolean {
  const token = headers['x-security-token'];
  return token === key.token && (token === undefined || signedHeaders.includes('x-security-token'));
}

function isGenuine(request: VendorRequest, key: AccessKey, authorization: Authorization): boolean {
  const { scope, signature, signedHeaders } = authorization;
  const canonicalRequest = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
    '',
    signedHeaders.join(';'),
    EMPTY_BODY_SHA256,
  ].join('\n');
  const stringToSign = ['HMAC-SHA256', headerOf(request, 'x-date'), scope, sha256Hex(canonicalRequest)].join(
    '\n',
  );
  const signingKey = scope.split('/').reduce<string | Buffer>(hmacSha256, key.secret);
  return hmacSha256(signingKey, stringToSign).toString('hex') === signature;
}

function headerOf({ headers }: VendorRequest, name: string): string {
  return String(headers[name] ?? '').trim();
}
