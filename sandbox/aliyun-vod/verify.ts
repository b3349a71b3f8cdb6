import { type AccessKey, findAccessKey } from '../credentials.ts';
import { canonicalQuery, encodeStrictly } from '../query.ts';
import { createNonceMemory, hmacSha1Base64, isSameSecret } from '../signatures.ts';
import type { Reply, VendorApi, VendorRequest } from '../vendor-api.ts';
import { refuse } from './refusals.ts';

const CLOCK_TOLERANCE_MS = 15 * 60_000;

const mandatory = [
  'Action',
  'Version',
  'AccessKeyId',
  'Signature',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
] as const;

/** Verifies RPC signature version 1 ("Common parameters", "Signature method" of the VOD documentation). */
export function createVerify(keys: readonly AccessKey[]): VendorApi['verify'] {
  const isNewNonce = createNonceMemory();

  return (request, now) => {
    const refusal = refuseParameters(request) ?? refuseTimestamp(request, now);
    if (refusal) return refusal;
    const key = findAccessKey(keys, request.parameters.get('AccessKeyId'));
    if (!key) return refuse('InvalidAccessKeyId.NotFound', request);
    return refuseToken(request, key) ?? refuseSignature(request, key) ?? refuseNonce(request);
  };

  function refuseNonce(request: VendorRequest): Reply | undefined {
    const { parameters } = request;
    return isNewNonce(`${parameters.get('AccessKeyId')} ${parameters.get('SignatureNonce')}`)
      ? undefined
      : refuse('SignatureNonceUsed', request);
  }
}

function refuseParameters(request: VendorRequest): Reply | undefined {
  const { parameters, flaw } = request;
  if (flaw !== undefined) return refuse('InvalidParameter', request, flaw);
  const missing = mandatory.find((name) => !parameters.get(name));
  if (missing) return refuse('MissingParameter', request, `The parameter ${missing} is not supplied.`);
  if (parameters.get('Action') !== 'GetTranscodeTask') return refuse('InvalidAction.NotFound', request);
  if (parameters.get('Version') !== '2017-03-21') return refuse('NoSuchVersion', request);
  return undefined;
}

function refuseTimestamp(request: VendorRequest, now: number): Reply | undefined {
  const timestamp = request.parameters.get('Timestamp');
  if (!timestamp) return refuse('IllegalTimestamp', request);
  const time = Date.parse(timestamp);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp) || Number.isNaN(time)) {
    return refuse('InvalidTimeStamp.Format', request);
  }
  return Math.abs(now - time) > CLOCK_TOLERANCE_MS ? refuse('InvalidTimeStamp.Expired', request) : undefined;
}

function refuseToken(request: VendorRequest, key: AccessKey): Reply | undefined {
  const token = request.parameters.get('SecurityToken');
  if (token === key.token) return undefined;
  return refuse(
    token === undefined ? 'MissingSecurityToken' : 'InvalidSecurityToken.MismatchWithAccessKey',
    request,
  );
}

function refuseSignature(request: VendorRequest, key: AccessKey): Reply | undefined {
  const { parameters } = request;
  if (parameters.get('SignatureMethod') !== 'HMAC-SHA1' || parameters.get('SignatureVersion') !== '1.0') {
    return refuse('IncompleteSignature', request);
  }
  const expected = hmacSha1Base64(`${key.secret}&`, stringToSign(request));
  return isSameSecret(expected, parameters.get('Signature') ?? '')
    ? undefined
    : refuse('SignatureDoesNotMatch', request);
}

function stringToSign({ method, query, form }: VendorRequest): string {
  const signed = [...query, ...form].filter(([name]) => name !== 'Signature');
  return `${method}&%2F&${encodeStrictly(canonicalQuery(signed))}`;
}
