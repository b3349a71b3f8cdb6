import { randomUUID } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
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

/** The vendor's codes, HTTP statuses and messages: VOD and its gateway ("Error codes", "client error codes"). */
const codes = {
  NoSuchResource: [404, 'The specified resource TranscodeTask does not exist.'],
  MissingParameter: [400, 'A parameter that is mandatory for this request is not supplied.'],
  InvalidParameter: [400, 'A parameter of this request is not valid.'],
  'Throttling.User': [400, 'Request was denied due to user flow throttling.'],
  SignatureDoesNotMatch: [400, 'Specified signature is not matched with our calculation.'],
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  'InvalidTimeStamp.Format': [400, 'Specified time stamp is not well formatted.'],
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  'InvalidAccessKeyId.NotFound': [404, 'Specified access key is not found.'],
  // From memory: no page read here lists it.
  'InvalidSecurityToken.MismatchWithAccessKey': [400, 'Specified SecurityToken mismatch with the AccessKey.'],
  'InvalidAction.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  InternalError: [500, 'The request processing has failed due to some unknown error.'],
} as const;

export const { answerAs, refuse, refuseAs } = createRefusals<keyof typeof codes>({
  codes,
  kinds: {
    throttled: 'Throttling.User',
    wrongCredentials: 'SignatureDoesNotMatch',
    internalError: 'InternalError',
  },
  toBody: ({ headers }, Code, Message) => ({
    RequestId: randomUUID().toUpperCase(),
    HostId: headers.host,
    Code,
    Message,
  }),
});

export function succeed(data: object): Reply {
  return { status: 200, body: { RequestId: randomUUID().toUpperCase(), ...data } };
}

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
