import { randomUUID } from 'node:crypto';
import type { Moment, Phase } from '../life.ts';
import type { Stories, Story } from '../stories.ts';

/** The answer but for Code, Message and RequestId. */
export interface Telling {
  readonly Data: { readonly Tencent?: object; readonly Huawei?: object };
  /** Where the document's sample prints it: beside Data. */
  readonly Huawei?: object;
}

const thumbnails = [0, 2].map(
  (second) => `http://vod-tc-restorefile.zego.example/sandbox/sampleSnapshot/sampleSnapshot_10_${second}.jpg`,
);

const media = {
  FileId: '5285890813738446783',
  ReplayUrl: 'https://replay.zego.example/sandbox/5285890813738446783/media.mp4',
};

export const tencentStories: Stories<Telling> = {
  waiting: tencentStory('a merge that waits', 'WAITING', 'queued', { Event: 'compose' }),
  processing: tencentStory('a transcode in progress', 'PROCESSING', 'running', { Event: 'transcode' }),
  compose: tencentStory('a merge that is done, with thumbnails as in the document', 'FINISH', 'final', {
    Event: 'compose',
    ...media,
    ThumbnailsUrl: thumbnails,
  }),
  transcode: tencentStory('a transcode that is done', 'FINISH', 'final', { Event: 'transcode', ...media }),
  'snapshot-offset': tencentStory('snapshots at given times', 'FINISH', 'final', {
    Event: 'SnapshotByTimeOffset',
    ThumbnailsUrl: thumbnails,
  }),
  'snapshot-interval': tencentStory('snapshots at intervals', 'FINISH', 'final', {
    Event: 'SampleSnapshot',
    ThumbnailsUrl: thumbnails,
  }),
  failed: tencentStory('a transcode that failed, with a message', 'FAIL', 'final', {
    Event: 'transcode',
    Message: 'the source file is not playable',
  }),
};

export const huaweiStories: Stories<Telling> = {
  waiting: huaweiStory('snapshots that wait', 'WAITING', 'queued'),
  processing: huaweiStory('snapshots in progress', 'PROCESSING', 'running'),
  succeeded: huaweiStory('snapshots that are done', 'SUCCEEDED', 'final'),
  failed: huaweiStory('snapshots that failed', 'FAILED', 'final'),
  canceled: huaweiStory('snapshots that were canceled', 'CANCELED', 'final'),
  'beside-data': {
    shows: "done, with Huawei beside Data as in the document's sample",
    vendorStatus: 'SUCCEEDED',
    phase: 'final',
    tell: (id, moment) => ({ Data: {}, Huawei: huaweiTask(id, 'SUCCEEDED', moment) }),
  },
  'both-members': {
    shows: 'still running, in one answer with a task of Tencent that is done',
    vendorStatus: 'PROCESSING',
    phase: 'running',
    tell: (id, moment) => ({
      Data: {
        Tencent: tencentTask('another-task', 'FINISH', { Event: 'compose', ...media }),
        Huawei: huaweiTask(id, 'PROCESSING', moment),
      },
    }),
  },
};

export function tellLivingTencent(id: string, { phase, outcome }: Moment): Telling {
  const transcode = { Event: 'transcode' };
  if (phase === 'queued') return aboutTencent(id, 'WAITING', transcode);
  if (phase === 'running') return aboutTencent(id, 'PROCESSING', transcode);
  return outcome === 'failed'
    ? aboutTencent(id, 'FAIL', { ...transcode, Message: 'the source file is not playable' })
    : aboutTencent(id, 'FINISH', { ...transcode, ...media });
}

export function tellLivingHuawei(id: string, moment: Moment): Telling {
  return aboutHuawei(id, livingHuaweiWord(moment), moment);
}

function livingHuaweiWord({ phase, outcome }: Moment): string {
  if (phase === 'queued') return 'WAITING';
  if (phase === 'running') return 'PROCESSING';
  return outcome === 'failed' ? 'FAILED' : 'SUCCEEDED';
}

/** Huawei's "not found", which is a success. */
export function tellNoHuaweiTask(id: string): Telling {
  return { Data: { Huawei: { TaskId: id, Status: 'NO_TASK', CreateTime: '', EndTime: '', FileName: [] } } };
}

function tencentStory(
  shows: string,
  vendorStatus: string,
  phase: Phase,
  details: TencentDetails,
): Story<Telling> {
  return { shows, vendorStatus, phase, tell: (id) => aboutTencent(id, vendorStatus, details) };
}

function huaweiStory(shows: string, vendorStatus: string, phase: Phase): Story<Telling> {
  return { shows, vendorStatus, phase, tell: (id, moment) => aboutHuawei(id, vendorStatus, moment) };
}

function aboutTencent(id: string, status: string, details: TencentDetails): Telling {
  return { Data: { Tencent: tencentTask(id, status, details) } };
}

function aboutHuawei(id: string, status: string, moment: Moment): Telling {
  return { Data: { Huawei: huaweiTask(id, status, moment) } };
}

interface TencentDetails {
  readonly Event: string;
  readonly FileId?: string;
  readonly ReplayUrl?: string;
  readonly Message?: string;
  readonly ThumbnailsUrl?: readonly string[];
}

function tencentTask(TaskId: string, Status: string, details: TencentDetails): object {
  return { TaskId, Status, FileId: '', ReplayUrl: '', RequestId: randomUUID(), Message: '', ...details };
}

function huaweiTask(TaskId: string, Status: string, { createdAt, finishedAt }: Moment): object {
  const files = [0, 10].map((second) => `record/pickrecord/command_record/sandbox/${second}.jpg`);
  return {
    TaskId,
    Status,
    CreateTime: compactTime(createdAt),
    EndTime: finishedAt === undefined ? '' : compactTime(finishedAt),
    FileName: Status === 'SUCCEEDED' ? files : [],
  };
}

/** `yyyyMMddHHmmss` in UTC. */
function compactTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '');
}
