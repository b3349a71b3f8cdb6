import type { VendorRequest } from '../request.ts';
import {
  type AccountKeys,
  canonicalQuery,
  createNonceMemory,
  encodeStrictly,
  findAccessKey,
  hmacSha1Base64,
} from '../signatures.ts';
import type { Reply, Verify } from '../vendor.ts';
import { refuse } from './replies.ts';

const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** What a request must have, with its only allowed value where there is one. */
const mandatory: Readonly<Record<string, string | undefined>> = {
  Action: 'GetTranscodeTask',
  Version: '2017-03-21',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
  AccessKeyId: undefined,
  Signature: undefined,
  SignatureNonce: undefined,
  Timestamp: undefined,
};

/** Verifies RPC signature version 1 ("Common parameters", "Signature method" of the VOD documentation). */
export function createVerify(account: AccountKeys): Verify {
  const isNewNonce = createNonceMemory();

  return (request, now) => {
    const refusal = refuseParameters(request) ?? refuseTimestamp(request, now);
    if (refusal) return refusal;
    const { parameters } = request;
    const key = findAccessKey(account, parameters.get('AccessKeyId'));
    if (!key) return refuse('InvalidAccessKeyId.NotFound', request);
    if (parameters.get('SecurityToken') !== key.token) {
      return refuse('InvalidSecurityToken.MismatchWithAccessKey', request);
    }
    const expected = hmacSha1Base64(`${key.secret}&`, stringToSign(request));
    if (parameters.get('Signature') !== expected) {
      return refuse('SignatureDoesNotMatch', request);
    }
    const isNew = isNewNonce(`${key.id} ${parameters.get('SignatureNonce')}`);
    return isNew ? undefined : refuse('SignatureNonceUsed', request);
  };
}

function refuseParameters(request: VendorRequest): Reply | undefined {
  const { parameters, flaw } = request;
  if (flaw !== undefined) return refuse('InvalidParameter', request, flaw);
  for (const [name, expected] of Object.entries(mandatory)) {
    const sent = parameters.get(name);
    if (!sent) return refuse('MissingParameter', request, `The parameter ${name} is not supplied.`);
    if (sent !== (expected ?? sent)) {
      if (name === 'Action') return refuse('InvalidAction.NotFound', request);
      return refuse('InvalidParameter', request, `The parameter ${name} must be ${expected}.`);
    }
  }
  if (parameters.get('Format')?.toUpperCase() === 'JSON') return undefined;
  return refuse('InvalidParameter', request, 'The sandbox answers in JSON only: send Format=JSON.');
}

function refuseTimestamp(request: VendorRequest, now: number): Reply | undefined {
  const timestamp = request.parameters.get('Timestamp') ?? '';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)) return refuse('InvalidTimeStamp.Format', request);
  const isClose = Math.abs(now - Date.parse(timestamp)) <= CLOCK_TOLERANCE_MS;
  return isClose ? undefined : refuse('InvalidTimeStamp.Expired', request);
}

function stringToSign({ method, query }: VendorRequest): string {
  const signed = query.filter(([name]) => name !== 'Signature');
  return `${method}&%2F&${encodeStrictly(canonicalQuery(signed))}`;
}
