import type { SnapshotOf } from '../../../domain/task.ts';
import type { MediaTaskFailure, MediaTaskStatus, WhiteboardTranscodeTask } from '../../../generated/model.ts';
import { type JsonObject, readField, readPercent, readText, readWord } from '../../../vendor-http/read.ts';

/** status. The same numbers mean other things in GetWebCastTask. */
export const statuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['0', 'QUEUED'],
  ['1', 'RUNNING'],
  ['2', 'SUCCEEDED'],
  ['3', 'FAILED'],
]);

/** The failure in a result without a status: then the request failed, not the transcoding. */
export const readRefusal = (result: JsonObject): MediaTaskFailure | null =>
  readText(readField(result, 'status', 'Status')) === null ? readFailure(result) : null;

/** The result in the shape of the schema; the second name of each field is that of version 2023-11-01. */
export const toSnapshot = (
  result: JsonObject,
  requestId: string | null,
): SnapshotOf<WhiteboardTranscodeTask, 'appId' | 'taskId'> => {
  const vendorStatus = readText(readField(result, 'status', 'Status'));
  const status = readWord(statuses, vendorStatus, 'UNKNOWN');
  return {
    kind: 'DOCUMENT_TRANSCODE',
    status,
    vendorStatus,
    progress: readPercent(readField(result, 'progress', 'Progress')),
    createdAt: null,
    startedAt: null,
    finishedAt: null,
    failure: status === 'FAILED' ? readFailure(result) : null,
    outputs: null,
    vendorRequestId: requestId,
  };
};

const readFailure = (result: JsonObject): MediaTaskFailure | null => {
  const code = [
    readText(readField(result, 'err_code', 'ErrCode')),
    readText(readField(result, 'ErrCodeN')),
  ].find((candidate) => candidate !== null && candidate !== '0');
  const message = readText(readField(result, 'err_msg', 'ErrMsg'));
  // The document's table has a dash where there is no message.
  const shown = message === '-' ? null : message;
  return code || shown ? { code: code ?? null, message: shown } : null;
};
