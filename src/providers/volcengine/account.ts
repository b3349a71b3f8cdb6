import type { Environment, Reply, Tools, VendorRequest } from '../../domain/provider.ts';
import type { MediaTaskProblemCode } from '../../generated/model.ts';
import { type Parameters, toCanonicalQuery } from '../../vendor-http/query.ts';
import {
  type JsonObject,
  parseBody,
  readField,
  readObject,
  readText,
  requireObject,
} from '../../vendor-http/read.ts';
import { type Grounds, toProblemCode, toRefusalError } from '../../vendor-http/refusal.ts';
import { toSignedHeaders } from './sign.ts';

const defaultEndpoint = 'https://rtc.volcengineapi.com';
const defaultRegion = 'cn-north-1';
const service = 'rtc';

/** A successful answer, still in the vendor's shape. */
export interface Answer {
  readonly requestId: string | null;
  readonly result: JsonObject;
}

/** The account that all actions of Volcengine RTC share. */
export interface Account {
  /** The request for an action with its parameters, signed at this moment. */
  toRequest(query: Parameters): VendorRequest;
  /**
   * @returns null when the vendor knows no such task
   * @throws LookupError when the vendor refused, or answered what cannot be read
   */
  readAnswer(reply: Reply): Answer | null;
}

/** Undefined: no credentials. */
export const openAccount = (environment: Environment, { now }: Tools): Account | undefined => {
  const endpoint = environment.url('VOLCENGINE_RTC_ENDPOINT', defaultEndpoint);
  const region = environment.text('VOLCENGINE_REGION', defaultRegion);
  const sessionToken = environment.secret('VOLCENGINE_SESSION_TOKEN');
  const keys = environment.credentials('VOLCENGINE_ACCESS_KEY', 'VOLCENGINE_SECRET_KEY');
  if (!keys) {
    if (sessionToken) environment.fault('VOLCENGINE_SESSION_TOKEN', 'is set without the key it belongs to.');
    return undefined;
  }
  const credentials = {
    accessKey: keys.VOLCENGINE_ACCESS_KEY,
    secretKey: keys.VOLCENGINE_SECRET_KEY,
    sessionToken,
  };
  return {
    toRequest: (query) => {
      const { host } = new URL(endpoint);
      const signable = { host, query, region, service, date: toCompactDate(now()) };
      return {
        url: `${endpoint}/?${toCanonicalQuery(query)}`,
        headers: toSignedHeaders(signable, credentials),
      };
    },
    readAnswer: (reply) => readAnswer(reply, now()),
  };
};

/** UTC as `yyyyMMdd'T'HHmmss'Z'`. */
const toCompactDate = (now: number): string => new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * Codes of the gateway (https://www.volcengine.com/docs/6369/68677), then of RTC
 * (https://www.volcengine.com/docs/6348/70426). RTC's own are looked up whole, then by the part before the dot.
 */
const problemCodes: ReadonlyMap<string, MediaTaskProblemCode> = new Map([
  ['MissingParameter', 'REJECTED'],
  ['MissingAuthenticationToken', 'ACCESS_DENIED'],
  ['MissingRequestInfo', 'REJECTED'],
  ['MissingSignature', 'ACCESS_DENIED'],
  ['InvalidTimestamp', 'ACCESS_DENIED'],
  ['ServiceNotFound', 'REJECTED'],
  ['InvalidActionOrVersion', 'REJECTED'],
  ['InvalidAccessKey', 'ACCESS_DENIED'],
  ['SignatureDoesNotMatch', 'ACCESS_DENIED'],
  ['LackPolicy', 'ACCESS_DENIED'],
  ['AccessDenied', 'ACCESS_DENIED'],
  ['InternalError', 'UNAVAILABLE'],
  ['FailToConnect', 'UNAVAILABLE'],
  ['InternalServiceTimeout', 'UNAVAILABLE'],
  ['InvalidAuthorization', 'ACCESS_DENIED'],
  ['InvalidCredential', 'ACCESS_DENIED'],
  ['InvalidSecretToken', 'ACCESS_DENIED'],
  ['FlowLimitExceeded', 'RATE_LIMITED'],
  ['InvalidParameter', 'REJECTED'],
  // "The task does not exist or has stopped": the only code that can mean an unknown task; the vendor names none.
  ['InvalidParameter.ErrorActiveTaskNotFound', 'TASK_NOT_FOUND'],
  ['ErrorActiveTaskNotFound', 'TASK_NOT_FOUND'],
  ['InvalidParameter.AccountIdMismatch', 'ACCESS_DENIED'],
]);

const grounds: Grounds = {
  wrongCredentials: new Set([
    'InvalidAccessKey',
    'SignatureDoesNotMatch',
    'InvalidCredential',
    'InvalidSecretToken',
  ]),
  wrongTime: new Set(['InvalidTimestamp']),
};

/** An error can come with HTTP 200. */
const readAnswer = (reply: Reply, now: number): Answer | null => {
  const body = parseBody(reply.body);
  const metadata = readObject(readField(body, 'ResponseMetadata'));
  const error = readObject(readField(metadata, 'Error'));
  const vendorCode = readText(readField(error, 'Code'));
  const problemCode = error ? toCode(vendorCode, reply.status) : toProblemCode(reply.status);
  if (problemCode === 'TASK_NOT_FOUND') return null;
  const requestId = readText(readField(metadata, 'RequestId'));
  if (problemCode) {
    const message = readText(readField(error, 'Message'));
    throw toRefusalError(
      problemCode,
      { vendorCode, message, vendorRequestId: requestId, grounds },
      reply,
      now,
    );
  }
  const result = requireObject(readField(requireObject(body), 'Result'), 'The vendor answered no result.');
  return { requestId, result };
};

const toCode = (vendorCode: string | null, status: number): MediaTaskProblemCode => {
  const family = vendorCode?.split('.')[0] ?? '';
  return (
    problemCodes.get(vendorCode ?? '') ?? problemCodes.get(family) ?? toProblemCode(status) ?? 'REJECTED'
  );
};
