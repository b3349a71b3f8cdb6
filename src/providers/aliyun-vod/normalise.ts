import { parseJson } from '../../domain/json.ts';
import type { SnapshotOf } from '../../domain/task.ts';
import type {
  AliyunAudioStream,
  AliyunEncryption,
  AliyunOutputFile,
  AliyunSubtitleStream,
  AliyunTranscodeTask,
  AliyunTrigger,
  AliyunVideoStream,
  MediaTaskFailure,
  MediaTaskOutput,
  MediaTaskStatus,
  TranscodeJobInfo,
} from '../../generated/model.ts';
import {
  type JsonObject,
  readField,
  readInt,
  readIsoTime,
  readKind,
  readList,
  readLong,
  readNumber,
  readObject,
  readPercent,
  readText,
  readWord,
} from '../../vendor-http/read.ts';
import type { Answer } from './read.ts';

/** TaskStatus, with two misspellings that the vendor's own pages print. */
export const taskStatuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['Processing', 'RUNNING'],
  ['Partial', 'RUNNING'],
  ['CompleteAllSucc', 'SUCCEEDED'],
  ['CompleteAllSucces', 'SUCCEEDED'],
  ['CompeleteAllSucc', 'SUCCEEDED'],
  ['CompletePartialSucc', 'PARTIALLY_SUCCEEDED'],
  ['CompleteAllFail', 'FAILED'],
]);

/** TranscodeJobStatus. */
export const jobStatuses: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['Transcoding', 'RUNNING'],
  ['TranscodeSuccess', 'SUCCEEDED'],
  ['TranscodeFail', 'FAILED'],
]);

/** Trigger. */
const triggers: ReadonlyMap<string, AliyunTrigger> = new Map([
  ['Auto', 'AUTO'],
  ['Manual', 'MANUAL'],
]);

/** A job as the vendor sent it, perhaps without its id: then it counts in its task but is no entity. */
type SentJob = Omit<TranscodeJobInfo, 'transcodeJobId'> & { readonly transcodeJobId: string | null };

const hasId = (job: SentJob): job is TranscodeJobInfo => job.transcodeJobId !== null;

/** The jobs that have an id. */
export const toJobInfos = (jobs: readonly JsonObject[]): TranscodeJobInfo[] => jobs.map(toJob).filter(hasId);

/** The jobs by their ids. */
export const toJobMap = (jobs: readonly TranscodeJobInfo[]): ReadonlyMap<string, TranscodeJobInfo> =>
  new Map(jobs.map((job) => [job.transcodeJobId, job]));

/** The answer in the shape of the schema. The task's status is the vendor's, even where the jobs contradict it. */
export const toSnapshot = ({
  requestId,
  task,
  jobs,
}: Answer): SnapshotOf<AliyunTranscodeTask, 'transcodeTaskId'> => {
  const vendorStatus = readText(readField(task, 'TaskStatus'));
  const status = readWord(taskStatuses, vendorStatus, 'UNKNOWN');
  const trigger = readText(readField(task, 'Trigger'));
  const sentJobs = jobs.map(toJob);
  return {
    kind: 'VIDEO_TRANSCODE',
    status,
    vendorStatus,
    progress: toMeanProgress(sentJobs),
    createdAt: readIsoTime(readField(task, 'CreationTime')),
    startedAt: null,
    finishedAt: readFinishTime(task),
    failure: status === 'FAILED' || status === 'PARTIALLY_SUCCEEDED' ? firstFailure(sentJobs) : null,
    outputs: sentJobs.map(toOutput).filter((output) => output !== null),
    vendorRequestId: requestId,
    transcodeTemplateGroupId: readText(readField(task, 'TranscodeTemplateGroupId')),
    videoId: readText(readField(task, 'VideoId')),
    trigger,
    triggerKind: readKind(triggers, trigger, 'UNKNOWN'),
    transcodeJobInfoList: sentJobs.filter(hasId),
  };
};

const toJob = (job: JsonObject): SentJob => {
  const vendorStatus = readText(readField(job, 'TranscodeJobStatus'));
  const status = readWord(jobStatuses, vendorStatus, 'UNKNOWN');
  const outputFile = readObject(readField(job, 'OutputFile'));
  return {
    transcodeJobId: readText(readField(job, 'TranscodeJobId')),
    problem: null,
    status,
    vendorStatus,
    progress: readPercent(readField(job, 'TranscodeProgress')),
    createdAt: readIsoTime(readField(job, 'CreationTime')),
    finishedAt: readFinishTime(job),
    failure: status === 'FAILED' ? readFailure(job) : null,
    definition: readText(readField(job, 'Definition')),
    inputFileUrl: readText(readField(job, 'InputFileUrl')),
    priority: readInt(readField(job, 'Priority')),
    transcodeTemplateId: readText(readField(job, 'TranscodeTemplateId')),
    outputFile: outputFile && toOutputFile(outputFile),
  };
};

/** The document's table has CompleteTime; its samples have FinishTime on failed jobs. */
const readFinishTime = (object: JsonObject | null): string | null =>
  readIsoTime(readField(object, 'CompleteTime')) ?? readIsoTime(readField(object, 'FinishTime'));

const readFailure = (job: JsonObject): MediaTaskFailure | null => {
  const code = readText(readField(job, 'ErrorCode'));
  const message = readText(readField(job, 'ErrorMessage'));
  return code || message ? { code, message } : null;
};

const firstFailure = (jobs: readonly SentJob[]): MediaTaskFailure | null =>
  jobs.find(({ failure }) => failure)?.failure ?? null;

const toMeanProgress = (jobs: readonly SentJob[]): number | null => {
  const known = jobs.map(({ progress }) => progress).filter((progress) => progress !== null);
  return known.length > 0
    ? Math.floor(known.reduce((sum, progress) => sum + progress, 0) / known.length)
    : null;
};

const toOutput = ({ status, outputFile }: SentJob): MediaTaskOutput | null => {
  if (status !== 'SUCCEEDED' || !outputFile?.outputFileUrl) return null;
  return {
    kind: 'VIDEO',
    url: outputFile.outputFileUrl,
    urlExpiresAt: null,
    objectKey: null,
    format: outputFile.format,
    sizeBytes: outputFile.filesize,
    durationSeconds: outputFile.duration,
    bitrateKbps: outputFile.bitrate,
    width: outputFile.width,
    height: outputFile.height,
  };
};

const toOutputFile = (file: JsonObject): AliyunOutputFile => ({
  outputFileUrl: readText(readField(file, 'OutputFileUrl')),
  format: readText(readField(file, 'Format')),
  filesize: readLong(readField(file, 'Filesize')),
  duration: readNumber(readField(file, 'Duration')),
  bitrate: readNumber(readField(file, 'Bitrate')),
  fps: readNumber(readField(file, 'Fps')),
  width: readInt(readField(file, 'Width')),
  height: readInt(readField(file, 'Height')),
  encryption: readEncryption(readField(file, 'Encryption')),
  watermarkIdList: readWatermarkIds(readField(file, 'WatermarkIdList')),
  audioStreamList: readStreams(readField(file, 'AudioStreamList'), toAudioStream),
  videoStreamList: readStreams(readField(file, 'VideoStreamList'), toVideoStream),
  subtitleStreamList: readStreams(readField(file, 'SubtitleStreamList'), toCommonStream),
});

/** The vendor sends JSON inside a text here; the same value unwrapped is read as well. */
const unwrapJson = (value: unknown): unknown => parseJson(value) ?? value;

const readStreams = <Stream>(value: unknown, toStream: (stream: JsonObject) => Stream): Stream[] | null =>
  readList(unwrapJson(value), (item) => {
    const stream = readObject(item);
    return stream && toStream(stream);
  });

/** `{}` stands for no encryption. */
const readEncryption = (value: unknown): AliyunEncryption | null => {
  const encryptType = readText(readField(readObject(unwrapJson(value)), 'EncryptType'));
  return encryptType === null ? null : { encryptType };
};

/** A list in the JSON sample, bare elements in the XML one, a text holding JSON in the English one. */
const readWatermarkIds = (value: unknown): string[] | null => {
  const unwrapped = unwrapJson(value);
  if (Array.isArray(unwrapped)) return readList(unwrapped, readText);
  const single = readText(value);
  return single === null ? null : [single];
};

/** What all three kinds of stream have; a subtitle stream has nothing else. */
const toCommonStream = (stream: JsonObject): Omit<AliyunSubtitleStream, '__typename'> => ({
  index: readInt(readField(stream, 'Index')),
  lang: readText(readField(stream, 'Lang')),
  codecName: readText(readField(stream, 'CodecName')),
  codecLongName: readText(readField(stream, 'CodecLongName')),
  codecTag: readText(readField(stream, 'CodecTag')),
  codecTagString: readText(readField(stream, 'CodecTagString')),
  codecTimeBase: readText(readField(stream, 'CodecTimeBase')),
  timebase: readText(readField(stream, 'Timebase')),
  startTime: readNumber(readField(stream, 'StartTime')),
  duration: readNumber(readField(stream, 'Duration')),
});

const toAudioStream = (stream: JsonObject): AliyunAudioStream => ({
  ...toCommonStream(stream),
  bitrate: readNumber(readField(stream, 'Bitrate')),
  channels: readInt(readField(stream, 'Channels')),
  channelLayout: readText(readField(stream, 'ChannelLayout')),
  sampleFmt: readText(readField(stream, 'SampleFmt')),
  samplerate: readInt(readField(stream, 'Samplerate')),
});

const toVideoStream = (stream: JsonObject): AliyunVideoStream => ({
  ...toCommonStream(stream),
  bitrate: readNumber(readField(stream, 'Bitrate')),
  fps: readNumber(readField(stream, 'Fps')),
  avgFps: readNumber(readField(stream, 'AvgFPS')),
  width: readInt(readField(stream, 'Width')),
  height: readInt(readField(stream, 'Height')),
  dar: readText(readField(stream, 'Dar')),
  sar: readText(readField(stream, 'Sar')),
  profile: readText(readField(stream, 'Profile')),
  level: readInt(readField(stream, 'Level')),
  pixFmt: readText(readField(stream, 'PixFmt')),
  hasBFrames: readInt(readField(stream, 'HasBFrames')),
});
