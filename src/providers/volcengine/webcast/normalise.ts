import type { SnapshotOf } from '../../../domain/task.ts';
import type {
  MediaTaskFailure,
  MediaTaskStatus,
  VideoSolution,
  WebCastEventNotifyConfig,
  WebCastMonitorConfig,
  WebCastStopReason,
  WebCastTask,
} from '../../../generated/model.ts';
import {
  type JsonObject,
  readBoolean,
  readField,
  readInt,
  readKind,
  readList,
  readMillisTime,
  readObject,
  readText,
  readWord,
} from '../../../vendor-http/read.ts';

/** Status. 0 is the vendor's own "unknown"; 3 is "ended". */
export const statuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['0', 'UNKNOWN'],
  ['1', 'QUEUED'],
  ['2', 'RUNNING'],
  ['3', 'SUCCEEDED'],
  ['4', 'FAILED'],
]);

/** StopReason. */
const stopReasons: ReadonlyMap<string, WebCastStopReason> = new Map([
  ['StopByAPI', 'STOP_BY_API'],
  ['StartTaskFailed', 'START_TASK_FAILED'],
  ['ExceedMaxRunningTime', 'EXCEED_MAX_RUNNING_TIME'],
]);

/** The answer's task in the shape of the schema. */
export const toSnapshot = (
  task: JsonObject,
  requestId: string | null,
): SnapshotOf<WebCastTask, 'appId' | 'roomId' | 'taskId'> => {
  const vendorStatus = readText(readField(task, 'Status'));
  const stopReason = readText(readField(task, 'StopReason'));
  const stopReasonKind = readKind(stopReasons, stopReason, 'UNKNOWN');
  const status = toStatus(vendorStatus, stopReasonKind);
  return {
    kind: 'WEB_CAST',
    status,
    vendorStatus,
    progress: null,
    createdAt: null,
    startedAt: readMillisTime(readField(task, 'StartTime')),
    finishedAt: readMillisTime(readField(task, 'EndTime')),
    failure: toFailure(status, stopReason),
    outputs: null,
    vendorRequestId: requestId,
    stopReason,
    stopReasonKind,
    userId: readText(readField(task, 'UserId')),
    sourceUrl: readText(readField(task, 'SourceURL')),
    maxRunningTime: readInt(readField(task, 'MaxRunningTime')),
    videoSolutions: readList(readField(task, 'VideoSolutions'), toVideoSolution),
    monitorConfig: toMonitorConfig(readObject(readField(task, 'MonitorConfig'))),
    eventNotifyConfig: toEventNotifyConfig(readObject(readField(task, 'EventNotifyConfig'))),
  };
};

/** A cast that never began has the status "ended", though nothing was recorded. */
const toStatus = (vendorStatus: string | null, stopReason: WebCastStopReason | null): MediaTaskStatus => {
  const status = readWord(statuses, vendorStatus, 'UNKNOWN');
  return status === 'SUCCEEDED' && stopReason === 'START_TASK_FAILED' ? 'FAILED' : status;
};

const toFailure = (status: MediaTaskStatus, stopReason: string | null): MediaTaskFailure | null =>
  status === 'FAILED' && stopReason ? { code: stopReason, message: null } : null;

const toVideoSolution = (item: unknown): VideoSolution | null => {
  const solution = readObject(item);
  return (
    solution && {
      width: readInt(readField(solution, 'Width')),
      height: readInt(readField(solution, 'Height')),
      frameRate: readInt(readField(solution, 'FrameRate')),
      bitrate: readInt(readField(solution, 'Bitrate')),
    }
  );
};

const toMonitorConfig = (config: JsonObject | null): WebCastMonitorConfig | null =>
  config && {
    freezeCheckInterval: readInt(readField(config, 'FreezeCheckInterval')),
    blankCheckInterval: readInt(readField(config, 'BlankCheckInterval')),
    crashCheckInterval: readInt(readField(config, 'CrashCheckInterval')),
  };

const toEventNotifyConfig = (config: JsonObject | null): WebCastEventNotifyConfig | null =>
  config && {
    enableEventNotify: readBoolean(readField(config, 'EnableEventNotify')),
    startTimeout: readInt(readField(config, 'StartTimeout')),
  };
