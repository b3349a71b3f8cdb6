import { randomUUID } from 'node:crypto';
import { scenario, type Task, type TaskFamily } from '../task-family.ts';

/** The answer but for Code, Message and RequestId. */
export interface MediaData {
  readonly Data: { readonly Tencent?: object; readonly Huawei?: object };
  /** Where the document's sample prints it: beside Data. */
  readonly Huawei?: object;
}

type Event = 'transcode' | 'compose' | 'SampleSnapshot';

export const tencentTasks: TaskFamily<MediaData, Event> = {
  scenarios: {
    waiting: scenario('a merge that waits', 'WAITING', 'queued', { details: 'compose' }),
    processing: scenario('a transcode in progress', 'PROCESSING', 'running'),
    compose: scenario('a merge that is done, with thumbnails as in the document', 'FINISH', 'final', {
      details: 'compose',
    }),
    transcode: scenario('a transcode that is done', 'FINISH', 'final'),
    'snapshot-interval': scenario('snapshots at intervals', 'FINISH', 'final', { details: 'SampleSnapshot' }),
    failed: scenario('a transcode that failed, with a message', 'FAIL', 'final'),
  },
  statusOf({ phase, outcome }) {
    if (phase === 'queued') return 'WAITING';
    if (phase === 'running') return 'PROCESSING';
    return outcome === 'failed' ? 'FAIL' : 'FINISH';
  },
  describe: (task) => ({ Data: { Tencent: toTencentTask(task) } }),
  toParameters: (taskId) => ({ Vendor: 'Tencent', TaskId: taskId }),
  toIdParts: (taskId) => ['tencent', taskId],
  unknown: 'no such task of Tencent: code 1000 in HTTP 200',
};

function toTencentTask({
  id,
  status,
  details: event = 'transcode',
}: Pick<Task<Event>, 'id' | 'status' | 'details'>) {
  const [isDone, isSnapshot] = [status === 'FINISH', event === 'SampleSnapshot'];
  const hasFile = isDone && !isSnapshot;
  const thumbnails = [0, 2].map(
    (second) =>
      `http://vod-tc-restorefile.zego.example/sandbox/sampleSnapshot/sampleSnapshot_10_${second}.jpg`,
  );
  return {
    TaskId: id,
    Status: status,
    Event: event,
    FileId: hasFile ? '5285890813738446783' : '',
    ReplayUrl: hasFile ? 'https://replay.zego.example/sandbox/5285890813738446783/media.mp4' : '',
    RequestId: randomUUID(),
    Message: status === 'FAIL' ? 'the source file is not playable' : '',
    ...(isDone && event !== 'transcode' && { ThumbnailsUrl: thumbnails }),
  };
}

export const huaweiTasks: TaskFamily<MediaData, 'beside Data' | 'with Tencent'> = {
  scenarios: {
    waiting: scenario('snapshots that wait', 'WAITING', 'queued'),
    processing: scenario('snapshots in progress', 'PROCESSING', 'running'),
    succeeded: scenario('snapshots that are done', 'SUCCEEDED', 'final'),
    failed: scenario('snapshots that failed', 'FAILED', 'final'),
    canceled: scenario('snapshots that were canceled', 'CANCELED', 'final'),
    'beside-data': scenario(
      "done, with Huawei beside Data as in the document's sample",
      'SUCCEEDED',
      'final',
      { details: 'beside Data' },
    ),
    'both-members': scenario(
      'still running, in one answer with a task of Tencent that is done',
      'PROCESSING',
      'running',
      { details: 'with Tencent' },
    ),
  },
  statusOf({ phase, outcome }) {
    if (phase === 'queued') return 'WAITING';
    if (phase === 'running') return 'PROCESSING';
    return outcome === 'failed' ? 'FAILED' : 'SUCCEEDED';
  },
  describe(task) {
    const Huawei = toHuaweiTask(task);
    if (task.details === 'beside Data') return { Data: {}, Huawei };
    if (task.details !== 'with Tencent') return { Data: { Huawei } };
    const other = { id: 'another-task', status: 'FINISH', details: undefined };
    return { Data: { Tencent: toTencentTask(other), Huawei } };
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
