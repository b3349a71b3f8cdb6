import { randomBytes } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import type { VendorRequest } from '../request.ts';
import type { Reply } from '../vendor.ts';

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
  FailToConnect: [503, 'The service could not be reached.', 100015],
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
    throttled: ['FlowLimitExceeded.QPSOverLimit'],
    wrongCredentials: ['SignatureDoesNotMatch'],
    internalError: ['InternalError'],
    unavailable: ['FailToConnect'],
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
