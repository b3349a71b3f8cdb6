import { randomUUID } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import type { Reply } from '../vendor.ts';

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
  ServiceUnAvailable: [503, 'The request has failed due to a temporary failure of the server.'],
} as const;

export const { answerAs, refuse, refuseAs } = createRefusals<keyof typeof codes>({
  codes,
  kinds: {
    throttled: ['Throttling.User'],
    wrongCredentials: ['SignatureDoesNotMatch'],
    internalError: ['InternalError'],
    unavailable: ['ServiceUnAvailable'],
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
