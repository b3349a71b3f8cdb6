import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { TaskIdentity } from '../domain/task.ts';
import type { Context } from '../graphql/context.ts';
export type Maybe<T> = T extends PromiseLike<infer U> ? Promise<U | null> : T | null;
export type InputMaybe<T> = T extends PromiseLike<infer U> ? Promise<U | null> : T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in UTC, as ISO 8601 with milliseconds: `2026-01-02T03:04:05.000Z`. */
  DateTime: { input: string; output: string; }
  /** A whole number from 0 up to 2^53 - 1, as a JSON number. For values that can exceed Int, such as sizes in bytes. */
  MediaTaskLong: { input: number; output: number; }
  _FieldSet: { input: string; output: string; }
};

/** An audio stream of an Aliyun output file. */
export type AliyunAudioStream = {
  readonly __typename?: 'AliyunAudioStream';
  /** Bitrate in kbit/s. Null when missing or unreadable. */
  readonly bitrate: Maybe<Scalars['Float']['output']>;
  /** ChannelLayout, such as `stereo`. Null when missing. */
  readonly channelLayout: Maybe<Scalars['String']['output']>;
  /** Channels: how many. Null when missing or unreadable. */
  readonly channels: Maybe<Scalars['Int']['output']>;
  /** CodecLongName. Null when missing. */
  readonly codecLongName: Maybe<Scalars['String']['output']>;
  /** CodecName, such as `aac`. Null when missing. */
  readonly codecName: Maybe<Scalars['String']['output']>;
  /** CodecTag, such as `0x6134706d`. Null when missing. */
  readonly codecTag: Maybe<Scalars['String']['output']>;
  /** CodecTagString, such as `mp4a`. Null when missing. */
  readonly codecTagString: Maybe<Scalars['String']['output']>;
  /** CodecTimeBase, such as `1/44100`. Null when missing. */
  readonly codecTimeBase: Maybe<Scalars['String']['output']>;
  /** Duration in seconds. Null when missing or unreadable. */
  readonly duration: Maybe<Scalars['Float']['output']>;
  /** Index of the stream in the file. Null when missing or unreadable. */
  readonly index: Maybe<Scalars['Int']['output']>;
  /** Lang: language tag. Null when missing, as in m3u8 files. */
  readonly lang: Maybe<Scalars['String']['output']>;
  /** SampleFmt, such as `fltp`. Null when missing. */
  readonly sampleFmt: Maybe<Scalars['String']['output']>;
  /** Samplerate in Hz. Null when missing or unreadable. */
  readonly samplerate: Maybe<Scalars['Int']['output']>;
  /** StartTime in seconds; can be negative. Null when missing or unreadable. */
  readonly startTime: Maybe<Scalars['Float']['output']>;
  /** Timebase, such as `1/44100`. Null when missing. */
  readonly timebase: Maybe<Scalars['String']['output']>;
};

/** How an Aliyun output file is encrypted. */
export type AliyunEncryption = {
  readonly __typename?: 'AliyunEncryption';
  /** EncryptType, such as AliyunVoDEncryption. Null when missing. */
  readonly encryptType: Maybe<Scalars['String']['output']>;
};

/** The file an Aliyun transcoding job writes. */
export type AliyunOutputFile = {
  readonly __typename?: 'AliyunOutputFile';
  /** AudioStreamList. Null when missing or unreadable. */
  readonly audioStreamList: Maybe<ReadonlyArray<AliyunAudioStream>>;
  /** Bitrate: mean, in kbit/s. Null when missing or unreadable. */
  readonly bitrate: Maybe<Scalars['Float']['output']>;
  /** Duration in seconds. Null when missing or unreadable. */
  readonly duration: Maybe<Scalars['Float']['output']>;
  /** Encryption: how the file is encrypted. Null when it is not. */
  readonly encryption: Maybe<AliyunEncryption>;
  /** Filesize in bytes. Null when missing or unreadable. */
  readonly filesize: Maybe<Scalars['MediaTaskLong']['output']>;
  /** Format: the container, such as `m3u8`. Null when missing, as for failed jobs. */
  readonly format: Maybe<Scalars['String']['output']>;
  /** Fps: frames a second. Null when missing or unreadable. */
  readonly fps: Maybe<Scalars['Float']['output']>;
  /** Height in pixels. Null when missing or unreadable. */
  readonly height: Maybe<Scalars['Int']['output']>;
  /** OutputFileUrl: its address in OSS, which may need signing. Of a failed job it is a placeholder. Null when missing. */
  readonly outputFileUrl: Maybe<Scalars['String']['output']>;
  /** SubtitleStreamList. Null when missing or unreadable. */
  readonly subtitleStreamList: Maybe<ReadonlyArray<AliyunSubtitleStream>>;
  /** VideoStreamList. Null when missing or unreadable. */
  readonly videoStreamList: Maybe<ReadonlyArray<AliyunVideoStream>>;
  /** WatermarkIdList: ids of the watermarks laid over the picture. Null when missing. */
  readonly watermarkIdList: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Width in pixels. Null when missing or unreadable. */
  readonly width: Maybe<Scalars['Int']['output']>;
};

/** A subtitle stream of an Aliyun output file. */
export type AliyunSubtitleStream = {
  readonly __typename?: 'AliyunSubtitleStream';
  /** CodecLongName. Null when missing. */
  readonly codecLongName: Maybe<Scalars['String']['output']>;
  /** CodecName. Null when missing. */
  readonly codecName: Maybe<Scalars['String']['output']>;
  /** CodecTag. Null when missing. */
  readonly codecTag: Maybe<Scalars['String']['output']>;
  /** CodecTagString. Null when missing. */
  readonly codecTagString: Maybe<Scalars['String']['output']>;
  /** CodecTimeBase. Null when missing. */
  readonly codecTimeBase: Maybe<Scalars['String']['output']>;
  /** Duration in seconds. Null when missing or unreadable. */
  readonly duration: Maybe<Scalars['Float']['output']>;
  /** Index of the stream in the file. Null when missing or unreadable. */
  readonly index: Maybe<Scalars['Int']['output']>;
  /** Lang: language tag. Null when missing. */
  readonly lang: Maybe<Scalars['String']['output']>;
  /** StartTime in seconds; can be negative. Null when missing or unreadable. */
  readonly startTime: Maybe<Scalars['Float']['output']>;
  /** Timebase. Null when missing. */
  readonly timebase: Maybe<Scalars['String']['output']>;
};

/**
 * A transcoding task of Aliyun VOD: one video, one job for each wanted rendition.
 *
 * `status` is that of the vendor's task, even where its own jobs contradict it. `progress` is the mean of the jobs' progress.
 */
export type AliyunTranscodeTask = MediaTask & {
  readonly __typename?: 'AliyunTranscodeTask';
  /** CreationTime. Null while `problem` is set, and when missing or unreadable. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** Of the first failed job. Null unless `status` is FAILED or PARTIALLY_SUCCEEDED and a job has a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** When the vendor gave this answer. Null while `problem` is set. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** CompleteTime or FinishTime. Can be before `createdAt`: the vendor's times are not always in order. Null while `problem` is set, and when missing or unreadable. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** `aliyun-vod:` and the percent-encoded TranscodeTaskId. */
  readonly id: Scalars['ID']['output'];
  /** Whether the status will not change any more. Null while `problem` is set. */
  readonly isFinal: Maybe<Scalars['Boolean']['output']>;
  /** VIDEO_TRANSCODE. Null while `problem` is set. */
  readonly kind: Maybe<MediaTaskKind>;
  /** Milliseconds after which asking again can show something new. Null when the task is final or asking again cannot help. */
  readonly nextPollAfterMs: Maybe<Scalars['Int']['output']>;
  /** The files of jobs that succeeded. Null while `problem` is set. */
  readonly outputs: Maybe<ReadonlyArray<MediaTaskOutput>>;
  /** Why the vendor's answer is missing. Null when the vendor answered. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** Mean of the jobs' progress in percent, 0 to 100; a failed job counts with its last progress. Null while `problem` is set, and when there are no jobs. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** Always ALIYUN_VOD. */
  readonly provider: MediaTaskProvider;
  /** Whether this answer is older than it should be, because the vendor could not be asked again in time. */
  readonly stale: Scalars['Boolean']['output'];
  /** Always null: the vendor does not report it. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** From TaskStatus. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /**
   * TranscodeJobInfoList: one job for each rendition. A job that the vendor sends without its id is left out, because it cannot
   * be referred to; it still counts in the task's `progress`, `outputs` and `failure`. Null while `problem` is set; empty when
   * no job was started, as for a broken source.
   */
  readonly transcodeJobInfoList: Maybe<ReadonlyArray<TranscodeJobInfo>>;
  /** TranscodeTaskId: the natural key. */
  readonly transcodeTaskId: Scalars['ID']['output'];
  /** TranscodeTemplateGroupId: the template group the task was started with. Null while `problem` is set, and when missing. */
  readonly transcodeTemplateGroupId: Maybe<Scalars['String']['output']>;
  /** Trigger verbatim: `Auto` or `Manual`. Null while `problem` is set, and when missing. */
  readonly trigger: Maybe<Scalars['String']['output']>;
  /** From Trigger: what started the task. Null while `problem` is set, and when missing. */
  readonly triggerKind: Maybe<AliyunTrigger>;
  /** RequestId. Null when the vendor gave none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
  /** TaskStatus verbatim. Null while `problem` is set, and when the vendor gives only jobs. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
  /** VideoId: the video in VOD. Null while `problem` is set, and when missing. */
  readonly videoId: Maybe<Scalars['String']['output']>;
};

/** What started an Aliyun transcoding task. The vendor's own value is in `trigger`. */
export type AliyunTrigger =
  /** `Auto`: the upload of the video. */
  | 'AUTO'
  /** `Manual`: a call to the vendor. */
  | 'MANUAL'
  /** The vendor sent a value that is unknown here. */
  | 'UNKNOWN';

/** A video stream of an Aliyun output file. */
export type AliyunVideoStream = {
  readonly __typename?: 'AliyunVideoStream';
  /** AvgFPS: mean frames a second. Null when missing or unreadable. */
  readonly avgFps: Maybe<Scalars['Float']['output']>;
  /** Bitrate in kbit/s. Null when missing or unreadable. */
  readonly bitrate: Maybe<Scalars['Float']['output']>;
  /** CodecLongName. Null when missing. */
  readonly codecLongName: Maybe<Scalars['String']['output']>;
  /** CodecName, such as `h264`. Null when missing. */
  readonly codecName: Maybe<Scalars['String']['output']>;
  /** CodecTag, such as `0x31637661`. Null when missing. */
  readonly codecTag: Maybe<Scalars['String']['output']>;
  /** CodecTagString, such as `avc1`. Null when missing. */
  readonly codecTagString: Maybe<Scalars['String']['output']>;
  /** CodecTimeBase, such as `1/60`. Null when missing. */
  readonly codecTimeBase: Maybe<Scalars['String']['output']>;
  /** Dar: display aspect ratio, such as `9:16`; not always consistent with width and height. Null when missing. */
  readonly dar: Maybe<Scalars['String']['output']>;
  /** Duration in seconds. Null when missing or unreadable. */
  readonly duration: Maybe<Scalars['Float']['output']>;
  /** Fps: frames a second. Null when missing or unreadable. */
  readonly fps: Maybe<Scalars['Float']['output']>;
  /** HasBFrames: how many B frames there are between others. Null when missing or unreadable. */
  readonly hasBFrames: Maybe<Scalars['Int']['output']>;
  /** Height in pixels. Null when missing or unreadable. */
  readonly height: Maybe<Scalars['Int']['output']>;
  /** Index of the stream in the file. Null when missing or unreadable. */
  readonly index: Maybe<Scalars['Int']['output']>;
  /** Lang: language tag. Null when missing, as in m3u8 files. */
  readonly lang: Maybe<Scalars['String']['output']>;
  /** Level of the codec, such as 30 for 3.0. Null when missing or unreadable. */
  readonly level: Maybe<Scalars['Int']['output']>;
  /** PixFmt, such as `yuv420p`. Null when missing. */
  readonly pixFmt: Maybe<Scalars['String']['output']>;
  /** Profile of the codec, such as `High`. Null when missing. */
  readonly profile: Maybe<Scalars['String']['output']>;
  /** Sar: sample aspect ratio, such as `81:256`. Null when missing. */
  readonly sar: Maybe<Scalars['String']['output']>;
  /** StartTime in seconds; can be negative. Null when missing or unreadable. */
  readonly startTime: Maybe<Scalars['Float']['output']>;
  /** Timebase, such as `1/15360`. Null when missing. */
  readonly timebase: Maybe<Scalars['String']['output']>;
  /** Width in pixels. Null when missing or unreadable. */
  readonly width: Maybe<Scalars['Int']['output']>;
};

/**
 * A piece of work at a media vendor, in one shape for all vendors.
 *
 * While `problem` is set the vendor's answer is missing, and every field that would come from it is null.
 */
export type MediaTask = {
  /** When the vendor accepted the task. Null while `problem` is set, and when the vendor does not report it. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** Why it failed. Null unless `status` is FAILED or PARTIALLY_SUCCEEDED and the vendor gives a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** When the vendor gave this answer: what is shown is the state at that moment. Null while `problem` is set. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it ended, successfully or not. Null while `problem` is set, before that, and when the vendor does not report it. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /**
   * The provider and its natural key, joined with colons: `volcengine-webcast:app:room:task`.
   * Each part is percent-encoded as by encodeURIComponent, so a colon, slash or percent sign in it stays intact.
   */
  readonly id: Scalars['ID']['output'];
  /** Whether the status will not change any more. Null while `problem` is set. */
  readonly isFinal: Maybe<Scalars['Boolean']['output']>;
  /** What is being done. Null while `problem` is set. */
  readonly kind: Maybe<MediaTaskKind>;
  /**
   * Milliseconds until the next answer will be there: it is fetched by then because this one was asked for. Asking at that moment
   * shows a newer one, asking sooner shows this one again. Of a stale answer, when the task's turn comes.
   * Null when the task is final or asking again cannot help.
   */
  readonly nextPollAfterMs: Maybe<Scalars['Int']['output']>;
  /**
   * What the task has produced, in one shape. Only what exists: nothing of a failed or unfinished job.
   * Null while `problem` is set, and for vendors that never report outputs; empty when there are none yet.
   */
  readonly outputs: Maybe<ReadonlyArray<MediaTaskOutput>>;
  /** Why the vendor's answer is missing. Null when the vendor answered. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** Percent done, 0 to 100. Null while `problem` is set, and when the vendor gives none; 100 when the task has succeeded. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** The vendor API that knows this task. */
  readonly provider: MediaTaskProvider;
  /**
   * Whether this answer is older than it should be. It means one thing: the vendor could not be asked again in time, because it
   * fails, or because more is asked for than its quota allows. An answer that is not stale is at most 2 s old while the task
   * runs, 5 s while it is queued; a finished one does not change.
   */
  readonly stale: Scalars['Boolean']['output'];
  /** When work on it began. Null while `problem` is set, before that, and when the vendor does not report it. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** Its state, as one of the values that are common to all vendors. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /** The vendor's id of the request that gave this answer, for the vendor's support. Null when the vendor gave none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
  /** The vendor's own status, a text or a number, verbatim. Null while `problem` is set, and when the vendor gives none. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** The state of a circuit breaker. */
export type MediaTaskBreakerState =
  /** Calls are made. */
  | 'CLOSED'
  /** One call is made to check whether the vendor has recovered. */
  | 'HALF_OPEN'
  /** After several failures: calls are refused at once for some time. */
  | 'OPEN';

/** Why a task failed, as the vendor reports it. */
export type MediaTaskFailure = {
  readonly __typename?: 'MediaTaskFailure';
  /** The vendor's error code. Null when the vendor gives only a message. */
  readonly code: Maybe<Scalars['String']['output']>;
  /** The vendor's explanation. Null when the vendor gives only a code. */
  readonly message: Maybe<Scalars['String']['output']>;
};

/** What a task does. */
export type MediaTaskKind =
  /** A document is turned into pages for a whiteboard. */
  | 'DOCUMENT_TRANSCODE'
  /** Media files are joined into one. */
  | 'MERGE'
  /** Still pictures are taken from a video. */
  | 'SNAPSHOT'
  /** The vendor did not report it, or sent a value that is unknown here. */
  | 'UNKNOWN'
  /** A video is transcoded. */
  | 'VIDEO_TRANSCODE'
  /** A web page is recorded and pushed into a room. */
  | 'WEB_CAST';

/** Something a task has produced. */
export type MediaTaskOutput = {
  readonly __typename?: 'MediaTaskOutput';
  /** Mean bit rate in kbit/s. Null for pictures, and when the vendor does not report it. */
  readonly bitrateKbps: Maybe<Scalars['Float']['output']>;
  /** Length in seconds. Null for pictures, and when the vendor does not report it. */
  readonly durationSeconds: Maybe<Scalars['Float']['output']>;
  /** The container format, such as `mp4`. Null when the vendor does not report it. */
  readonly format: Maybe<Scalars['String']['output']>;
  /** Height in pixels. Null when the vendor does not report it. */
  readonly height: Maybe<Scalars['Int']['output']>;
  /** What it is. */
  readonly kind: MediaTaskOutputKind;
  /** The object's key in its storage bucket. Null when the vendor does not report it. */
  readonly objectKey: Maybe<Scalars['String']['output']>;
  /** Size in bytes. Null when the vendor does not report it. */
  readonly sizeBytes: Maybe<Scalars['MediaTaskLong']['output']>;
  /**
   * Where to fetch it. May be a presigned address: treat it as a secret. Null when the vendor only names an object in storage:
   * then `objectKey` is its name, and what is missing is the address of the bucket, which only the vendor's console shows.
   */
  readonly url: Maybe<Scalars['String']['output']>;
  /** When `url` expires. Null when it is not presigned, or its expiry is unknown. */
  readonly urlExpiresAt: Maybe<Scalars['DateTime']['output']>;
  /** Width in pixels. Null when the vendor does not report it. */
  readonly width: Maybe<Scalars['Int']['output']>;
};

/** What an output is. */
export type MediaTaskOutputKind =
  /** A still picture. */
  | 'IMAGE'
  /** A file whose kind the vendor does not report. */
  | 'UNKNOWN'
  /** A video file or playlist. */
  | 'VIDEO';

/** Why a vendor's answer is missing. */
export type MediaTaskProblem = {
  readonly __typename?: 'MediaTaskProblem';
  /** What went wrong, as one of the values that are common to all vendors. */
  readonly code: MediaTaskProblemCode;
  /** A text that explains `code`. Never contains credentials or signed URLs. */
  readonly message: Scalars['String']['output'];
  /**
   * Milliseconds to wait before asking again. For RATE_LIMITED, the task is queued meanwhile, and its answer will be there then.
   * Null when asking again cannot help, or the delay is unknown.
   */
  readonly retryAfterMs: Maybe<Scalars['Int']['output']>;
  /** Whether asking again later can succeed without a fix by the client or the operator. */
  readonly retryable: Scalars['Boolean']['output'];
  /** The vendor's own error code. Null when the vendor never answered, or gave none. */
  readonly vendorCode: Maybe<Scalars['String']['output']>;
  /** The vendor's id of the refused request, for its support. Null when the vendor never answered, or gave none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
};

/** Why a vendor's answer is missing. */
export type MediaTaskProblemCode =
  /** The vendor refused our credentials or permissions. */
  | 'ACCESS_DENIED'
  /** The vendor's answer could not be read, or was too large. */
  | 'BAD_RESPONSE'
  /** This server holds no credentials for the provider. */
  | 'PROVIDER_NOT_CONFIGURED'
  /** The vendor throttled us, or our own quota had no room before the deadline. */
  | 'RATE_LIMITED'
  /** The vendor called the request invalid. */
  | 'REJECTED'
  /** The vendor knows no such task, or has deleted it. */
  | 'TASK_NOT_FOUND'
  /** The vendor did not answer before the deadline. */
  | 'TIMEOUT'
  /** The vendor could not be reached or had an internal error; or the circuit breaker is open after several such failures. */
  | 'UNAVAILABLE';

/** The vendor APIs this graph can ask. Each value is the id prefix in capitals. */
export type MediaTaskProvider =
  /** Aliyun VOD GetTranscodeTask. Knows the tasks of the last year. */
  | 'ALIYUN_VOD'
  /** Visionular query_task. */
  | 'VISIONULAR'
  /** Volcengine RTC GetWebCastTask. Knows the casts begun in the last 72 hours. */
  | 'VOLCENGINE_WEBCAST'
  /** Volcengine RTC WbTranscodeQuery. */
  | 'VOLCENGINE_WHITEBOARD'
  /** ZEGO DescribeMediaTask. */
  | 'ZEGO';

/** One vendor API, and how its account stands. */
export type MediaTaskProviderInfo = {
  readonly __typename?: 'MediaTaskProviderInfo';
  /** How many calls wait for their turn. Null when not configured, and when unknown. */
  readonly backlog: Maybe<Scalars['Int']['output']>;
  /** How many milliseconds those calls will take. Null when not configured. */
  readonly backlogMs: Maybe<Scalars['Int']['output']>;
  /** The state of the account's circuit breaker. Null when not configured. */
  readonly breaker: Maybe<MediaTaskBreakerState>;
  /** How many calls were sent within the last second, of those that `quota` allows. Null when not configured, and when unknown. */
  readonly callsInLastSecond: Maybe<Scalars['Int']['output']>;
  /** Whether this server holds credentials for it. */
  readonly configured: Scalars['Boolean']['output'];
  /** The prefix of its ids, such as `aliyun-vod`. */
  readonly idPrefix: Scalars['String']['output'];
  /** When the vendor last answered a call. Null when not configured, and when it has not answered since the calls began. */
  readonly lastSuccessAt: Maybe<Scalars['DateTime']['output']>;
  /** Which one. */
  readonly provider: MediaTaskProvider;
  /** The limit on the account's calls. */
  readonly quota: MediaTaskQuota;
};

/** A limit on calls: `calls` in any span of `perMs`. */
export type MediaTaskQuota = {
  readonly __typename?: 'MediaTaskQuota';
  /** The most calls in one span. */
  readonly calls: Scalars['Int']['output'];
  /** The span in milliseconds. */
  readonly perMs: Scalars['Int']['output'];
};

/** The state of a task. The vendor's own value is in `vendorStatus`. */
export type MediaTaskStatus =
  /** Ended because it was canceled. */
  | 'CANCELED'
  /** Ended without success. */
  | 'FAILED'
  /** Ended; some of its jobs succeeded and some failed. */
  | 'PARTIALLY_SUCCEEDED'
  /** Accepted, not started. */
  | 'QUEUED'
  /** Started, not ended. */
  | 'RUNNING'
  /** Ended successfully. */
  | 'SUCCEEDED'
  /** The vendor reported an unknown state, or sent a value that is unknown here. */
  | 'UNKNOWN';

export type Query = {
  readonly __typename?: 'Query';
  /**
   * Jobs of Aliyun transcoding tasks by their own ids, ten for one call to the vendor: same order and same length as the ids.
   * A job's `problem` says why its data is missing. An item is null only when its id is malformed, which is also a
   * BAD_USER_INPUT error at its path. More ids than for `mediaTasks` are refused as a whole.
   */
  readonly aliyunTranscodeJobs: ReadonlyArray<Maybe<TranscodeJobInfo>>;
  /** A transcoding task of Aliyun VOD. Null only when the argument is malformed, which is also a BAD_USER_INPUT error. */
  readonly aliyunTranscodeTask: Maybe<AliyunTranscodeTask>;
  /**
   * One task by its id. A well-formed id always yields a task; `problem` says why its data is missing.
   * Null only when the id is malformed, which is also an error with code BAD_USER_INPUT.
   */
  readonly mediaTask: Maybe<MediaTask>;
  /** Every vendor API this graph supports: whether it is configured, its quota and its circuit breaker. */
  readonly mediaTaskProviders: ReadonlyArray<MediaTaskProviderInfo>;
  /**
   * Many tasks at once, of any mix of providers: same order and same length as `ids`, duplicates allowed.
   * An item is null only when its id is malformed, which is also an error with code BAD_USER_INPUT at its path.
   * More ids than the server allows (200 by default) are refused as a whole.
   */
  readonly mediaTasks: ReadonlyArray<Maybe<MediaTask>>;
  /** A transcoding task of Visionular. Null only when the argument is malformed, which is also a BAD_USER_INPUT error. */
  readonly visionularTranscodeTask: Maybe<VisionularTranscodeTask>;
  /**
   * A web cast of Volcengine RTC. The vendor knows only casts begun in the last 72 hours; older ones are TASK_NOT_FOUND.
   * Null only when an argument is malformed, which is also a BAD_USER_INPUT error.
   */
  readonly webCastTask: Maybe<WebCastTask>;
  /** A whiteboard document transcoding of Volcengine RTC. Null only when an argument is malformed, which is also a BAD_USER_INPUT error. */
  readonly whiteboardTranscodeTask: Maybe<WhiteboardTranscodeTask>;
  /** A merge, transcoding or snapshot task of ZEGO. Null only when an argument is malformed, which is also a BAD_USER_INPUT error. */
  readonly zegoMediaTask: Maybe<ZegoMediaTask>;
};


export type QueryAliyunTranscodeJobsArgs = {
  transcodeJobIds: ReadonlyArray<Scalars['ID']['input']>;
};


export type QueryAliyunTranscodeTaskArgs = {
  transcodeTaskId: Scalars['ID']['input'];
};


export type QueryMediaTaskArgs = {
  id: Scalars['ID']['input'];
};


export type QueryMediaTasksArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


export type QueryVisionularTranscodeTaskArgs = {
  taskId: Scalars['ID']['input'];
};


export type QueryWebCastTaskArgs = {
  appId: Scalars['ID']['input'];
  roomId: Scalars['ID']['input'];
  taskId: Scalars['ID']['input'];
};


export type QueryWhiteboardTranscodeTaskArgs = {
  appId: Scalars['ID']['input'];
  taskId: Scalars['ID']['input'];
};


export type QueryZegoMediaTaskArgs = {
  taskId: Scalars['ID']['input'];
  vendor: ZegoVendor;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * The tasks as they are now, then each change of status, progress, outputs or problem, until none of them can change any
   * more. A client that is too slow for all changes gets the latest of each task. Served over graphql-transport-ws on
   * /graphql and /ws, and as server-sent events on /graphql. A malformed id, or more ids than for `mediaTasks`, refuses the
   * whole subscription with BAD_USER_INPUT.
   */
  readonly mediaTaskUpdates: MediaTask;
};


export type SubscriptionMediaTaskUpdatesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};

/**
 * One job of an Aliyun transcoding task: one rendition of one video. Asked for by its own id, it can have a `problem` like a
 * task, and then all its other fields but the id are null.
 */
export type TranscodeJobInfo = {
  readonly __typename?: 'TranscodeJobInfo';
  /** CreationTime. Null when missing or unreadable. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** Definition: the quality tag of the template, such as LD or HD; it is not the measured resolution. Null when missing. */
  readonly definition: Maybe<Scalars['String']['output']>;
  /** ErrorCode and ErrorMessage. Null unless the job failed and the vendor gives a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** CompleteTime, or FinishTime, which the vendor sends for failed jobs. Null before the end, and when unreadable. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** InputFileUrl: the source file in OSS. Null when missing. */
  readonly inputFileUrl: Maybe<Scalars['String']['output']>;
  /** OutputFile. Null when missing. Of a failed job it holds zeros and a placeholder address. */
  readonly outputFile: Maybe<AliyunOutputFile>;
  /** Priority, 1 to 10, 10 first. Null when missing or unreadable. */
  readonly priority: Maybe<Scalars['Int']['output']>;
  /** Why the vendor's answer is missing. Null when the vendor answered, as always inside a task. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** TranscodeProgress in percent, 0 to 100; below 100 on a failed job. Null when missing or unreadable. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** From TranscodeJobStatus; UNKNOWN when missing or unknown here. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /** TranscodeJobId: the natural key. */
  readonly transcodeJobId: Scalars['ID']['output'];
  /** TranscodeTemplateId. Null when missing. */
  readonly transcodeTemplateId: Maybe<Scalars['String']['output']>;
  /** TranscodeJobStatus verbatim. Null when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** One rendition of a web cast. */
export type VideoSolution = {
  readonly __typename?: 'VideoSolution';
  /** Bitrate: the most kbit/s, 0 to 10,000; 0 adapts to the network. Null when missing or unreadable. */
  readonly bitrate: Maybe<Scalars['Int']['output']>;
  /** FrameRate in frames a second, 1 to 60. Null when missing or unreadable. */
  readonly frameRate: Maybe<Scalars['Int']['output']>;
  /** Height in pixels, 50 to 1,080. Null when missing or unreadable. */
  readonly height: Maybe<Scalars['Int']['output']>;
  /** Width in pixels, 50 to 1,920. Null when missing or unreadable. */
  readonly width: Maybe<Scalars['Int']['output']>;
};

/**
 * A transcoding task of Visionular: one input, one template, one output.
 *
 * Two generations of the API are read, with their two sets of statuses and field names.
 */
export type VisionularTranscodeTask = MediaTask & {
  readonly __typename?: 'VisionularTranscodeTask';
  /** bucket: name of the storage bucket. Null while `problem` is set, and when missing. */
  readonly bucket: Maybe<Scalars['String']['output']>;
  /** code: the API's result code, 0 in an answer. Null while `problem` is set; a refusal's code is `problem.vendorCode`. */
  readonly code: Maybe<Scalars['Int']['output']>;
  /** create_time or created_time. Null while `problem` is set, and when missing or unreadable. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** dst_bitrate or output_bitrate of the output. The vendor names no unit; figures look like kbit/s. Null while `problem` is set, and when missing or unreadable. */
  readonly dstBitrate: Maybe<Scalars['Float']['output']>;
  /** err_code with err_message, or message. Null unless `status` is FAILED and the vendor gives a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** When the vendor gave this answer. Null while `problem` is set. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** finish_time or finished_time. Null while `problem` is set, before the end, and when unreadable. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** `visionular:` and the percent-encoded task_id. */
  readonly id: Scalars['ID']['output'];
  /** input: where the source is, such as an s3:// address. Null while `problem` is set, and when missing. */
  readonly input: Maybe<Scalars['String']['output']>;
  /** input_url: the source for download. Presigned: a secret that expires. Null while `problem` is set, and when missing. */
  readonly inputUrl: Maybe<Scalars['String']['output']>;
  /** Whether the status will not change any more. Null while `problem` is set. */
  readonly isFinal: Maybe<Scalars['Boolean']['output']>;
  /** VIDEO_TRANSCODE. Null while `problem` is set. */
  readonly kind: Maybe<MediaTaskKind>;
  /** msg: the API's text for `code`. Null while `problem` is set, and when missing. */
  readonly msg: Maybe<Scalars['String']['output']>;
  /** Milliseconds after which asking again can show something new. Null when the task is final or asking again cannot help. */
  readonly nextPollAfterMs: Maybe<Scalars['Int']['output']>;
  /** objkey: key of the stored object. Null while `problem` is set, and when missing. */
  readonly objkey: Maybe<Scalars['String']['output']>;
  /** output: the object key asked for. Null while `problem` is set, and when missing. */
  readonly output: Maybe<Scalars['String']['output']>;
  /** output_url: the result for download. Presigned: a secret that expires. Null while `problem` is set, and when missing. */
  readonly outputUrl: Maybe<Scalars['String']['output']>;
  /** The encoded file, once the task succeeded. Null while `problem` is set. */
  readonly outputs: Maybe<ReadonlyArray<MediaTaskOutput>>;
  /** Why the vendor's answer is missing. Null when the vendor answered. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** progress in percent, 0 to 100. Null while `problem` is set, and in the older API, which gives none. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** Always VISIONULAR. */
  readonly provider: MediaTaskProvider;
  /** region of the storage bucket. Null while `problem` is set, and when missing. */
  readonly region: Maybe<Scalars['String']['output']>;
  /** region_type: the cloud of the bucket, such as s3, oss or obs. Null while `problem` is set, and when missing. */
  readonly regionType: Maybe<Scalars['String']['output']>;
  /** src_bitrate or source_bitrate of the input. The vendor names no unit; figures look like kbit/s. Null while `problem` is set, and when missing or unreadable. */
  readonly srcBitrate: Maybe<Scalars['Float']['output']>;
  /** Whether this answer is older than it should be, because the vendor could not be asked again in time. */
  readonly stale: Scalars['Boolean']['output'];
  /** started_time. Null while `problem` is set, and in the older API, which gives none. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** From status. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /** task_id: the natural key. */
  readonly taskId: Scalars['ID']['output'];
  /** template_id: the encoding template. Null while `problem` is set, and when missing. */
  readonly templateId: Maybe<Scalars['String']['output']>;
  /** template_name: the encoding template's name. Null while `problem` is set, and when missing. */
  readonly templateName: Maybe<Scalars['String']['output']>;
  /** request_id. Null in the older API, which gives none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
  /** status verbatim, such as `downloading`. Null while `problem` is set, and when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** Whether the page of a web cast itself signals when to start and end. */
export type WebCastEventNotifyConfig = {
  readonly __typename?: 'WebCastEventNotifyConfig';
  /** EnableEventNotify. Null when missing or unreadable. */
  readonly enableEventNotify: Maybe<Scalars['Boolean']['output']>;
  /** StartTimeout: seconds to wait for the page to signal that it is ready; 0 is off. Null when missing or unreadable. */
  readonly startTimeout: Maybe<Scalars['Int']['output']>;
};

/** How the page of a web cast is monitored. */
export type WebCastMonitorConfig = {
  readonly __typename?: 'WebCastMonitorConfig';
  /** BlankCheckInterval: seconds between checks for a blank page; 0 is off. Null when missing or unreadable. */
  readonly blankCheckInterval: Maybe<Scalars['Int']['output']>;
  /** CrashCheckInterval: seconds between checks for a crashed page; 0 is off. Null when missing or unreadable. */
  readonly crashCheckInterval: Maybe<Scalars['Int']['output']>;
  /** FreezeCheckInterval: seconds between checks for a frozen picture; 0 is off. Null when missing or unreadable. */
  readonly freezeCheckInterval: Maybe<Scalars['Int']['output']>;
};

/** Why a web cast ended. The vendor's own value is in `stopReason`. */
export type WebCastStopReason =
  /** `ExceedMaxRunningTime`: it reached `maxRunningTime`. */
  | 'EXCEED_MAX_RUNNING_TIME'
  /** `StartTaskFailed`: it never started. */
  | 'START_TASK_FAILED'
  /** `StopByAPI`: it was stopped by a call to the vendor. */
  | 'STOP_BY_API'
  /** `UnknownStopReason`, or the vendor sent a value that is unknown here. */
  | 'UNKNOWN';

/**
 * A web cast of Volcengine RTC: a web page recorded and pushed into a room.
 *
 * The vendor knows only casts begun in the last 72 hours; older ones have a `problem` with code TASK_NOT_FOUND.
 */
export type WebCastTask = MediaTask & {
  readonly __typename?: 'WebCastTask';
  /** AppId: part of the natural key. */
  readonly appId: Scalars['ID']['output'];
  /** Always null: the vendor does not report it. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** EventNotifyConfig: whether the page itself signals when to start and end. Null while `problem` is set, and when missing. */
  readonly eventNotifyConfig: Maybe<WebCastEventNotifyConfig>;
  /** StopReason. Null unless `status` is FAILED and the vendor gives a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** When the vendor gave this answer. Null while `problem` is set. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** EndTime. Null while `problem` is set, before the end, and when unreadable. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** `volcengine-webcast:` and the percent-encoded AppId, RoomId and TaskId, joined with colons. */
  readonly id: Scalars['ID']['output'];
  /** Whether the status will not change any more. Null while `problem` is set. */
  readonly isFinal: Maybe<Scalars['Boolean']['output']>;
  /** WEB_CAST. Null while `problem` is set. */
  readonly kind: Maybe<MediaTaskKind>;
  /** MaxRunningTime in seconds, after which the cast is ended; 10 to 86,400. Null while `problem` is set, and when missing or unreadable. */
  readonly maxRunningTime: Maybe<Scalars['Int']['output']>;
  /** MonitorConfig: how the page is monitored. Null while `problem` is set, and when missing. */
  readonly monitorConfig: Maybe<WebCastMonitorConfig>;
  /** Milliseconds after which asking again can show something new. Null when the task is final or asking again cannot help. */
  readonly nextPollAfterMs: Maybe<Scalars['Int']['output']>;
  /** Always null: a cast is pushed into a room and produces no file. */
  readonly outputs: Maybe<ReadonlyArray<MediaTaskOutput>>;
  /** Why the vendor's answer is missing. Null when the vendor answered. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** Always null: the vendor does not report it. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** Always VOLCENGINE_WEBCAST. */
  readonly provider: MediaTaskProvider;
  /** RoomId: part of the natural key. */
  readonly roomId: Scalars['ID']['output'];
  /** SourceURL: the recorded page. May carry credentials: treat it as a secret. Null while `problem` is set, and when missing. */
  readonly sourceUrl: Maybe<Scalars['String']['output']>;
  /** Whether this answer is older than it should be, because the vendor could not be asked again in time. */
  readonly stale: Scalars['Boolean']['output'];
  /** StartTime. Null while `problem` is set, before the start, and when unreadable. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** From Status; an ended cast that never started (StartTaskFailed) is FAILED. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /** StopReason verbatim, such as `StopByAPI`. Null while `problem` is set, and before the end. */
  readonly stopReason: Maybe<Scalars['String']['output']>;
  /** From StopReason: why the cast ended. Null while `problem` is set, and before the end. */
  readonly stopReasonKind: Maybe<WebCastStopReason>;
  /** TaskId: part of the natural key. */
  readonly taskId: Scalars['ID']['output'];
  /** UserId: the user in the room that the page is pushed as. Null while `problem` is set, and when missing. */
  readonly userId: Maybe<Scalars['String']['output']>;
  /** RequestId. Null when the vendor gave none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
  /** Status verbatim, a number from 0 to 4. Null while `problem` is set, and when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
  /** VideoSolutions: up to two renditions; empty stands for one of 1280 x 720 at 15 frames a second. Null while `problem` is set, and when missing. */
  readonly videoSolutions: Maybe<ReadonlyArray<VideoSolution>>;
};

/**
 * A whiteboard document transcoding of Volcengine RTC: a document turned into pages.
 *
 * The vendor reports only its state: no times, no pages. All its response fields are those of MediaTask.
 */
export type WhiteboardTranscodeTask = MediaTask & {
  readonly __typename?: 'WhiteboardTranscodeTask';
  /** app_id: part of the natural key. */
  readonly appId: Scalars['ID']['output'];
  /** Always null: the vendor does not report it. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** err_code and err_msg. Null unless `status` is FAILED and the vendor gives a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** When the vendor gave this answer. Null while `problem` is set. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** Always null: the vendor does not report it. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** `volcengine-whiteboard:` and the percent-encoded app_id and task_id, joined with a colon. */
  readonly id: Scalars['ID']['output'];
  /** Whether the status will not change any more. Null while `problem` is set. */
  readonly isFinal: Maybe<Scalars['Boolean']['output']>;
  /** DOCUMENT_TRANSCODE. Null while `problem` is set. */
  readonly kind: Maybe<MediaTaskKind>;
  /** Milliseconds after which asking again can show something new. Null when the task is final or asking again cannot help. */
  readonly nextPollAfterMs: Maybe<Scalars['Int']['output']>;
  /** Always null: the vendor does not report the pages. */
  readonly outputs: Maybe<ReadonlyArray<MediaTaskOutput>>;
  /** Why the vendor's answer is missing. Null when the vendor answered. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** progress in percent, 0 to 100. A dynamic transcoding has 0 until its end, so 0 does not mean that it has not started. Null while `problem` is set, and when missing or unreadable. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** Always VOLCENGINE_WHITEBOARD. */
  readonly provider: MediaTaskProvider;
  /** Whether this answer is older than it should be, because the vendor could not be asked again in time. */
  readonly stale: Scalars['Boolean']['output'];
  /** Always null: the vendor does not report it. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** From status. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /** task_id: part of the natural key. */
  readonly taskId: Scalars['ID']['output'];
  /** RequestId. Null when the vendor gave none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
  /** status verbatim, a number from 0 to 3. Null while `problem` is set, and when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** The state of a ZEGO snapshot task at Huawei Cloud. */
export type ZegoHuaweiTask = {
  readonly __typename?: 'ZegoHuaweiTask';
  /** CreateTime. Null when missing or unreadable. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** FileName: keys of the pictures in the storage bucket of the account, whose address the vendor does not give. Null when missing. */
  readonly fileName: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** EndTime. Null before the end, and when unreadable. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** From Status; UNKNOWN when missing or unknown here. */
  readonly status: MediaTaskStatus;
  /** TaskId as Huawei gives it. Null when missing. */
  readonly taskId: Maybe<Scalars['String']['output']>;
  /** Status verbatim: WAITING, PROCESSING, SUCCEEDED, FAILED or CANCELED. Null when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** A merge, transcoding or snapshot task of ZEGO, done at Tencent or Huawei. */
export type ZegoMediaTask = MediaTask & {
  readonly __typename?: 'ZegoMediaTask';
  /** Code: ZEGO's result code, 0 in an answer. Null while `problem` is set; a refusal's code is `problem.vendorCode`. */
  readonly code: Maybe<Scalars['Int']['output']>;
  /** CreateTime. Null while `problem` is set, at Tencent, which gives none, and when unreadable. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** Data: the state at the cloud that does the work. Null while `problem` is set. */
  readonly detail: Maybe<ZegoVendorTask>;
  /** Message of the cloud. Null unless `status` is FAILED and the vendor gives a reason. */
  readonly failure: Maybe<MediaTaskFailure>;
  /** When the vendor gave this answer. Null while `problem` is set. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** EndTime. Null while `problem` is set, before the end, at Tencent, which gives none, and when unreadable. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** `zego:tencent:` or `zego:huawei:`, and the percent-encoded TaskId. */
  readonly id: Scalars['ID']['output'];
  /** Whether the status will not change any more. Null while `problem` is set. */
  readonly isFinal: Maybe<Scalars['Boolean']['output']>;
  /** From Event: MERGE, VIDEO_TRANSCODE or SNAPSHOT; always SNAPSHOT at Huawei. Null while `problem` is set. */
  readonly kind: Maybe<MediaTaskKind>;
  /** Message: ZEGO's text for `code`. Null while `problem` is set, and when missing. */
  readonly message: Maybe<Scalars['String']['output']>;
  /** Milliseconds after which asking again can show something new. Null when the task is final or asking again cannot help. */
  readonly nextPollAfterMs: Maybe<Scalars['Int']['output']>;
  /** The merged or transcoded file, or the pictures taken, once the task succeeded. Null while `problem` is set. */
  readonly outputs: Maybe<ReadonlyArray<MediaTaskOutput>>;
  /** Why the vendor's answer is missing. Null when the vendor answered. */
  readonly problem: Maybe<MediaTaskProblem>;
  /** Always null: the vendor does not report it. */
  readonly progress: Maybe<Scalars['Int']['output']>;
  /** Always ZEGO. */
  readonly provider: MediaTaskProvider;
  /** Whether this answer is older than it should be, because the vendor could not be asked again in time. */
  readonly stale: Scalars['Boolean']['output'];
  /** Always null: the vendor does not report it. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** From Status of the asked cloud. Null while `problem` is set. */
  readonly status: Maybe<MediaTaskStatus>;
  /** TaskId: part of the natural key. */
  readonly taskId: Scalars['ID']['output'];
  /** Vendor: the cloud that does the work; part of the natural key. */
  readonly vendor: ZegoVendor;
  /** ZEGO's RequestId; the cloud's own is in `detail`. Null when the vendor gave none. */
  readonly vendorRequestId: Maybe<Scalars['String']['output']>;
  /** Status verbatim, such as `PROCESSING`. Null while `problem` is set, and when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** What Tencent Cloud does for a ZEGO task. Tencent's own value is in `event`. */
export type ZegoTencentEvent =
  /** `compose`: media files are merged. */
  | 'COMPOSE'
  /** `SampleSnapshot`: pictures are taken at a fixed interval. */
  | 'SAMPLE_SNAPSHOT'
  /** `SnapshotByTimeOffset`: pictures are taken at given moments. */
  | 'SNAPSHOT_BY_TIME_OFFSET'
  /** `transcode`: a video is transcoded. */
  | 'TRANSCODE'
  /** Tencent sent a value that is unknown here. */
  | 'UNKNOWN';

/** The state of a ZEGO task at Tencent Cloud. */
export type ZegoTencentTask = {
  readonly __typename?: 'ZegoTencentTask';
  /** Event verbatim, such as `compose`. Null when missing. */
  readonly event: Maybe<Scalars['String']['output']>;
  /** From Event: what Tencent does. Null when missing. */
  readonly eventKind: Maybe<ZegoTencentEvent>;
  /** FileId of the merged or transcoded file. Null when missing, as for snapshots. */
  readonly fileId: Maybe<Scalars['String']['output']>;
  /** Message: why the task failed. Null when missing or empty, as on success. */
  readonly message: Maybe<Scalars['String']['output']>;
  /** ReplayUrl: where to play the merged or transcoded file. Null when missing, as for snapshots. */
  readonly replayUrl: Maybe<Scalars['String']['output']>;
  /** RequestId of Tencent's own answer, for its support. Null when missing. */
  readonly requestId: Maybe<Scalars['String']['output']>;
  /** From Status; UNKNOWN when missing or unknown here. */
  readonly status: MediaTaskStatus;
  /** TaskId as Tencent gives it. Null when missing. */
  readonly taskId: Maybe<Scalars['String']['output']>;
  /** ThumbnailsUrl: where the pictures are. Null when missing, as for merge and transcoding. */
  readonly thumbnailsUrl: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Status verbatim: WAITING, PROCESSING, FINISH or FAIL. Null when missing. */
  readonly vendorStatus: Maybe<Scalars['String']['output']>;
};

/** The cloud that does the work for ZEGO. In ids it is in lower case: `zego:tencent:1234`. */
export type ZegoVendor =
  /** Huawei Cloud: snapshots only. */
  | 'HUAWEI'
  /** Tencent Cloud: merge, transcoding and snapshots. */
  | 'TENCENT';

/** The state of a ZEGO task at the cloud that does the work. */
export type ZegoVendorTask = ZegoHuaweiTask | ZegoTencentTask;



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  AliyunTranscodeTask: AliyunTranscodeTask;
  MediaTask: MediaTask;
  TranscodeJobInfo: TranscodeJobInfo;
  VisionularTranscodeTask: VisionularTranscodeTask;
  WebCastTask: WebCastTask;
  WhiteboardTranscodeTask: WhiteboardTranscodeTask;
  ZegoMediaTask: ZegoMediaTask;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  AliyunTranscodeTask:
    ( { __typename: 'AliyunTranscodeTask' }
    & ( GraphQLRecursivePick<FederationTypes['AliyunTranscodeTask'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['AliyunTranscodeTask'], {"transcodeTaskId":true}> ) );
  MediaTask:
    ( { __typename: 'MediaTask' }
    & GraphQLRecursivePick<FederationTypes['MediaTask'], {"id":true}> );
  TranscodeJobInfo:
    ( { __typename: 'TranscodeJobInfo' }
    & GraphQLRecursivePick<FederationTypes['TranscodeJobInfo'], {"transcodeJobId":true}> );
  VisionularTranscodeTask:
    ( { __typename: 'VisionularTranscodeTask' }
    & ( GraphQLRecursivePick<FederationTypes['VisionularTranscodeTask'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['VisionularTranscodeTask'], {"taskId":true}> ) );
  WebCastTask:
    ( { __typename: 'WebCastTask' }
    & ( GraphQLRecursivePick<FederationTypes['WebCastTask'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['WebCastTask'], {"appId":true,"roomId":true,"taskId":true}> ) );
  WhiteboardTranscodeTask:
    ( { __typename: 'WhiteboardTranscodeTask' }
    & ( GraphQLRecursivePick<FederationTypes['WhiteboardTranscodeTask'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['WhiteboardTranscodeTask'], {"appId":true,"taskId":true}> ) );
  ZegoMediaTask:
    ( { __typename: 'ZegoMediaTask' }
    & ( GraphQLRecursivePick<FederationTypes['ZegoMediaTask'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['ZegoMediaTask'], {"vendor":true,"taskId":true}> ) );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  ZegoVendorTask:
    | ( ZegoHuaweiTask )
    | ( ZegoTencentTask )
  ;
};


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AliyunAudioStream: ResolverTypeWrapper<AliyunAudioStream>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AliyunEncryption: ResolverTypeWrapper<AliyunEncryption>;
  AliyunOutputFile: ResolverTypeWrapper<AliyunOutputFile>;
  AliyunSubtitleStream: ResolverTypeWrapper<AliyunSubtitleStream>;
  AliyunTranscodeTask: ResolverTypeWrapper<AliyunTranscodeTask>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  AliyunTrigger: AliyunTrigger;
  AliyunVideoStream: ResolverTypeWrapper<AliyunVideoStream>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  MediaTask: ResolverTypeWrapper<TaskIdentity>;
  MediaTaskBreakerState: MediaTaskBreakerState;
  MediaTaskFailure: ResolverTypeWrapper<MediaTaskFailure>;
  MediaTaskKind: MediaTaskKind;
  MediaTaskLong: ResolverTypeWrapper<Scalars['MediaTaskLong']['output']>;
  MediaTaskOutput: ResolverTypeWrapper<MediaTaskOutput>;
  MediaTaskOutputKind: MediaTaskOutputKind;
  MediaTaskProblem: ResolverTypeWrapper<MediaTaskProblem>;
  MediaTaskProblemCode: MediaTaskProblemCode;
  MediaTaskProvider: MediaTaskProvider;
  MediaTaskProviderInfo: ResolverTypeWrapper<MediaTaskProviderInfo>;
  MediaTaskQuota: ResolverTypeWrapper<MediaTaskQuota>;
  MediaTaskStatus: MediaTaskStatus;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TranscodeJobInfo: ResolverTypeWrapper<TranscodeJobInfo>;
  VideoSolution: ResolverTypeWrapper<VideoSolution>;
  VisionularTranscodeTask: ResolverTypeWrapper<VisionularTranscodeTask>;
  WebCastEventNotifyConfig: ResolverTypeWrapper<WebCastEventNotifyConfig>;
  WebCastMonitorConfig: ResolverTypeWrapper<WebCastMonitorConfig>;
  WebCastStopReason: WebCastStopReason;
  WebCastTask: ResolverTypeWrapper<WebCastTask>;
  WhiteboardTranscodeTask: ResolverTypeWrapper<WhiteboardTranscodeTask>;
  ZegoHuaweiTask: ResolverTypeWrapper<ZegoHuaweiTask>;
  ZegoMediaTask: ResolverTypeWrapper<Omit<ZegoMediaTask, 'detail'> & { detail?: Maybe<ResolversTypes['ZegoVendorTask']> }>;
  ZegoTencentEvent: ZegoTencentEvent;
  ZegoTencentTask: ResolverTypeWrapper<ZegoTencentTask>;
  ZegoVendor: ZegoVendor;
  ZegoVendorTask: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ZegoVendorTask']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AliyunAudioStream: AliyunAudioStream;
  Float: Scalars['Float']['output'];
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  AliyunEncryption: AliyunEncryption;
  AliyunOutputFile: AliyunOutputFile;
  AliyunSubtitleStream: AliyunSubtitleStream;
  AliyunTranscodeTask: AliyunTranscodeTask | FederationReferenceTypes['AliyunTranscodeTask'];
  ID: Scalars['ID']['output'];
  Boolean: Scalars['Boolean']['output'];
  AliyunVideoStream: AliyunVideoStream;
  DateTime: Scalars['DateTime']['output'];
  MediaTask: TaskIdentity;
  MediaTaskFailure: MediaTaskFailure;
  MediaTaskLong: Scalars['MediaTaskLong']['output'];
  MediaTaskOutput: MediaTaskOutput;
  MediaTaskProblem: MediaTaskProblem;
  MediaTaskProviderInfo: MediaTaskProviderInfo;
  MediaTaskQuota: MediaTaskQuota;
  Query: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  TranscodeJobInfo: TranscodeJobInfo | FederationReferenceTypes['TranscodeJobInfo'];
  VideoSolution: VideoSolution;
  VisionularTranscodeTask: VisionularTranscodeTask | FederationReferenceTypes['VisionularTranscodeTask'];
  WebCastEventNotifyConfig: WebCastEventNotifyConfig;
  WebCastMonitorConfig: WebCastMonitorConfig;
  WebCastTask: WebCastTask | FederationReferenceTypes['WebCastTask'];
  WhiteboardTranscodeTask: WhiteboardTranscodeTask | FederationReferenceTypes['WhiteboardTranscodeTask'];
  ZegoHuaweiTask: ZegoHuaweiTask;
  ZegoMediaTask: Omit<ZegoMediaTask, 'detail'> & { detail?: Maybe<ResolversParentTypes['ZegoVendorTask']> } | FederationReferenceTypes['ZegoMediaTask'];
  ZegoTencentTask: ZegoTencentTask;
  ZegoVendorTask: ResolversUnionTypes<ResolversParentTypes>['ZegoVendorTask'];
};

export type AliyunAudioStreamResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AliyunAudioStream'] = ResolversParentTypes['AliyunAudioStream']> = {
  bitrate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  channelLayout?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  channels?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  codecLongName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTag?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTagString?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTimeBase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  duration?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  index?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  lang?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sampleFmt?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  samplerate?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  startTime?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  timebase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AliyunEncryptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AliyunEncryption'] = ResolversParentTypes['AliyunEncryption']> = {
  encryptType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AliyunOutputFileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AliyunOutputFile'] = ResolversParentTypes['AliyunOutputFile']> = {
  audioStreamList?: Resolver<Maybe<ReadonlyArray<ResolversTypes['AliyunAudioStream']>>, ParentType, ContextType>;
  bitrate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  duration?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  encryption?: Resolver<Maybe<ResolversTypes['AliyunEncryption']>, ParentType, ContextType>;
  filesize?: Resolver<Maybe<ResolversTypes['MediaTaskLong']>, ParentType, ContextType>;
  format?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fps?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  outputFileUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  subtitleStreamList?: Resolver<Maybe<ReadonlyArray<ResolversTypes['AliyunSubtitleStream']>>, ParentType, ContextType>;
  videoStreamList?: Resolver<Maybe<ReadonlyArray<ResolversTypes['AliyunVideoStream']>>, ParentType, ContextType>;
  watermarkIdList?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AliyunSubtitleStreamResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AliyunSubtitleStream'] = ResolversParentTypes['AliyunSubtitleStream']> = {
  codecLongName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTag?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTagString?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTimeBase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  duration?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  index?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  lang?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startTime?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  timebase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AliyunTranscodeTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AliyunTranscodeTask'] = ResolversParentTypes['AliyunTranscodeTask'], FederationReferenceType extends FederationReferenceTypes['AliyunTranscodeTask'] = FederationReferenceTypes['AliyunTranscodeTask']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['AliyunTranscodeTask']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['MediaTaskFailure']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isFinal?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['MediaTaskKind']>, ParentType, ContextType>;
  nextPollAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  outputs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MediaTaskOutput']>>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['MediaTaskProblem']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['MediaTaskProvider'], ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['MediaTaskStatus']>, ParentType, ContextType>;
  transcodeJobInfoList?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TranscodeJobInfo']>>, ParentType, ContextType>;
  transcodeTaskId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  transcodeTemplateGroupId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  trigger?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  triggerKind?: Resolver<Maybe<ResolversTypes['AliyunTrigger']>, ParentType, ContextType>;
  vendorRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  videoId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AliyunVideoStreamResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AliyunVideoStream'] = ResolversParentTypes['AliyunVideoStream']> = {
  avgFps?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  bitrate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  codecLongName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTag?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTagString?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codecTimeBase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  dar?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  duration?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  fps?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  hasBFrames?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  index?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  lang?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  level?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  pixFmt?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sar?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startTime?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  timebase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type MediaTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTask'] = ResolversParentTypes['MediaTask'], FederationReferenceType extends FederationReferenceTypes['MediaTask'] = FederationReferenceTypes['MediaTask']> = {
  __resolveType: TypeResolveFn<'AliyunTranscodeTask' | 'VisionularTranscodeTask' | 'WebCastTask' | 'WhiteboardTranscodeTask' | 'ZegoMediaTask', ParentType, ContextType>;
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['MediaTask']> | FederationReferenceType, FederationReferenceType, ContextType>;
};

export type MediaTaskFailureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTaskFailure'] = ResolversParentTypes['MediaTaskFailure']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface MediaTaskLongScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['MediaTaskLong'], any> {
  name: 'MediaTaskLong';
}

export type MediaTaskOutputResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTaskOutput'] = ResolversParentTypes['MediaTaskOutput']> = {
  bitrateKbps?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  durationSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  format?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['MediaTaskOutputKind'], ParentType, ContextType>;
  objectKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sizeBytes?: Resolver<Maybe<ResolversTypes['MediaTaskLong']>, ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  urlExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type MediaTaskProblemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTaskProblem'] = ResolversParentTypes['MediaTaskProblem']> = {
  code?: Resolver<ResolversTypes['MediaTaskProblemCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  retryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  vendorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type MediaTaskProviderInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTaskProviderInfo'] = ResolversParentTypes['MediaTaskProviderInfo']> = {
  backlog?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  backlogMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  breaker?: Resolver<Maybe<ResolversTypes['MediaTaskBreakerState']>, ParentType, ContextType>;
  callsInLastSecond?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  configured?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  idPrefix?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  lastSuccessAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['MediaTaskProvider'], ParentType, ContextType>;
  quota?: Resolver<ResolversTypes['MediaTaskQuota'], ParentType, ContextType>;
};

export type MediaTaskQuotaResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTaskQuota'] = ResolversParentTypes['MediaTaskQuota']> = {
  calls?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  perMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  aliyunTranscodeJobs?: Resolver<ReadonlyArray<Maybe<ResolversTypes['TranscodeJobInfo']>>, ParentType, ContextType, RequireFields<QueryAliyunTranscodeJobsArgs, 'transcodeJobIds'>>;
  aliyunTranscodeTask?: Resolver<Maybe<ResolversTypes['AliyunTranscodeTask']>, ParentType, ContextType, RequireFields<QueryAliyunTranscodeTaskArgs, 'transcodeTaskId'>>;
  mediaTask?: Resolver<Maybe<ResolversTypes['MediaTask']>, ParentType, ContextType, RequireFields<QueryMediaTaskArgs, 'id'>>;
  mediaTaskProviders?: Resolver<ReadonlyArray<ResolversTypes['MediaTaskProviderInfo']>, ParentType, ContextType>;
  mediaTasks?: Resolver<ReadonlyArray<Maybe<ResolversTypes['MediaTask']>>, ParentType, ContextType, RequireFields<QueryMediaTasksArgs, 'ids'>>;
  visionularTranscodeTask?: Resolver<Maybe<ResolversTypes['VisionularTranscodeTask']>, ParentType, ContextType, RequireFields<QueryVisionularTranscodeTaskArgs, 'taskId'>>;
  webCastTask?: Resolver<Maybe<ResolversTypes['WebCastTask']>, ParentType, ContextType, RequireFields<QueryWebCastTaskArgs, 'appId' | 'roomId' | 'taskId'>>;
  whiteboardTranscodeTask?: Resolver<Maybe<ResolversTypes['WhiteboardTranscodeTask']>, ParentType, ContextType, RequireFields<QueryWhiteboardTranscodeTaskArgs, 'appId' | 'taskId'>>;
  zegoMediaTask?: Resolver<Maybe<ResolversTypes['ZegoMediaTask']>, ParentType, ContextType, RequireFields<QueryZegoMediaTaskArgs, 'taskId' | 'vendor'>>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  mediaTaskUpdates?: SubscriptionResolver<ResolversTypes['MediaTask'], "mediaTaskUpdates", ParentType, ContextType, RequireFields<SubscriptionMediaTaskUpdatesArgs, 'ids'>>;
};

export type TranscodeJobInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TranscodeJobInfo'] = ResolversParentTypes['TranscodeJobInfo'], FederationReferenceType extends FederationReferenceTypes['TranscodeJobInfo'] = FederationReferenceTypes['TranscodeJobInfo']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['TranscodeJobInfo']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  definition?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['MediaTaskFailure']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  inputFileUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outputFile?: Resolver<Maybe<ResolversTypes['AliyunOutputFile']>, ParentType, ContextType>;
  priority?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['MediaTaskProblem']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['MediaTaskStatus']>, ParentType, ContextType>;
  transcodeJobId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  transcodeTemplateId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type VideoSolutionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VideoSolution'] = ResolversParentTypes['VideoSolution']> = {
  bitrate?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  frameRate?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type VisionularTranscodeTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VisionularTranscodeTask'] = ResolversParentTypes['VisionularTranscodeTask'], FederationReferenceType extends FederationReferenceTypes['VisionularTranscodeTask'] = FederationReferenceTypes['VisionularTranscodeTask']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['VisionularTranscodeTask']> | FederationReferenceType, FederationReferenceType, ContextType>;
  bucket?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  dstBitrate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['MediaTaskFailure']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  input?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  inputUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isFinal?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['MediaTaskKind']>, ParentType, ContextType>;
  msg?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  nextPollAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  objkey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  output?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outputUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outputs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MediaTaskOutput']>>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['MediaTaskProblem']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['MediaTaskProvider'], ParentType, ContextType>;
  region?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  regionType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  srcBitrate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['MediaTaskStatus']>, ParentType, ContextType>;
  taskId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  templateId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  templateName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type WebCastEventNotifyConfigResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebCastEventNotifyConfig'] = ResolversParentTypes['WebCastEventNotifyConfig']> = {
  enableEventNotify?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  startTimeout?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type WebCastMonitorConfigResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebCastMonitorConfig'] = ResolversParentTypes['WebCastMonitorConfig']> = {
  blankCheckInterval?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  crashCheckInterval?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  freezeCheckInterval?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type WebCastTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebCastTask'] = ResolversParentTypes['WebCastTask'], FederationReferenceType extends FederationReferenceTypes['WebCastTask'] = FederationReferenceTypes['WebCastTask']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['WebCastTask']> | FederationReferenceType, FederationReferenceType, ContextType>;
  appId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  eventNotifyConfig?: Resolver<Maybe<ResolversTypes['WebCastEventNotifyConfig']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['MediaTaskFailure']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isFinal?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['MediaTaskKind']>, ParentType, ContextType>;
  maxRunningTime?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  monitorConfig?: Resolver<Maybe<ResolversTypes['WebCastMonitorConfig']>, ParentType, ContextType>;
  nextPollAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  outputs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MediaTaskOutput']>>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['MediaTaskProblem']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['MediaTaskProvider'], ParentType, ContextType>;
  roomId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sourceUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['MediaTaskStatus']>, ParentType, ContextType>;
  stopReason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  stopReasonKind?: Resolver<Maybe<ResolversTypes['WebCastStopReason']>, ParentType, ContextType>;
  taskId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  videoSolutions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['VideoSolution']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type WhiteboardTranscodeTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WhiteboardTranscodeTask'] = ResolversParentTypes['WhiteboardTranscodeTask'], FederationReferenceType extends FederationReferenceTypes['WhiteboardTranscodeTask'] = FederationReferenceTypes['WhiteboardTranscodeTask']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['WhiteboardTranscodeTask']> | FederationReferenceType, FederationReferenceType, ContextType>;
  appId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['MediaTaskFailure']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isFinal?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['MediaTaskKind']>, ParentType, ContextType>;
  nextPollAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  outputs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MediaTaskOutput']>>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['MediaTaskProblem']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['MediaTaskProvider'], ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['MediaTaskStatus']>, ParentType, ContextType>;
  taskId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  vendorRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ZegoHuaweiTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ZegoHuaweiTask'] = ResolversParentTypes['ZegoHuaweiTask']> = {
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  fileName?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['MediaTaskStatus'], ParentType, ContextType>;
  taskId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ZegoMediaTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ZegoMediaTask'] = ResolversParentTypes['ZegoMediaTask'], FederationReferenceType extends FederationReferenceTypes['ZegoMediaTask'] = FederationReferenceTypes['ZegoMediaTask']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['ZegoMediaTask']> | FederationReferenceType, FederationReferenceType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  detail?: Resolver<Maybe<ResolversTypes['ZegoVendorTask']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['MediaTaskFailure']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isFinal?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['MediaTaskKind']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  nextPollAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  outputs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MediaTaskOutput']>>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['MediaTaskProblem']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['MediaTaskProvider'], ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['MediaTaskStatus']>, ParentType, ContextType>;
  taskId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  vendor?: Resolver<ResolversTypes['ZegoVendor'], ParentType, ContextType>;
  vendorRequestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ZegoTencentTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ZegoTencentTask'] = ResolversParentTypes['ZegoTencentTask']> = {
  event?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  eventKind?: Resolver<Maybe<ResolversTypes['ZegoTencentEvent']>, ParentType, ContextType>;
  fileId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  replayUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['MediaTaskStatus'], ParentType, ContextType>;
  taskId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  thumbnailsUrl?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  vendorStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ZegoVendorTaskResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ZegoVendorTask'] = ResolversParentTypes['ZegoVendorTask']> = {
  __resolveType: TypeResolveFn<'ZegoHuaweiTask' | 'ZegoTencentTask', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AliyunAudioStream?: AliyunAudioStreamResolvers<ContextType>;
  AliyunEncryption?: AliyunEncryptionResolvers<ContextType>;
  AliyunOutputFile?: AliyunOutputFileResolvers<ContextType>;
  AliyunSubtitleStream?: AliyunSubtitleStreamResolvers<ContextType>;
  AliyunTranscodeTask?: AliyunTranscodeTaskResolvers<ContextType>;
  AliyunVideoStream?: AliyunVideoStreamResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  MediaTask?: MediaTaskResolvers<ContextType>;
  MediaTaskFailure?: MediaTaskFailureResolvers<ContextType>;
  MediaTaskLong?: GraphQLScalarType;
  MediaTaskOutput?: MediaTaskOutputResolvers<ContextType>;
  MediaTaskProblem?: MediaTaskProblemResolvers<ContextType>;
  MediaTaskProviderInfo?: MediaTaskProviderInfoResolvers<ContextType>;
  MediaTaskQuota?: MediaTaskQuotaResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TranscodeJobInfo?: TranscodeJobInfoResolvers<ContextType>;
  VideoSolution?: VideoSolutionResolvers<ContextType>;
  VisionularTranscodeTask?: VisionularTranscodeTaskResolvers<ContextType>;
  WebCastEventNotifyConfig?: WebCastEventNotifyConfigResolvers<ContextType>;
  WebCastMonitorConfig?: WebCastMonitorConfigResolvers<ContextType>;
  WebCastTask?: WebCastTaskResolvers<ContextType>;
  WhiteboardTranscodeTask?: WhiteboardTranscodeTaskResolvers<ContextType>;
  ZegoHuaweiTask?: ZegoHuaweiTaskResolvers<ContextType>;
  ZegoMediaTask?: ZegoMediaTaskResolvers<ContextType>;
  ZegoTencentTask?: ZegoTencentTaskResolvers<ContextType>;
  ZegoVendorTask?: ZegoVendorTaskResolvers<ContextType>;
};

