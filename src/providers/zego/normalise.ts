import type { SnapshotOf } from '../../domain/task.ts';
import type {
  MediaTaskFailure,
  MediaTaskKind,
  MediaTaskOutput,
  MediaTaskStatus,
  ZegoHuaweiTask,
  ZegoMediaTask,
  ZegoTencentEvent,
  ZegoTencentTask,
} from '../../generated/model.ts';
import {
  type JsonObject,
  readCompactTime,
  readExtension,
  readField,
  readKind,
  readList,
  readText,
  readWord,
} from '../../vendor-http/read.ts';
import type { Answer } from './read.ts';

/** Status at Tencent. */
export const tencentStatuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['WAITING', 'QUEUED'],
  ['PROCESSING', 'RUNNING'],
  ['FINISH', 'SUCCEEDED'],
  ['FAIL', 'FAILED'],
]);

/** Status at Huawei, but for NO_TASK, which is no status of a task. */
export const huaweiStatuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['WAITING', 'QUEUED'],
  ['PROCESSING', 'RUNNING'],
  ['SUCCEEDED', 'SUCCEEDED'],
  ['FAILED', 'FAILED'],
  ['CANCELED', 'CANCELED'],
]);

/** Event at Tencent. */
const events: ReadonlyMap<string, ZegoTencentEvent> = new Map([
  ['compose', 'COMPOSE'],
  ['transcode', 'TRANSCODE'],
  ['SnapshotByTimeOffset', 'SNAPSHOT_BY_TIME_OFFSET'],
  ['SampleSnapshot', 'SAMPLE_SNAPSHOT'],
]);

const kinds: Readonly<Record<ZegoTencentEvent, MediaTaskKind>> = {
  COMPOSE: 'MERGE',
  TRANSCODE: 'VIDEO_TRANSCODE',
  SNAPSHOT_BY_TIME_OFFSET: 'SNAPSHOT',
  SAMPLE_SNAPSHOT: 'SNAPSHOT',
  UNKNOWN: 'UNKNOWN',
};

type ZegoSnapshot = SnapshotOf<ZegoMediaTask, 'vendor' | 'taskId'>;

/** What differs between the clouds. */
type CloudPart = Pick<ZegoSnapshot, 'kind' | 'createdAt' | 'finishedAt' | 'failure' | 'outputs'> & {
  readonly detail: ZegoTencentTask | ZegoHuaweiTask;
};

/** The answer in the shape of the schema. */
export const toSnapshot = ({ code, message, requestId, cloud, task }: Answer): ZegoSnapshot => {
  const part = cloud === 'Tencent' ? toTencentPart(task) : toHuaweiPart(task);
  return {
    ...part,
    status: part.detail.status,
    vendorStatus: part.detail.vendorStatus,
    progress: null,
    startedAt: null,
    vendorRequestId: requestId,
    code,
    message,
  };
};

/** One for each second of a long recording. */
const mostPictures = 10_000;

const toTencentPart = (task: JsonObject): CloudPart => {
  const vendorStatus = readText(readField(task, 'Status'));
  const event = readText(readField(task, 'Event'));
  const eventKind = readKind(events, event, 'UNKNOWN');
  const detail: ZegoTencentTask = {
    __typename: 'ZegoTencentTask',
    taskId: readText(readField(task, 'TaskId')),
    event,
    eventKind,
    status: readWord(tencentStatuses, vendorStatus, 'UNKNOWN'),
    vendorStatus,
    fileId: readText(readField(task, 'FileId')),
    replayUrl: readText(readField(task, 'ReplayUrl')),
    requestId: readText(readField(task, 'RequestId')),
    message: readText(readField(task, 'Message')),
    thumbnailsUrl: readList(readField(task, 'ThumbnailsUrl'), readText, mostPictures),
  };
  return {
    kind: kinds[eventKind ?? 'UNKNOWN'],
    createdAt: null,
    finishedAt: null,
    failure: toFailure(detail),
    outputs: detail.status === 'SUCCEEDED' ? toTencentOutputs(detail) : [],
    detail,
  };
};

const toHuaweiPart = (task: JsonObject): CloudPart => {
  const vendorStatus = readText(readField(task, 'Status'));
  const detail: ZegoHuaweiTask = {
    __typename: 'ZegoHuaweiTask',
    taskId: readText(readField(task, 'TaskId')),
    status: readWord(huaweiStatuses, vendorStatus, 'UNKNOWN'),
    vendorStatus,
    createdAt: readCompactTime(readField(task, 'CreateTime')),
    finishedAt: readCompactTime(readField(task, 'EndTime')),
    fileName: readList(readField(task, 'FileName'), readText, mostPictures),
  };
  const pictures = detail.status === 'SUCCEEDED' ? (detail.fileName ?? []) : [];
  return {
    kind: 'SNAPSHOT',
    createdAt: detail.createdAt,
    finishedAt: detail.finishedAt,
    failure: null,
    outputs: pictures.map((objectKey) => toOutput({ kind: 'IMAGE', objectKey })),
    detail,
  };
};

const toFailure = ({ status, message }: ZegoTencentTask): MediaTaskFailure | null =>
  status === 'FAILED' && message ? { code: null, message } : null;

const toTencentOutputs = ({ replayUrl, thumbnailsUrl }: ZegoTencentTask): MediaTaskOutput[] => [
  ...(replayUrl ? [toOutput({ kind: 'VIDEO', url: replayUrl })] : []),
  ...(thumbnailsUrl ?? []).map((url) => toOutput({ kind: 'IMAGE', url })),
];

const toOutput = ({
  kind,
  url = null,
  objectKey = null,
}: Pick<MediaTaskOutput, 'kind'> & Partial<Pick<MediaTaskOutput, 'url' | 'objectKey'>>): MediaTaskOutput => ({
  kind,
  url,
  urlExpiresAt: null,
  objectKey,
  format: readExtension(url === null ? objectKey : URL.parse(url)?.pathname),
  sizeBytes: null,
  durationSeconds: null,
  bitrateKbps: null,
  width: null,
  height: null,
});
