import { randomUUID } from 'node:crypto';
import { type Task, type TaskFamily, toStatus } from '../task-family.ts';

/** The answer but for Code, Message and RequestId. */
export interface MediaData {
  readonly Data: { readonly Tencent?: object; readonly Huawei?: object };
  /** Where the document's sample prints it: beside Data. */
  readonly Huawei?: object;
}

type Event = 'transcode' | 'compose' | 'SampleSnapshot';

export const tencentTasks: TaskFamily<MediaData, Event> = {
  scenarios: {
    waiting: ['a merge that waits', 'WAITING', 'queued', { details: 'compose' }],
    processing: ['a transcode in progress', 'PROCESSING', 'running'],
    compose: ['a merge that is done, with thumbnails', 'FINISH', 'final', { details: 'compose' }],
    transcode: ['a transcode that is done', 'FINISH', 'final'],
    'snapshot-interval': ['snapshots at intervals', 'FINISH', 'final', { details: 'SampleSnapshot' }],
    failed: ['a transcode that failed, with a message', 'FAIL', 'final'],
  },
  statusOf: toStatus({ queued: 'WAITING', running: 'PROCESSING', succeeded: 'FINISH', failed: 'FAIL' }),
  describe: ({ id, status, details }) => ({ Data: { Tencent: toTencentTask(id, status, details) } }),
  toParameters: (taskId) => ({ Vendor: 'Tencent', TaskId: taskId }),
  toIdParts: (taskId) => ['tencent', taskId],
  unknown: 'no such task of Tencent: code 1000 in HTTP 200',
};

function toTencentTask(TaskId: string, Status: string, Event: Event = 'transcode'): object {
  const isDone = Status === 'FINISH';
  const hasFile = isDone && Event !== 'SampleSnapshot';
  const folder = 'http://vod-tc-restorefile.zego.example/sandbox/sampleSnapshot';
  const thumbnails = [0, 2].map((second) => `${folder}/sampleSnapshot_10_${second}.jpg`);
  return {
    TaskId,
    Status,
    Event,
    FileId: hasFile ? '5285890813738446783' : '',
    ReplayUrl: hasFile ? 'https://replay.zego.example/sandbox/5285890813738446783/media.mp4' : '',
    RequestId: randomUUID(),
    Message: Status === 'FAIL' ? 'the source file is not playable' : '',
    ...(isDone && Event !== 'transcode' && { ThumbnailsUrl: thumbnails }),
  };
}

export const huaweiTasks: TaskFamily<MediaData, 'beside Data' | 'with Tencent'> = {
  scenarios: {
    waiting: ['snapshots that wait', 'WAITING', 'queued'],
    processing: ['snapshots in progress', 'PROCESSING', 'running'],
    succeeded: ['snapshots that are done', 'SUCCEEDED', 'final'],
    failed: ['snapshots that failed', 'FAILED', 'final'],
    canceled: ['snapshots that were canceled', 'CANCELED', 'final'],
    'beside-data': ['done, as the sample prints it', 'SUCCEEDED', 'final', { details: 'beside Data' }],
    'both-members': [
      "running, with a task of Tencent's",
      'PROCESSING',
      'running',
      { details: 'with Tencent' },
    ],
  },
  statusOf: toStatus({ queued: 'WAITING', running: 'PROCESSING', succeeded: 'SUCCEEDED', failed: 'FAILED' }),
  describe(task) {
    const Huawei = toHuaweiTask(task);
    if (task.details === 'beside Data') return { Data: {}, Huawei };
    if (task.details !== 'with Tencent') return { Data: { Huawei } };
    return { Data: { Tencent: toTencentTask('another-task', 'FINISH'), Huawei } };
  },
  toParameters: (taskId) => ({ Vendor: 'Huawei', TaskId: taskId }),
  toIdParts: (taskId) => ['huawei', taskId],
  unknown: 'no such task of Huawei: the status NO_TASK in a success',
};

function toHuaweiTask({ id, status, state: { createdAt, finishedAt } }: Task): object {
  const files = [0, 10].map((second) => `record/pickrecord/command_record/sandbox/${second}.jpg`);
  return {
    TaskId: id,
    Status: status,
    CreateTime: compactTime(createdAt),
    EndTime: finishedAt === undefined ? '' : compactTime(finishedAt),
    FileName: status === 'SUCCEEDED' ? files : [],
  };
}

/** Huawei's "not found", which is a success. */
export function describeNoHuaweiTask(id: string): MediaData {
  return { Data: { Huawei: { TaskId: id, Status: 'NO_TASK', CreateTime: '', EndTime: '', FileName: [] } } };
}

/** `yyyyMMddHHmmss` in UTC. */
function compactTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '');
}
