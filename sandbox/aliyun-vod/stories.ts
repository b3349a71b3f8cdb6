import type { Moment, Outcome, Phase } from '../life.ts';
import type { Stories, Story } from '../stories.ts';
import { documentAnswer, encryptedJob, failedJob, plainJob } from './document.ts';

/** The answer but for its RequestId. `TranscodeTask` may be absent, with the jobs at the top instead. */
export interface Telling {
  readonly TranscodeTask?: Readonly<Record<string, unknown>> & {
    readonly TranscodeJobInfoList: readonly Job[];
  };
  readonly TranscodeJobInfoList?: readonly Job[];
  readonly NonExistJobIds?: readonly string[];
}

export type Job = Readonly<Record<string, unknown>>;

/** A job of some task, still without its id. */
type JobDraft = (moment: Moment) => Job;

const watermarkId = plainJob.OutputFile.WatermarkIdList[0];

const encrypted: JobDraft = (moment) => ({ ...encryptedJob, ...timesOfSuccess(moment) });

const plain: JobDraft = (moment) => ({ ...plainJob, ...timesOfSuccess(moment) });

const failed: JobDraft = (moment) => ({
  ...failedJob,
  CreationTime: isoTime(moment.createdAt),
  FinishTime: isoTime(moment.finishedAt ?? moment.createdAt),
});

/** The URL of an unfinished job is a placeholder, as that of a failed one. */
const transcoding =
  (progress: number): JobDraft =>
  ({ createdAt }) => ({
    CreationTime: isoTime(createdAt),
    TranscodeJobStatus: 'Transcoding',
    InputFileUrl: plainJob.InputFileUrl,
    TranscodeProgress: progress,
    OutputFile: failedJob.OutputFile,
    TranscodeTemplateId: plainJob.TranscodeTemplateId,
    Definition: 'HD',
    Priority: '6',
  });

const watermarkScalar: JobDraft = (moment) => ({
  ...plain(moment),
  OutputFile: { ...plainJob.OutputFile, WatermarkIdList: watermarkId },
});

/** As the vendor's English sample of 2021 prints it. */
const watermarkJson: JobDraft = (moment) => ({
  ...plain(moment),
  TranscodeProgress: '100',
  OutputFile: {
    ...plainJob.OutputFile,
    Filesize: String(plainJob.OutputFile.Filesize),
    WatermarkIdList: JSON.stringify([watermarkId]),
  },
});

const documentTaskId = documentAnswer.TranscodeTask.TranscodeTaskId;

export const aliyunVodStories: Stories<Telling> = {
  processing: story('both jobs are being transcoded', 'Processing', 'running', [
    transcoding(70),
    transcoding(14),
  ]),
  partial: story('one job is done and the other still running', 'Partial', 'running', [
    encrypted,
    transcoding(60),
  ]),
  'all-succeeded': story('both jobs succeeded: an encrypted m3u8 and an mp4', 'CompleteAllSucc', 'final', [
    encrypted,
    plain,
  ]),
  'partial-success': story('one job succeeded and one failed', 'CompletePartialSucc', 'final', [
    encrypted,
    failed,
  ]),
  'all-failed': story('every job failed, leaving placeholder URLs', 'CompleteAllFail', 'final', [
    failed,
    failed,
  ]),
  'source-broken': story('the source file is broken, so no job was started', 'CompleteAllFail', 'final', []),
  contradiction: {
    shows: 'the task says that all succeeded, yet its first job failed',
    vendorStatus: 'CompleteAllSucc',
    phase: 'final',
    tell: (id) => ({ TranscodeTask: { ...documentAnswer.TranscodeTask, TranscodeTaskId: id } }),
  },
  [documentTaskId]: {
    shows: "the answer printed in the vendor's document, value for value",
    vendorStatus: 'CompleteAllSucc',
    phase: 'final',
    tell: () => documentAnswer,
  },
  'jobs-only': {
    shows: 'no task in the answer, only a list of jobs',
    phase: 'final',
    tell: (id, moment) => ({
      TranscodeJobInfoList: jobsOf(id, [encrypted, plain], moment),
      NonExistJobIds: [],
    }),
  },
  'odd-word': story('a status word that no document lists', 'Pausing', 'running', [transcoding(42)]),
  'watermark-scalar': story('the watermark ids are one bare string', 'CompleteAllSucc', 'final', [
    watermarkScalar,
  ]),
  'watermark-json': story(
    'the watermark ids are JSON in a string, and numbers are strings',
    'CompleteAllSucc',
    'final',
    [watermarkJson],
  ),
};

const endings: Record<Outcome, { word: string; jobs: readonly JobDraft[] }> = {
  succeeded: { word: 'CompleteAllSucc', jobs: [encrypted, plain] },
  partial: { word: 'CompletePartialSucc', jobs: [encrypted, failed] },
  failed: { word: 'CompleteAllFail', jobs: [failed, failed] },
};

/** The first of two jobs goes twice as fast as the second, so that the task is Partial for half its life. */
export function tellLivingTask(id: string, moment: Moment): Telling {
  if (moment.phase === 'final') {
    const { word, jobs } = endings[moment.outcome];
    return tellTask(id, word, jobs, moment);
  }
  const { progress } = moment;
  return progress < 50
    ? tellTask(id, 'Processing', [transcoding(progress * 2), transcoding(progress)], moment)
    : tellTask(id, 'Partial', [encrypted, transcoding(progress)], moment);
}

function story(shows: string, vendorStatus: string, phase: Phase, jobs: readonly JobDraft[]): Story<Telling> {
  return { shows, vendorStatus, phase, tell: (id, moment) => tellTask(id, vendorStatus, jobs, moment) };
}

function tellTask(id: string, word: string, jobs: readonly JobDraft[], moment: Moment): Telling {
  return {
    TranscodeTask: {
      TranscodeJobInfoList: jobsOf(id, jobs, moment),
      CreationTime: isoTime(moment.createdAt),
      TranscodeTemplateGroupId: documentAnswer.TranscodeTask.TranscodeTemplateGroupId,
      TranscodeTaskId: id,
      VideoId: documentAnswer.TranscodeTask.VideoId,
      TaskStatus: word,
      Trigger: 'Auto',
      ...(moment.finishedAt !== undefined && { CompleteTime: isoTime(moment.finishedAt) }),
    },
  };
}

function jobsOf(taskId: string, drafts: readonly JobDraft[], moment: Moment): Job[] {
  return drafts.map((draft, index) => ({ ...draft(moment), TranscodeJobId: `${taskId}-job-${index + 1}` }));
}

/** The quickest job of a living task is done five seconds after its start. */
function timesOfSuccess({ createdAt, startedAt = createdAt, finishedAt = startedAt + 5_000 }: Moment) {
  return { CreationTime: isoTime(createdAt), CompleteTime: isoTime(finishedAt) };
}

function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
