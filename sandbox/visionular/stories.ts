import type { Moment, Phase } from '../life.ts';
import type { Stories, Story } from '../stories.ts';

/** The member `data` of the answer. */
export type Telling = Readonly<Record<string, unknown>>;

/** How long a presigned URL works, in seconds; every answer signs anew. */
const URL_LIFE_S = 12 * 3_600;

export const visionularStories: Stories<Telling> = {
  pending: story('waits in the queue', 'pending', 'queued', tellOld),
  downloading: story('the source is being fetched', 'downloading', 'running', tellOld),
  running: story('is being transcoded', 'running', 'running', tellOld),
  uploading: story('the result is being stored', 'uploading', 'running', tellOld),
  success: story('succeeded, with presigned URLs', 'success', 'final', tellOld),
  fail: { ...story('failed, with a code and a message', 'fail', 'final', tellOld), outcome: 'failed' },
  'newer-pending': story('waits in the queue; newer field names', 'pending', 'queued', tellNewer),
  'newer-running': story('runs, with a progress; newer field names', 'running', 'running', tellNewer),
  'newer-succeeded': story('succeeded; newer word and field names', 'succeeded', 'final', tellNewer),
  'newer-failed': {
    ...story('failed; newer word and field names', 'failed', 'final', tellNewer),
    outcome: 'failed',
    progress: 37,
  },
  'odd-word': story('a status word that no document lists', 'archiving', 'running', tellOld),
};

/** Told in the newer form, which alone has a progress. */
export function tellLivingTask(id: string, moment: Moment): Telling {
  return tellNewer(id, livingWord(moment), moment);
}

function livingWord({ phase, progress, outcome }: Moment): string {
  if (phase === 'queued') return 'pending';
  if (phase === 'final') return outcome === 'failed' ? 'failed' : 'succeeded';
  if (progress < 10) return 'downloading';
  return progress < 90 ? 'running' : 'uploading';
}

function story(
  shows: string,
  vendorStatus: string,
  phase: Phase,
  tell: (id: string, status: string, moment: Moment, now: number) => Telling,
): Story<Telling> {
  return { shows, vendorStatus, phase, tell: (id, moment, now) => tell(id, vendorStatus, moment, now) };
}

/** The document's fields (002_de55dc2b0bdad98b.txt, 返回参数). `output` is in its table and not in its sample. */
function tellOld(id: string, status: string, moment: Moment, now: number): Telling {
  const isFailed = moment.outcome === 'failed';
  const isDone = moment.phase === 'final' && !isFailed;
  const objectKey = `sandbox/output/${encodeURIComponent(id)}.mp4`;
  return {
    bucket: 'visionular-sandbox',
    create_time: seconds(moment.createdAt),
    dst_bitrate: isDone ? 211.062 : 0,
    err_code: isFailed ? 30012 : 0,
    err_message: isFailed ? 'input video is broken' : isDone ? 'success' : '',
    finish_time: moment.finishedAt === undefined ? 0 : seconds(moment.finishedAt),
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

/** The fields that an independent client of api.visionular.com reads. */
function tellNewer(id: string, status: string, moment: Moment): Telling {
  const isFailed = moment.phase === 'final' && moment.outcome === 'failed';
  const isDone = moment.phase === 'final' && !isFailed;
  return {
    task_id: id,
    input: 'sandbox/input/source.mp4',
    output: `sandbox/output/${encodeURIComponent(id)}.mp4`,
    template_name: 'MP4_264_360p',
    storage_id: 'sandbox-storage',
    region: 'ap-southeast-1',
    created_time: seconds(moment.createdAt),
    started_time: moment.startedAt === undefined ? 0 : seconds(moment.startedAt),
    finished_time: moment.finishedAt === undefined ? 0 : seconds(moment.finishedAt),
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
    message: isFailed ? 'input video is broken' : '',
    progress: moment.progress,
    output_groups: [],
  };
}

/** The host is a reserved name (RFC 2606), the key and signature are fake. */
function presignedUrl(objectKey: string, now: number): string {
  const expires = seconds(now) + URL_LIFE_S;
  return `https://visionular-sandbox.s3.example.com/${objectKey}?AWSAccessKeyId=SANDBOX&Signature=not%2Ba%2Fsignature&Expires=${expires}`;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
