import { LookupError } from '../../domain/errors.ts';
import type { Reply } from '../../domain/provider.ts';
import type { MediaTaskProblemCode } from '../../generated/model.ts';
import {
  type JsonObject,
  parseBody,
  readField,
  readList,
  readObject,
  readText,
  requireObject,
  requireSameTask,
} from '../../vendor-http/read.ts';
import { type Grounds, toProblemCode, toRefusalError } from '../../vendor-http/refusal.ts';

/** A successful answer, still in the vendor's shape. */
export interface Answer {
  readonly requestId: string | null;
  /** TranscodeTask; null when the answer holds only jobs. */
  readonly task: JsonObject | null;
  /** TranscodeJobInfoList, of the task or beside it. */
  readonly jobs: readonly JsonObject[];
}

/**
 * Error codes of VOD and of the API gateway in front of it.
 * https://www.alibabacloud.com/help/en/vod/developer-reference/error-codes and the API gateway's list
 */
const problemCodes: ReadonlyMap<string, MediaTaskProblemCode> = new Map([
  ['NoSuchResource', 'TASK_NOT_FOUND'],
  ['Throttling', 'RATE_LIMITED'],
  ['Throttling.User', 'RATE_LIMITED'],
  ['Throttling.Api', 'RATE_LIMITED'],
  ['MissingParameter', 'REJECTED'],
  ['InvalidParameter', 'REJECTED'],
  ['UnsupportedOperation', 'REJECTED'],
  ['InvalidAction', 'REJECTED'],
  ['InvalidAction.NotFound', 'REJECTED'],
  ['NoSuchVersion', 'REJECTED'],
  ['Forbidden', 'ACCESS_DENIED'],
  ['OperationDenied', 'ACCESS_DENIED'],
  ['OperationDenied.Suspended', 'ACCESS_DENIED'],
  ['SignatureDoesNotMatch', 'ACCESS_DENIED'],
  ['SignatureNonceUsed', 'ACCESS_DENIED'],
  ['IncompleteSignature', 'ACCESS_DENIED'],
  ['InvalidTimeStamp.Expired', 'ACCESS_DENIED'],
  ['InvalidTimeStamp.Format', 'ACCESS_DENIED'],
  ['IllegalTimestamp', 'ACCESS_DENIED'],
  ['InvalidAccessKeyId.NotFound', 'ACCESS_DENIED'],
  ['InvalidAccessKeyId.Inactive', 'ACCESS_DENIED'],
  ['InvalidSecurityToken.Expired', 'ACCESS_DENIED'],
  ['InternalError', 'UNAVAILABLE'],
  ['ServiceUnAvailable', 'UNAVAILABLE'],
  ['ServiceUnavailable', 'UNAVAILABLE'],
]);

const grounds: Grounds = {
  wrongCredentials: new Set([
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId.NotFound',
    'InvalidAccessKeyId.Inactive',
    'InvalidSecurityToken.Expired',
  ]),
  wrongTime: new Set(['InvalidTimeStamp.Expired']),
};

/**
 * The answer about the asked task; null when the vendor knows no such task.
 * @throws LookupError when the vendor refused, or answered what cannot be read or is about another task
 */
export const readAnswer = (reply: Reply, transcodeTaskId: string, now: number): Answer | null => {
  const answer = readReply(reply, now);
  if (!answer) return null;
  requireSameTask(readField(answer.task, 'TranscodeTaskId'), transcodeTaskId);
  return answer;
};

/**
 * The answer, whatever it was asked about; null when the vendor knows nothing of it.
 * @throws LookupError when the vendor refused, or answered what cannot be read
 */
export const readReply = (reply: Reply, now: number): Answer | null => {
  const body = parseBody(reply.body);
  const vendorCode = readText(readField(body, 'Code'));
  const problemCode = toCode(vendorCode, reply.status);
  if (problemCode === 'TASK_NOT_FOUND') return null;
  if (problemCode) {
    const message = readText(readField(body, 'Message'));
    const vendorRequestId = readText(readField(body, 'RequestId'));
    throw toRefusalError(problemCode, { vendorCode, message, vendorRequestId, grounds }, reply, now);
  }
  return readSuccess(requireObject(body));
};

const toCode = (vendorCode: string | null, status: number): MediaTaskProblemCode | undefined => {
  if (vendorCode === null) return toProblemCode(status);
  const known = problemCodes.get(vendorCode);
  if (known) return known;
  // The vendor's SDK treats every code that contains this word as throttling.
  if (vendorCode.includes('Throttling')) return 'RATE_LIMITED';
  return toProblemCode(status) ?? 'REJECTED';
};

const readSuccess = (body: JsonObject): Answer => {
  const task = readObject(readField(body, 'TranscodeTask'));
  const jobs = readField(task, 'TranscodeJobInfoList') ?? readField(body, 'TranscodeJobInfoList');
  if (!task && !Array.isArray(jobs)) {
    throw new LookupError('BAD_RESPONSE', 'The vendor answered neither a task nor jobs.');
  }
  return {
    requestId: readText(readField(body, 'RequestId')),
    task,
    jobs: readList(jobs, readObject) ?? [],
  };
};
