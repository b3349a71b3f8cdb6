/** The state of a task in the graph: status, kind and the code of its problem. */
export type State = readonly [status: string | null, kind: string | null, problem: string | null];

const notFound: State = [null, null, 'TASK_NOT_FOUND'];

const aliyun = (status: string): State => [status, 'VIDEO_TRANSCODE', null];
const visionular = (status: string): State => [status, 'VIDEO_TRANSCODE', null];
const webCast = (status: string): State => [status, 'WEB_CAST', null];
const whiteboard = (status: string): State => [status, 'DOCUMENT_TRANSCODE', null];
const picture = (status: string): State => [status, 'SNAPSHOT', null];

/** The state in the graph of every example of the sandbox, when it is asked for the first time. */
export const expectedStates: Readonly<Record<string, State>> = {
  'aliyun-vod:processing': aliyun('RUNNING'),
  'aliyun-vod:partial': aliyun('RUNNING'),
  'aliyun-vod:all-succeeded': aliyun('SUCCEEDED'),
  'aliyun-vod:partial-success': aliyun('PARTIALLY_SUCCEEDED'),
  'aliyun-vod:all-failed': aliyun('FAILED'),
  'aliyun-vod:source-broken': aliyun('FAILED'),
  'aliyun-vod:odd-word': aliyun('UNKNOWN'),
  // The vendor has no status for queued tasks.
  'aliyun-vod:evolving-1': aliyun('RUNNING'),
  'aliyun-vod:load-1': aliyun('RUNNING'),
  'aliyun-vod:no-such-task': notFound,

  'visionular:pending': visionular('QUEUED'),
  'visionular:running': visionular('RUNNING'),
  'visionular:success': visionular('SUCCEEDED'),
  'visionular:fail': visionular('FAILED'),
  'visionular:newer-failed': visionular('FAILED'),
  'visionular:evolving-1': visionular('QUEUED'),
  'visionular:load-1': visionular('QUEUED'),
  'visionular:no-such-task': notFound,

  'volcengine-webcast:demo-app:demo-room:unknown-state': webCast('UNKNOWN'),
  'volcengine-webcast:demo-app:demo-room:not-started': webCast('QUEUED'),
  'volcengine-webcast:demo-app:demo-room:running': webCast('RUNNING'),
  'volcengine-webcast:demo-app:demo-room:ended': webCast('SUCCEEDED'),
  'volcengine-webcast:demo-app:demo-room:failed': webCast('FAILED'),
  'volcengine-webcast:demo-app:demo-room:evolving-1': webCast('QUEUED'),
  'volcengine-webcast:demo-app:demo-room:load-1': webCast('QUEUED'),
  'volcengine-webcast:demo-app:demo-room:no-such-task': notFound,

  'volcengine-whiteboard:demo-app:not-started': whiteboard('QUEUED'),
  'volcengine-whiteboard:demo-app:running': whiteboard('RUNNING'),
  'volcengine-whiteboard:demo-app:done': whiteboard('SUCCEEDED'),
  'volcengine-whiteboard:demo-app:failed': whiteboard('FAILED'),
  'volcengine-whiteboard:demo-app:evolving-1': whiteboard('QUEUED'),
  'volcengine-whiteboard:demo-app:load-1': whiteboard('QUEUED'),
  'volcengine-whiteboard:demo-app:no-such-task': notFound,

  'zego:tencent:waiting': ['QUEUED', 'MERGE', null],
  'zego:tencent:processing': ['RUNNING', 'VIDEO_TRANSCODE', null],
  'zego:tencent:compose': ['SUCCEEDED', 'MERGE', null],
  'zego:tencent:transcode': ['SUCCEEDED', 'VIDEO_TRANSCODE', null],
  'zego:tencent:snapshot-interval': picture('SUCCEEDED'),
  'zego:tencent:failed': ['FAILED', 'VIDEO_TRANSCODE', null],
  'zego:tencent:evolving-1': ['QUEUED', 'VIDEO_TRANSCODE', null],
  'zego:tencent:load-1': ['QUEUED', 'VIDEO_TRANSCODE', null],
  // Tencent answers only "Request failed", which does not mean that there is no such task.
  'zego:tencent:no-such-task': [null, null, 'REJECTED'],

  'zego:huawei:waiting': picture('QUEUED'),
  'zego:huawei:processing': picture('RUNNING'),
  'zego:huawei:succeeded': picture('SUCCEEDED'),
  'zego:huawei:failed': picture('FAILED'),
  'zego:huawei:canceled': picture('CANCELED'),
  'zego:huawei:beside-data': picture('SUCCEEDED'),
  'zego:huawei:both-members': picture('RUNNING'),
  'zego:huawei:evolving-1': picture('QUEUED'),
  'zego:huawei:load-1': picture('QUEUED'),
  'zego:huawei:no-such-task': notFound,
};
