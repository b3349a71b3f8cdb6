import type { Reply } from '../../domain/provider.ts';
import type { MediaTaskProblemCode } from '../../generated/model.ts';
import {
  type JsonObject,
  parseBody,
  readField,
  readInt,
  readObject,
  readText,
  requireObject,
  requireSameTask,
} from '../../vendor-http/read.ts';
import { type Grounds, toProblemCode, toRefusalError } from '../../vendor-http/refusal.ts';

/** The clouds that work for ZEGO, as the vendor spells them. */
export type Cloud = 'Tencent' | 'Huawei';

/** A successful answer, still in the vendor's shape. */
export interface Answer {
  readonly code: number | null;
  readonly message: string | null;
  readonly requestId: string | null;
  readonly cloud: Cloud;
  /** The part of the answer from the asked cloud. */
  readonly task: JsonObject;
}

const success = '0';
const noTask = 'NO_TASK';

/**
 * Return codes, sent with HTTP 200: of the gateway, then of media tasks.
 * https://docs.zegocloud.com/article/19708 (return codes)
 */
const problemCodes: ReadonlyMap<string, MediaTaskProblemCode> = new Map([
  ['100000000', 'REJECTED'],
  ['100000001', 'REJECTED'],
  ['100000002', 'REJECTED'],
  ['100000003', 'REJECTED'],
  ['100000004', 'ACCESS_DENIED'],
  ['100000005', 'ACCESS_DENIED'],
  ['100000006', 'REJECTED'],
  ['100000007', 'REJECTED'],
  ['100000008', 'REJECTED'],
  ['100000009', 'ACCESS_DENIED'],
  ['100000010', 'ACCESS_DENIED'],
  ['100000011', 'ACCESS_DENIED'],
  ['100000012', 'REJECTED'],
  ['100000013', 'REJECTED'],
  ['100000014', 'REJECTED'],
  ['100000015', 'UNAVAILABLE'],
  ['100000016', 'ACCESS_DENIED'],
  ['100000017', 'ACCESS_DENIED'],
  ['2', 'REJECTED'],
  ['3', 'ACCESS_DENIED'],
  ['4', 'REJECTED'],
  ['5', 'REJECTED'],
  ['6', 'RATE_LIMITED'],
  ['7', 'ACCESS_DENIED'],
  // "Request failed": as an outage, it would let one wrong id open the circuit breaker.
  ['1000', 'REJECTED'],
  // "File not found": documented for requests that start tasks.
  ['41003', 'TASK_NOT_FOUND'],
]);

/**
 * How Tencent's side answers an unknown task is not documented: 2 and 1000 are likely, but mean other things, too, unless
 * the message says so.
 */
const vagueCodes: ReadonlySet<string> = new Set(['2', '1000']);
const saysUnknown = /not\s+exist|not\s+found|no\s+such|unknown\s+task|不存在|未找到|找不到/i;

const grounds: Grounds = {
  wrongCredentials: new Set(['100000005', '100000010', '7']),
  wrongTime: new Set(['100000004']),
};

/**
 * The answer about the asked task; null when the cloud knows no such task.
 * @throws LookupError when the vendor refused, or answered what cannot be read or is about another task
 */
export const readAnswer = (reply: Reply, cloud: Cloud, taskId: string, now: number): Answer | null => {
  const body = parseBody(reply.body);
  const vendorCode = readText(readField(body, 'Code'));
  const message = readText(readField(body, 'Message'));
  const problemCode = toCode(vendorCode, message ?? '', reply.status);
  if (problemCode) {
    const vendorRequestId = readText(readField(body, 'RequestId'));
    throw toRefusalError(problemCode, { vendorCode, message, vendorRequestId, grounds }, reply, now);
  }
  return readSuccess(requireObject(body), cloud, taskId);
};

const toCode = (
  vendorCode: string | null,
  message: string,
  status: number,
): MediaTaskProblemCode | undefined => {
  if (vendorCode === null || vendorCode === success) return toProblemCode(status);
  if (vagueCodes.has(vendorCode) && saysUnknown.test(message)) return 'TASK_NOT_FOUND';
  return problemCodes.get(vendorCode) ?? toProblemCode(status) ?? 'REJECTED';
};

const readSuccess = (body: JsonObject, cloud: Cloud, taskId: string): Answer | null => {
  // The document's sample has Huawei beside Data, the vendor's OpenAPI file has it inside.
  const task = requireObject(
    readField(readObject(readField(body, 'Data')), cloud) ?? readField(body, cloud),
    `The vendor's answer has no part for ${cloud}.`,
  );
  if (readText(readField(task, 'Status'))?.trim() === noTask) return null;
  // A form that was never filled in. Without the part, or with some of it, the answer is damaged.
  if (readField(task, 'TaskId') === '' && Object.values(task).every(isBlank)) return null;
  requireSameTask(readField(task, 'TaskId'), taskId);
  return {
    code: readInt(readField(body, 'Code')),
    message: readText(readField(body, 'Message')),
    requestId: readText(readField(body, 'RequestId')),
    cloud,
    task,
  };
};

const isBlank = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);
