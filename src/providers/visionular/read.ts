import type { Reply } from '../../domain/provider.ts';
import type { MediaTaskProblemCode } from '../../generated/model.ts';
import {
  type JsonObject,
  parseBody,
  readField,
  readInt,
  readText,
  requireObject,
  requireSameTask,
} from '../../vendor-http/read.ts';
import { type Grounds, toProblemCode, toRefusalError } from '../../vendor-http/refusal.ts';

/** A successful answer, still in the vendor's shape. */
export interface Answer {
  readonly code: number | null;
  readonly msg: string | null;
  readonly requestId: string | null;
  readonly data: JsonObject;
}

const success = '0';

/** The API's result codes, sent with HTTP 200. https://docs.visionular.cn/mps/api */
const problemCodes: ReadonlyMap<string, MediaTaskProblemCode> = new Map([
  ['1000', 'UNAVAILABLE'],
  ['1001', 'REJECTED'],
  ['1002', 'REJECTED'],
  ['1003', 'ACCESS_DENIED'],
  ['1004', 'TASK_NOT_FOUND'],
  ['1005', 'UNAVAILABLE'],
  ['1006', 'REJECTED'],
]);

/** The vendor has one code for every failure of authentication; a wrong time shows in the reply's Date header. */
const grounds: Grounds = { wrongCredentials: new Set(['1003']), wrongTime: new Set(['1003']) };

/**
 * The answer about the asked task; null when the vendor knows no such task.
 * @throws LookupError when the vendor refused, or answered what cannot be read or is about another task
 */
export const readAnswer = (reply: Reply, taskId: string, now: number): Answer | null => {
  const envelope = parseBody(reply.body);
  const vendorCode = readText(readField(envelope, 'code'));
  const problemCode = toCode(vendorCode, reply.status);
  if (problemCode === 'TASK_NOT_FOUND') return null;
  if (problemCode) {
    const message = readText(readField(envelope, 'msg'));
    const vendorRequestId = readText(readField(envelope, 'request_id'));
    throw toRefusalError(problemCode, { vendorCode, message, vendorRequestId, grounds }, reply, now);
  }
  return readSuccess(requireObject(envelope), taskId);
};

/** An HTTP status that is more specific takes precedence over the codes for success and for a general failure. */
const toCode = (vendorCode: string | null, status: number): MediaTaskProblemCode | undefined => {
  if (vendorCode === null || vendorCode === success || status === 429) return toProblemCode(status);
  return problemCodes.get(vendorCode) ?? toProblemCode(status) ?? 'REJECTED';
};

const readSuccess = (envelope: JsonObject, taskId: string): Answer => {
  const data = requireObject(readField(envelope, 'data'), "The vendor's answer has no task.");
  requireSameTask(readField(data, 'task_id'), taskId);
  return {
    code: readInt(readField(envelope, 'code')),
    msg: readText(readField(envelope, 'msg')),
    requestId: readText(readField(envelope, 'request_id')),
    data,
  };
};
