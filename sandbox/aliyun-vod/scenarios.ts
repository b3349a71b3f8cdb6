import type { TaskFamily, TaskState } from '../task-family.ts';

/** The answer but for its RequestId. */
export interface TranscodeData {
  readonly TranscodeTask: {
    readonly TranscodeJobInfoList: readonly Job[];
    readonly [field: string]: unknown;
  };
}

/** A job as the vendor describes it. */
export type Job = Readonly<Record<string, unknown>>;

const noJobs = { details: [] };

export const transcodeTasks: TaskFamily<TranscodeData, readonly Job[]> = {
  scenarios: {
    processing: ['both jobs are being transcoded', 'Processing', 'running'],
    partial: ['one job is done and the other still running', 'Partial', 'running'],
    'all-succeeded': ['both jobs succeeded: an encrypted m3u8 and an mp4', 'CompleteAllSucc', 'final'],
    'partial-success': ['one job succeeded and one failed', 'CompletePartialSucc', 'final'],
    'all-failed': ['every job failed, leaving placeholder URLs', 'CompleteAllFail', 'final'],
    'source-broken': ['the source is broken, so no job was started', 'CompleteAllFail', 'final', noJobs],
    'odd-word': ['a status that no document lists', 'Pausing', 'running'],
  },
  statusOf({ phase, outcome, progress }) {
    if (phase !== 'final') return progress < 50 ? 'Processing' : 'Partial';
    if (outcome === 'succeeded') return 'CompleteAllSucc';
    return outcome === 'partial' ? 'CompletePartialSucc' : 'CompleteAllFail';
  },
  describe: ({ id, status, state, details }) => ({
    TranscodeTask: {
      TranscodeJobInfoList: (details ?? jobsOf(status, state)).map((job, index) => ({
        ...job,
        TranscodeJobId: `${id}-job-${index + 1}`,
      })),
      CreationTime: isoTime(state.createdAt),
      TranscodeTemplateGroupId: '5b95e56c688f8e04f70b70b47f38e',
      TranscodeTaskId: id,
      VideoId: '883f5d98107f403fab7f20aaa352f',
      TaskStatus: status,
      Trigger: 'Auto',
      CompleteTime: state.finishedAt && isoTime(state.finishedAt),
    },
  }),
  toParameters: (taskId) => ({ TranscodeTaskId: taskId }),
  unknown: 'no such task: HTTP 404 NoSuchResource',
};

/** The first of two jobs runs twice as fast as the second, so that the task is Partial for half of its time. */
function jobsOf(status: string, state: TaskState): Job[] {
  const { createdAt, startedAt = createdAt, finishedAt = startedAt + 5_000, progress } = state;
  const CreationTime = isoTime(createdAt);
  const encrypted = { ...encryptedJob, CreationTime, CompleteTime: isoTime(finishedAt) };
  // The document's failed job has FinishTime for CompleteTime.
  const failed = { ...failedJob, CreationTime, FinishTime: isoTime(finishedAt) };
  const transcoding = { ...transcodingJob, CreationTime, TranscodeProgress: progress };
  switch (status) {
    case 'CompleteAllSucc':
      return [encrypted, { ...encrypted, ...plainDifferences }];
    case 'CompletePartialSucc':
      return [encrypted, failed];
    case 'CompleteAllFail':
      return [failed, failed];
    case 'Partial':
      return [encrypted, transcoding];
    default:
      return [{ ...transcoding, TranscodeProgress: Math.min(99, progress * 2) }, transcoding];
  }
}

function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

// The jobs are those of the answer printed in the vendor's document (001_4586885fc6567193.txt, 正常返回示例).

const BUCKET = 'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com';

/** A failed job: a placeholder in the URL, no `Format`. */
const failedJob = {
  TranscodeJobStatus: 'TranscodeFail',
  ErrorMessage: 'The resource operated InputFile is bad',
  InputFileUrl: `${BUCKET}/customerTrans/5b95e568f8e04f7c350b70b47f38e/31f1184c-1687ab4e899-0003-b2a2-f94-c213f.wmv`,
  TranscodeProgress: 20,
  OutputFile: {
    SubtitleStreamList: '[]',
    Filesize: 0,
    AudioStreamList: '[]',
    WatermarkIdList: [],
    Duration: '0',
    Encryption: '{}',
    VideoStreamList: '[]',
    Height: '0',
    Width: '0',
    Fps: '0',
    OutputFileUrl: `${BUCKET}/883f5d98107f403faa0ab7f20aaa352f/c3be4f073c3f4535b24893e7d5193ec8-{DestMd5}-od-S00000001-200000.mp4`,
    Bitrate: '0',
  },
  TranscodeTemplateId: 'f5ab0194c1944eba374ea18665b3714d',
  ErrorCode: 'InvalidParameter.ResourceContentBad',
  Definition: 'OD',
  Priority: '6',
};

/** The URL of an unfinished job is a placeholder, as that of a failed one. */
const transcodingJob = {
  TranscodeJobStatus: 'Transcoding',
  InputFileUrl: failedJob.InputFileUrl,
  OutputFile: failedJob.OutputFile,
  TranscodeTemplateId: failedJob.TranscodeTemplateId,
  Definition: 'HD',
  Priority: '6',
};

/** An m3u8, encrypted, without watermark. */
const encryptedJob = {
  TranscodeJobStatus: 'TranscodeSuccess',
  InputFileUrl:
    'http://outin-40564284ef0511e8b2d3e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/d96a00e9486af05f69bc1a1974ad/477e0344-16928ea4056-0003-b2a2-f94-c213f.mp4',
  TranscodeProgress: 100,
  OutputFile: {
    Format: 'm3u8',
    Encryption: '{"EncryptType":"AliyunVoDEncryption"}',
    VideoStreamList:
      '[{"AvgFPS":"25.0","Bitrate":"487.954","CodecLongName":"H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10","CodecName":"h264","CodecTag":"0x001b","CodecTagString":"[27][0][0][0]","CodecTimeBase":"1/50","Dar":"9:16","Duration":"12.080000","Fps":"25.0","HasBFrames":"2","Height":"360","Index":"0","Level":"30","PixFmt":"yuv420p","Profile":"High","Sar":"81:256","StartTime":"1.480000","Timebase":"1/90000","Width":"640"}]',
    Height: '360',
    SubtitleStreamList: '[]',
    Filesize: 851076,
    AudioStreamList:
      '[{"Bitrate":"62.015","ChannelLayout":"stereo","Channels":"2","CodecLongName":"AAC (Advanced Audio Coding)","CodecName":"aac","CodecTag":"0x000f","CodecTagString":"[15][0][0][0]","CodecTimeBase":"1/44100","Duration":"12.379978","Index":"1","SampleFmt":"fltp","Samplerate":"44100","StartTime":"1.433556","Timebase":"1/90000"}]',
    WatermarkIdList: [],
    Duration: '12',
    Width: '640',
    Fps: '25',
    OutputFileUrl: `${BUCKET}/e1e63748f833a89b68552e54d5f7/94c4553de59a4615ab926c7e9105732a-83d70e6c4f6a871e004f924434e3-fd-encrypt-stream.m3u8`,
    Bitrate: '549',
  },
  TranscodeTemplateId: 'fa0b39136499c5494c63680ddcfd',
  Priority: '6',
  Definition: 'LD',
};

/** The fields that differ for an mp4 with a watermark. */
const plainDifferences = {
  OutputFile: {
    ...encryptedJob.OutputFile,
    Format: 'mp4',
    Encryption: '{}',
    WatermarkIdList: ['64079a0e3e286d23b48a8c9413'],
    OutputFileUrl: encryptedJob.OutputFile.OutputFileUrl.replace('-encrypt-stream.m3u8', '.mp4'),
  },
};
