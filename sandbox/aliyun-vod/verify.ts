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
    if (!key) return refuse(request, 'InvalidAccessKeyId.NotFound');
    if (parameters.get('SecurityToken') !== key.token) {
      return refuse(request, 'InvalidSecurityToken.MismatchWithAccessKey');
    }
    const expected = hmacSha1Base64(`${key.secret}&`, stringToSign(request));
    if (parameters.get('Signature') !== expected) {
      return refuse(request, 'SignatureDoesNotMatch');
    }
    const isNew = isNewNonce(`${key.id} ${parameters.get('SignatureNonce')}`);
    return isNew ? undefined : refuse(request, 'SignatureNonceUsed');
  };
}

function refuseParameters(request: VendorRequest): Reply | undefined {
  const { parameters, flaw } = request;
  if (flaw !== undefined) return refuse(request, 'InvalidParameter', flaw);
  for (const [name, expected] of Object.entries(mandatory)) {
    const sent = parameters.get(name);
    if (!sent) return refuse(request, 'MissingParameter', `The parameter ${name} is not supplied.`);
    if (sent !== (expected ?? sent)) {
      if (name === 'Action') return refuse(request, 'InvalidAction.NotFound');
      return refuse(request, 'InvalidParameter', `The parameter ${name} must be ${expected}.`);
    }
  }
  if (parameters.get('Format')?.toUpperCase() === 'JSON') return undefined;
  return refuse(request, 'InvalidParameter', 'The sandbox answers in JSON only: send Format=JSON.');
}

function refuseTimestamp(request: VendorRequest, now: number): Reply | undefined {
  const timestamp = request.parameters.get('Timestamp') ?? '';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)) return refuse(request, 'InvalidTimeStamp.Format');
  const isClose = Math.abs(now - Date.parse(timestamp)) <= CLOCK_TOLERANCE_MS;
  return isClose ? undefined : refuse(request, 'InvalidTimeStamp.Expired');
}

function stringToSign({ method, query }: VendorRequest): string {
  const signed = query.filter(([name]) => name !== 'Signature');
  return `${method}&%2F&${encodeStrictly(canonicalQuery(signed))}`;
}
