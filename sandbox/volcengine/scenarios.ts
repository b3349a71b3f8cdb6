import { type TaskFamily, toStatus } from '../task-family.ts';

/** The member `Result` of GetWebCastTask. */
export const webcastTasks: TaskFamily<object> = {
  scenarios: {
    'unknown-state': ['the vendor itself does not know the state', '0', 'running'],
    'not-started': ['has not started: times are 0 and the reason is empty', '1', 'queued'],
    running: ['is recording: its end is 0', '2', 'running'],
    ended: ['was stopped by a call', '3', 'final'],
    failed: ['failed for a reason the vendor does not know', '4', 'final'],
  },
  statusOf: toStatus({ queued: '1', running: '2', succeeded: '3', failed: '4' }),
  describe({ status, state: { phase, startedAt = 0, finishedAt = 0 } }) {
    const task = {
      StartTime: startedAt,
      EndTime: finishedAt,
      Status: Number(status),
      StopReason: phase !== 'final' ? '' : status === '3' ? 'StopByAPI' : 'UnknownStopReason',
      UserId: 'sandbox-recorder',
      SourceURL: 'https://page.example.com/lesson?token=not-a-secret',
      VideoSolutions: [
        { Width: 1280, Height: 720, FrameRate: 15, Bitrate: 0 },
        { Width: 640, Height: 360, FrameRate: 15, Bitrate: 400 },
      ],
      MonitorConfig: { BlankCheckInterval: 5, CrashCheckInterval: 0, FreezeCheckInterval: 0 },
      EventNotifyConfig: { EnableEventNotify: false, StartTimeout: 0 },
      MaxRunningTime: 86_400,
    };
    // The document's table and its sample spell the name differently.
    return phase === 'final' ? { WebcastTask: task } : { WebCastTask: task };
  },
  toParameters: (taskId) => ({ AppId: 'demo-app', RoomId: 'demo-room', TaskId: taskId }),
  unknown: 'no such task: InvalidParameter.ErrorActiveTaskNotFound',
};

/** The member `Result` of WbTranscodeQuery. */
export const whiteboardTasks: TaskFamily<object> = {
  scenarios: {
    'not-started': ['has not started', '0', 'queued'],
    running: ['is being converted, with a progress', '1', 'running'],
    done: ['is done', '2', 'final'],
    failed: ['failed, with a code and a message', '3', 'final', { progress: 37 }],
  },
  statusOf: toStatus({ queued: '0', running: '1', succeeded: '2', failed: '3' }),
  describe({ status, state: { progress } }) {
    const isFailed = status === '3';
    return {
      status: Number(status),
      progress,
      err_code: isFailed ? 10_005 : 0,
      // The document's table has "-" for no message, its sample an empty string.
      err_msg: isFailed ? 'the document could not be opened' : status === '0' ? '-' : '',
    };
  },
  toParameters: (taskId) => ({ app_id: 'demo-app', task_id: taskId }),
  unknown: 'no such task: InvalidParameter.ErrorActiveTaskNotFound',
};
