import type { SnapshotOf } from '../../domain/task.ts';
import type {
  MediaTaskFailure,
  MediaTaskOutput,
  MediaTaskStatus,
  VisionularTranscodeTask,
} from '../../generated/model.ts';
import {
  type JsonObject,
  readCompactTime,
  readExtension,
  readField,
  readInt,
  readIsoTime,
  readLong,
  readNumber,
  readPercent,
  readSecondsTime,
  readText,
  readWord,
} from '../../vendor-http/read.ts';
import type { Answer } from './read.ts';

/** status: the values of the document, and the two final ones that the newer API spells differently. */
export const statuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['pending', 'QUEUED'],
  ['downloading', 'RUNNING'],
  ['running', 'RUNNING'],
  ['uploading', 'RUNNING'],
  ['success', 'SUCCEEDED'],
  ['succeeded', 'SUCCEEDED'],
  ['fail', 'FAILED'],
  ['failed', 'FAILED'],
]);

/** The answer in the shape of the schema. The older name of a field is read first, then the newer. */
export const toSnapshot = ({
  code,
  msg,
  requestId,
  data,
}: Answer): SnapshotOf<VisionularTranscodeTask, 'taskId'> => {
  const vendorStatus = readText(readField(data, 'status'));
  const status = readWord(statuses, vendorStatus, 'UNKNOWN');
  return {
    kind: 'VIDEO_TRANSCODE',
    status,
    vendorStatus,
    progress: readPercent(readField(data, 'progress')),
    createdAt: readTime(readField(data, 'create_time', 'created_time')),
    startedAt: readTime(readField(data, 'started_time')),
    finishedAt: readTime(readField(data, 'finish_time', 'finished_time')),
    failure: status === 'FAILED' ? readFailure(data) : null,
    outputs: status === 'SUCCEEDED' ? toOutputs(data) : [],
    vendorRequestId: requestId,
    code,
    msg,
    srcBitrate: readNumber(readField(data, 'src_bitrate', 'source_bitrate')),
    dstBitrate: readNumber(readField(data, 'dst_bitrate', 'output_bitrate')),
    input: readText(readField(data, 'input')),
    inputUrl: readText(readField(data, 'input_url')),
    output: readText(readField(data, 'output')),
    outputUrl: readText(readField(data, 'output_url')),
    region: readText(readField(data, 'region')),
    regionType: readText(readField(data, 'region_type')),
    bucket: readText(readField(data, 'bucket')),
    objkey: readText(readField(data, 'objkey')),
    templateId: readText(readField(data, 'template_id')),
    templateName: readText(readField(data, 'template_name')),
  };
};

/** The vendor's list call writes this for "not yet". */
const notYet = '2000-01-01 00:00:00';

/** Ten-digit seconds in the document; other calls of the vendor write `2020-02-07 07:06:06`, taken for UTC. */
const readTime = (value: unknown): string | null => {
  if (value === notYet) return null;
  return (
    readSecondsTime(value) ??
    readIsoTime(readText(value)?.replace(' ', 'T').concat('Z')) ??
    readIsoTime(value)
  );
};

const readFailure = (data: JsonObject): MediaTaskFailure | null => {
  const code = readText(readField(data, 'err_code'));
  const message = readText(readField(data, 'err_message', 'err_msg', 'message'));
  const failureCode = code === '0' ? null : code;
  return failureCode || message ? { code: failureCode, message } : null;
};

const toOutputs = (data: JsonObject): MediaTaskOutput[] => {
  const url = readText(readField(data, 'output_url'));
  const objectKey = readText(readField(data, 'objkey', 'output'));
  if (!url && !objectKey) return [];
  const [width = null, height = null] = readResolution(readField(data, 'output_resolution'));
  return [
    {
      kind: 'VIDEO',
      url,
      urlExpiresAt: readExpiry(url),
      objectKey,
      format: readExtension(objectKey),
      sizeBytes: readLong(readField(data, 'output_size')),
      durationSeconds: readNumber(readField(data, 'duration')),
      bitrateKbps: readNumber(readField(data, 'dst_bitrate', 'output_bitrate')),
      width,
      height,
    },
  ];
};

/** `1280x720`. */
const readResolution = (value: unknown): (number | null)[] => {
  const match = /^(\d+)\s*[x*×]\s*(\d+)$/i.exec(readText(value) ?? '');
  return match ? [readInt(match[1]), readInt(match[2])] : [];
};

/** When an address presigned the way of S3 expires: at Expires (version 2), or so long after its date (version 4). */
const readExpiry = (url: string | null): string | null => {
  const parameters = url === null ? undefined : URL.parse(url)?.searchParams;
  if (!parameters) return null;
  const signedAt = readCompactTime(parameters.get('X-Amz-Date')?.replace(/[TZ]/g, ''));
  const lifeSeconds = readInt(parameters.get('X-Amz-Expires'));
  if (signedAt === null || lifeSeconds === null) return readSecondsTime(parameters.get('Expires'));
  return readSecondsTime(Date.parse(signedAt) / 1_000 + lifeSeconds);
};
