import type { ErrorCode, Harness } from '../../conformance/harness.ts';
import { ok } from '../../conformance/json.ts';
import type { SeenRequest } from '../../conformance/local-vendor.ts';

/** `20260304T120000Z` in milliseconds since 1970. */
const readDate = ({ headers }: SeenRequest): number => {
  const date = String(headers['x-date']);
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
};

/** HTTP statuses of RTC's own codes are not documented: either will do. */
const rtc = (code: string, means: ErrorCode[1]): ErrorCode => [code, means, 200, 400];

const gatewayCodes: readonly ErrorCode[] = [
  ['MissingParameter', 'REJECTED', 400],
  ['MissingAuthenticationToken', 'ACCESS_DENIED', 401],
  ['MissingRequestInfo', 'REJECTED', 400],
  ['MissingSignature', 'ACCESS_DENIED', 401],
  ['InvalidTimestamp', 'ACCESS_DENIED', 400, 403],
  ['ServiceNotFound', 'REJECTED', 404],
  ['InvalidActionOrVersion', 'REJECTED', 404],
  ['InvalidAccessKey', 'ACCESS_DENIED', 401],
  ['SignatureDoesNotMatch', 'ACCESS_DENIED', 401],
  ['LackPolicy', 'ACCESS_DENIED', 403],
  ['AccessDenied', 'ACCESS_DENIED', 403],
  ['InternalError', 'UNAVAILABLE', 500],
  ['FailToConnect', 'UNAVAILABLE', 500, 502],
  ['InternalServiceTimeout', 'UNAVAILABLE', 500, 504],
  ['InvalidAuthorization', 'ACCESS_DENIED', 400],
  ['InvalidCredential', 'ACCESS_DENIED', 400],
  ['InvalidSecretToken', 'ACCESS_DENIED', 401],
  ['FlowLimitExceeded', 'RATE_LIMITED', 429],
];

const rtcCodes: readonly ErrorCode[] = [
  rtc('InvalidParameter.ErrorActiveTaskNotFound', 'TASK_NOT_FOUND'),
  rtc('InvalidParameter', 'REJECTED'),
  rtc('InvalidParameter.TaskAlreadyExists', 'REJECTED'),
  rtc('InvalidParameter.NotExistAppId', 'REJECTED'),
  rtc('InvalidParameter.IllegalAppId', 'REJECTED'),
  rtc('InvalidParameter.IllegalRoomID', 'REJECTED'),
  rtc('InvalidParameter.BodyIsEmpty', 'REJECTED'),
  rtc('InvalidParameter.Unmarshal', 'REJECTED'),
  rtc('InvalidParameter.EmptyAccountId', 'REJECTED'),
  rtc('InvalidParameter.OutofTimeRange', 'REJECTED'),
  rtc('InvalidParameter.StartTimeAfterEndTime', 'REJECTED'),
  rtc('InvalidParameter.InvalidRtmpAddress', 'REJECTED'),
  rtc('InvalidParameter.IllegalTo', 'REJECTED'),
  rtc('InvalidParameter.IllegalFrom', 'REJECTED'),
  rtc('InvalidParameter.SizeOverLimit', 'REJECTED'),
  rtc('InvalidParameter.UserCountOverLimit', 'REJECTED'),
  rtc('InvalidParameter.AccountIdMismatch', 'ACCESS_DENIED'),
  rtc('FlowLimitExceeded.QPSOverLimit', 'RATE_LIMITED'),
  rtc('FlowLimitExceeded.TaskNumberOverLimit', 'RATE_LIMITED'),
  rtc('AccessDenied.RecordNotEnabled', 'ACCESS_DENIED'),
  rtc('AccessDenied.NoPermissionForApp', 'ACCESS_DENIED'),
  rtc('AccessDenied.ServiceNotEnabled', 'ACCESS_DENIED'),
  rtc('InternalError.GenerateTokenFailed', 'UNAVAILABLE'),
];

const metadata = (Action: string, RequestId: string) => ({
  RequestId,
  Action,
  Version: '2020-12-01',
  Service: 'rtc',
  Region: 'cn-north-1',
});

/** What the harnesses of all actions of Volcengine RTC share. */
export const volcengineHarness = (action: string) =>
  ({
    credentials: {
      VOLCENGINE_ACCESS_KEY: 'AKLT-made-up-key',
      VOLCENGINE_SECRET_KEY: 'made-up-secret-of-volc==',
    },
    settings: { VOLCENGINE_SESSION_TOKEN: 'made-up-token-of-sts' },
    endpoint: { variable: 'VOLCENGINE_RTC_ENDPOINT' },
    signed: { time: readDate },
    errorCodes: [...gatewayCodes, ...rtcCodes],
    undocumentedCode: 'Undocumented.Of',
    refusal: (Code, Message, status) => ({
      ...ok({
        ResponseMetadata: {
          ...metadata(action, 'refused-request'),
          Error: { CodeN: 199_999, Code, Message },
        },
      }),
      status,
    }),
    unknownTask: ok({
      ResponseMetadata: {
        ...metadata(action, 'request-2'),
        Error: {
          Code: 'InvalidParameter.ErrorActiveTaskNotFound',
          Message: 'task does not exist or has stopped',
        },
      },
    }),
    throttled: {
      ...ok({
        ResponseMetadata: {
          ...metadata(action, 'request-3'),
          Error: { Code: 'FlowLimitExceeded.QPSOverLimit', Message: 'too many requests' },
        },
      }),
      status: 429,
    },
  }) satisfies Partial<Harness>;
