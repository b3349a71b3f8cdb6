import { randomBytes } from 'node:crypto';
import type { VendorRequest } from '../request.ts';
import type { RefusalKind, Reply } from '../vendor.ts';

/**
 * Codes with their number, HTTP status and message. Those of the gateway: volcengine.com/docs/6348/1178322, docs/6369.
 * The last three are RTC's own (volcengine.com/docs/6348/70426), without numbers because the page lists none. Their
 * HTTP status is not documented; clients of this version are told to look for an error in HTTP 200 as well.
 */
const refusals = {
  MissingParameter: [100002, 400, 'A required parameter is missing.'],
  MissingAuthenticationToken: [100003, 401, 'The request carries no Authorization.'],
  InvalidTimestamp: [100006, 400, 'X-Date is malformed or too far from the time of the server.'],
  InvalidActionOrVersion: [100008, 404, 'Could not find operation for this version.'],
  InvalidAccessKey: [100009, 401, 'The access key does not exist.'],
  SignatureDoesNotMatch: [100010, 401, 'The request signature does not match the one calculated.'],
  InternalError: [100014, 500, 'The server has an internal error.'],
  FailToConnect: [100015, 503, 'The service could not be reached.'],
  InvalidAuthorization: [undefined, 400, 'The Authorization header is malformed.'],
  InvalidCredential: [undefined, 400, 'The credential scope is malformed or not that of this service.'],
  InvalidSecretToken: [undefined, 401, 'The security token is not valid for this access key.'],
  InvalidParameter: [undefined, 200, 'A parameter is not valid.'],
  'InvalidParameter.ErrorActiveTaskNotFound': [undefined, 200, 'The task does not exist or has stopped.'],
  'FlowLimitExceeded.QPSOverLimit': [undefined, 200, 'The QPS is over the limit.'],
} as const;

type RefusalCode = keyof typeof refusals;

const codeOfKind: Record<RefusalKind, RefusalCode> = {
  throttled: 'FlowLimitExceeded.QPSOverLimit',
  wrongCredentials: 'SignatureDoesNotMatch',
  internalError: 'InternalError',
  unavailable: 'FailToConnect',
};

export function succeed(request: VendorRequest, Result: object): Reply {
  return { status: 200, body: { ResponseMetadata: metadata(request), Result } };
}

export function refuse(request: VendorRequest, Code: RefusalCode): Reply {
  const [CodeN, status, Message] = refusals[Code];
  return {
    status,
    body: { ResponseMetadata: { ...metadata(request), Error: { CodeN, Code, Message } } },
    refusedFor: Code,
  };
}

export function refuseAs(kind: RefusalKind, request: VendorRequest): Reply {
  return refuse(request, codeOfKind[kind]);
}

/** An answer in the form of an error: to a question about a task that does not exist. */
export function answerNoSuchTask(request: VendorRequest): Reply {
  const { refusedFor: _, ...answer } = refuse(request, 'InvalidParameter.ErrorActiveTaskNotFound');
  return answer;
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
