import { randomUUID } from 'node:crypto';
import type { VendorRequest } from '../request.ts';
import type { RefusalKind, Reply } from '../vendor.ts';

/** The vendor's codes, HTTP statuses and messages: VOD and its gateway ("Error codes", "client error codes"). */
const refusals = {
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
  ServiceUnAvailable: [503, 'The request has failed due to a temporary failure of the server.'],
} as const;

type RefusalCode = keyof typeof refusals;

const codeOfKind: Record<RefusalKind, RefusalCode> = {
  throttled: 'Throttling.User',
  wrongCredentials: 'SignatureDoesNotMatch',
  internalError: 'InternalError',
  unavailable: 'ServiceUnAvailable',
};

export function succeed(data: object): Reply {
  return { status: 200, body: { RequestId: randomUUID().toUpperCase(), ...data } };
}

/** The vendor's error body, with `message` instead of the usual one where more can be said. */
export function refuse(code: RefusalCode, request: VendorRequest, message?: string): Reply {
  const [status, usualMessage] = refusals[code];
  return { status, body: errorBody(code, request, message ?? usualMessage), refusedFor: code };
}

export function refuseAs(kind: RefusalKind, request: VendorRequest): Reply {
  return refuse(codeOfKind[kind], request);
}

/** An answer in the form of an error: to a question about a task that does not exist. */
export function answerNoSuchTask(request: VendorRequest): Reply {
  const [status, message] = refusals.NoSuchResource;
  return { status, body: errorBody('NoSuchResource', request, message) };
}

function errorBody(Code: RefusalCode, { headers }: VendorRequest, Message: string): object {
  return { RequestId: randomUUID().toUpperCase(), HostId: headers.host, Code, Message };
}
