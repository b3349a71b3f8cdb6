import type { Task, TaskFamily } from '../task-family.ts';

/** Fields with the document's names; without it, with those that clients of api.visionular.com read. */
const documented = { details: 'documented' } as const;

/** How long a presigned URL works, in seconds; every answer is signed again. */
const URL_LIFETIME_S = 12 * 3_600;

export const transcodeTasks: TaskFamily<object, 'documented'> = {
  scenarios: {
    pending: ['waits in the queue', 'pending', 'queued', documented],
    running: ['is being transcoded', 'running', 'running', documented],
    success: ['succeeded, with presigned URLs', 'success', 'final', documented],
    fail: ['failed, with a code and a message', 'fail', 'final', documented],
    'newer-failed': ['failed, with the newer words of evolving tasks', 'failed', 'final', { progress: 37 }],
  },
  statusOf({ phase, progress, outcome }) {
    if (phase === 'queued') return 'pending';
    if (phase === 'final') return outcome === 'failed' ? 'failed' : 'succeeded';
    if (progress < 10) return 'downloading';
    return progress < 90 ? 'running' : 'uploading';
  },
  describe: (task) => (task.details ? describeAsDocumented(task) : describeNewer(task)),
  toParameters: (taskId) => ({ task_id: taskId }),
  unknown: 'no such task: code 1004 in HTTP 200',
};

/** The document's fields (002_de55dc2b0bdad98b.txt, 返回参数). `output` is in its table and not in its sample. */
function describeAsDocumented({ id, status, state, now }: Task): object {
  const [isFailed, isDone] = [status === 'fail', status === 'success'];
  const objectKey = `sandbox/output/${encodeURIComponent(id)}.mp4`;
  return {
    bucket: 'visionular-sandbox',
    create_time: seconds(state.createdAt),
    dst_bitrate: isDone ? 211.062 : 0,
    err_code: isFailed ? 30012 : 0,
    err_message: isFailed ? 'input video is broken' : isDone ? 'success' : '',
    finish_time: seconds(state.finishedAt),
    input: `s3://visionular-sandbox/sandbox/input/${id}.mp4`,
    input_url: presignedUrl('sandbox/input/source.mp4', now),
    objkey: objectKey,
    ...(isDone && { output: objectKey }),
    output_url: isDone ? presignedUrl(objectKey, now) : '',
    region: 'ap-southeast-1',
    region_type: 's3',
    src_bitrate: 440.371,
    status,
    task_id: id,
    template_id: 'builtin-MP4-264-360p',
    template_name: 'MP4_264_360p',
  };
}

/** The newer fields; only these have a progress. */
function describeNewer({ id, status, state }: Task): object {
  const isDone = status === 'succeeded';
  return {
    task_id: id,
    input: 'sandbox/input/source.mp4',
    output: `sandbox/output/${encodeURIComponent(id)}.mp4`,
    template_name: 'MP4_264_360p',
    storage_id: 'sandbox-storage',
    region: 'ap-southeast-1',
    created_time: seconds(state.createdAt),
    started_time: seconds(state.startedAt),
    finished_time: seconds(state.finishedAt),
    status,
    duration: 12.08,
    source_bitrate: 440.371,
    source_size: 5_368_709_120,
    source_resolution: '1920x1080',
    source_framerate: 29.97,
    output_size: isDone ? 1_520_439 : 0,
    output_resolution: isDone ? '640x360' : '',
    output_framerate: isDone ? 29.97 : 0,
    output_bitrate: isDone ? 211.062 : 0,
    message: status === 'failed' ? 'input video is broken' : '',
    progress: state.progress,
    output_groups: [],
  };
}

/** The host is a reserved name (RFC 2606), the key and signature are fake. */
function presignedUrl(objectKey: string, now: number): string {
  const expires = seconds(now) + URL_LIFETIME_S;
  return `https://visionular-sandbox.s3.example.com/${objectKey}?AWSAccessKeyId=SANDBOX&Signature=not%2Ba%2Fsignature&Expires=${expires}`;
}

/** A future time is 0. */
function seconds(ms = 0): number {
  return Math.floor(ms / 1_000);
}
