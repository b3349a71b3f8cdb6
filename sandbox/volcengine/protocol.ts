import { hash, randomBytes } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import type { VendorRequest } from '../request.ts';
import {
  type AccessKey,
  type AccountKeys,
  canonicalQuery,
  findAccessKey,
  hmacSha256,
} from '../signatures.ts';
import type { Reply, Verify } from '../vendor.ts';

/**
 * Codes with their HTTP status, message and number. Those of the gateway: volcengine.com/docs/6348/1178322, docs/6369.
 * The last three are RTC's own (volcengine.com/docs/6348/70426), without numbers because the page lists none. Their
 * HTTP status is not documented; the documentation asks clients of this version to look for an error in HTTP 200 as well.
 */
const codes = {
  MissingParameter: [400, 'A required parameter is missing.', 100002],
  MissingAuthenticationToken: [401, 'The request carries no Authorization.', 100003],
  InvalidTimestamp: [400, 'X-Date is malformed or too far from the time of the server.', 100006],
  InvalidActionOrVersion: [404, 'Could not find operation for this version.', 100008],
  InvalidAccessKey: [401, 'The access key does not exist.', 100009],
  SignatureDoesNotMatch: [401, 'The request signature does not match the one calculated.', 100010],
  InternalError: [500, 'The server has an internal error.', 100014],
  InvalidAuthorization: [400, 'The Authorization header is malformed.', undefined],
  InvalidCredential: [400, 'The credential scope is malformed or not that of this service.', undefined],
  InvalidSecretToken: [401, 'The security token is not valid for this access key.', undefined],
  InvalidParameter: [200, 'A parameter is not valid.', undefined],
  'InvalidParameter.ErrorActiveTaskNotFound': [200, 'The task does not exist or has stopped.', undefined],
  'FlowLimitExceeded.QPSOverLimit': [200, 'The QPS is over the limit.', undefined],
} as const;

export const { answerAs, refuse, refuseAs } = createRefusals<keyof typeof codes>({
  codes,
  kinds: {
    throttled: 'FlowLimitExceeded.QPSOverLimit',
    wrongCredentials: 'SignatureDoesNotMatch',
    internalError: 'InternalError',
  },
  toBody: (request, Code, Message) => ({
    ResponseMetadata: { ...metadata(request), Error: { CodeN: codes[Code][2], Code, Message } },
  }),
});

export function succeed(request: VendorRequest, Result: object): Reply {
  return { status: 200, body: { ResponseMetadata: metadata(request), Result } };
}

function metadata({ parameters }: VendorRequest): object {
  return {
    RequestId: randomBytes(16).toString('hex').toUpperCase(),
    Action: parameters.get('Action') ?? '',
    Version: parameters.get('Version') ?? '',
    Service: 'rtc',
    Region: 'cn-north-1',
  };
}

const CLOCK_TOLERANCE_MS = 15 * 60_000;
const EMPTY_BODY_SHA256 = hash('sha256', '');
const actions: readonly unknown[] = ['GetWebCastTask', 'WbTranscodeQuery'];

type Authorization = NonNullable<ReturnType<typeof parseAuthorization>>;

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

/** The fields of the header `Authorization`; the scope is `YYYYMMDD/region/service/request`. */
function parseAuthorization(header: string) {
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
  const date = headerOf(request, 'x-date');
  const stringToSign = ['HMAC-SHA256', date, scope, hash('sha256', canonicalRequest)].join('\n');
  const signingKey = scope.split('/').reduce<string | Buffer>(hmacSha256, key.secret);
  return hmacSha256(signingKey, stringToSign).toString('hex') === signature;
}

function headerOf({ headers }: VendorRequest, name: string): string {
  return String(headers[name] ?? '').trim();
}
