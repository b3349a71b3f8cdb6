import { randomBytes } from 'node:crypto';
import type { Reply, Trouble, VendorRequest } from '../vendor-api.ts';

/** The gateway's codes: number, HTTP status and message (volcengine.com/docs/6348/1178322, docs/6369). */
const gatewayCodes = {
  MissingParameter: [100002, 400, 'A required parameter is missing.'],
  MissingAuthenticationToken: [100003, 401, 'The request carries no Authorization.'],
  MissingRequestInfo: [100004, 400, 'The request carries no X-Date.'],
  InvalidTimestamp: [100006, 400, 'X-Date is malformed or too far from the time of the server.'],
  InvalidActionOrVersion: [100008, 404, 'Could not find operation for this version.'],
  InvalidAccessKey: [100009, 401, 'The access key does not exist.'],
  SignatureDoesNotMatch: [100010, 401, 'The request signature does not match the one calculated.'],
  InternalError: [100014, 500, 'The server has an internal error.'],
  FailToConnect: [100015, 503, 'The service could not be reached.'],
  InvalidAuthorization: [undefined, 400, 'The Authorization header is malformed.'],
  InvalidCredential: [undefined, 400, 'The credential scope is malformed or not that of this service.'],
  InvalidSecretToken: [undefined, 401, 'The security token is not valid for this access key.'],
} as const;

/** RTC's own codes and messages (volcengine.com/docs/6348/70426), without numbers: the page lists none. */
const rtcCodes = {
  InvalidParameter: 'A parameter is not valid.',
  'InvalidParameter.ErrorActiveTaskNotFound': 'The task does not exist or has stopped.',
  'InvalidParameter.NotExistAppId': 'The AppId does not exist.',
  'FlowLimitExceeded.QPSOverLimit': 'The QPS is over the limit.',
} as const;

export type GatewayCode = keyof typeof gatewayCodes;
export type RtcCode = keyof typeof rtcCodes;

const codeOfTrouble: Record<Exclude<Trouble, 'throttled'>, GatewayCode> = {
  wrongCredentials: 'SignatureDoesNotMatch',
  internalError: 'InternalError',
  unavailable: 'FailToConnect',
};

/** The document that shows the metadata first and the one that shows it last both stay as they are. */
export function succeed(
  request: VendorRequest,
  Result: object,
  order: 'metadata first' | 'metadata last',
): Reply {
  const ResponseMetadata = metadata(request);
  return {
    status: 200,
    body: order === 'metadata first' ? { ResponseMetadata, Result } : { Result, ResponseMetadata },
  };
}

export function refuse(request: VendorRequest, Code: GatewayCode, message?: string): Reply {
  const [CodeN, status, usualMessage] = gatewayCodes[Code];
  return fail(request, status, { CodeN, Code, Message: message ?? usualMessage });
}

export function refuseByRtc(request: VendorRequest, Code: RtcCode): Reply {
  return fail(request, rtcStatus(request), { Code, Message: rtcCodes[Code] });
}

export function refuseInTrouble(trouble: Trouble, request: VendorRequest): Reply {
  return trouble === 'throttled'
    ? refuseByRtc(request, 'FlowLimitExceeded.QPSOverLimit')
    : refuse(request, codeOfTrouble[trouble]);
}

/** An answer in the form of an error: to a question about a task that does not exist. */
export function answerNoSuchTask(request: VendorRequest): Reply {
  const { refusedFor: _, ...answer } = refuseByRtc(request, 'InvalidParameter.ErrorActiveTaskNotFound');
  return answer;
}

/**
 * The HTTP status of RTC's own errors is not documented. Clients of 2020-12-01 are told to look for an error in
 * HTTP 200 as well, and since 2023-11-01 the status decides; so that is what each version gets.
 */
function rtcStatus({ parameters }: VendorRequest): number {
  return parameters.get('Version') === '2020-12-01' ? 200 : 400;
}

function fail(
  request: VendorRequest,
  status: number,
  problem: { CodeN?: number | undefined; Code: string; Message: string },
): Reply {
  return {
    status,
    body: { ResponseMetadata: { ...metadata(request), Error: problem } },
    refusedFor: problem.Code,
  };
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
