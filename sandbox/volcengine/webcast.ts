import { createLives, type Moment, type Phase } from '../life.ts';
import { createStoryteller, type Stories, type Story } from '../stories.ts';
import type { VendorApi, VendorSetting } from '../vendor-api.ts';
import { answerNoSuchTask, refuse, refuseByRtc, refuseInTrouble, succeed } from './replies.ts';
import { createVerify } from './verify.ts';

/** The member `Result` of the answer; the document's table and its sample spell the name differently. */
type Telling = { readonly WebCastTask: WebCast } | { readonly WebcastTask: WebCast };

type WebCast = Readonly<Record<string, unknown>>;

type Spelling = 'WebCastTask' | 'WebcastTask';

/** The sample printed in the vendor's document, value for value (003_042d3026b2d88bee.txt, 返回示例). */
const documentTask: WebCast = {
  StartTime: 1676987478000,
  EndTime: 1676987489000,
  Status: 3,
  StopReason: 'StopByAPI',
  UserId: 'Your_UserId',
  SourceURL: 'https://xxxxx',
  VideoSolutions: [{ Width: 1920, Height: 1080, FrameRate: 60, Bitrate: 10000 }],
  MonitorConfig: { BlankCheckInterval: 5, CrashCheckInterval: 5, FreezeCheckInterval: 5 },
  EventNotifyConfig: { EnableEventNotify: true, StartTimeout: 2 },
  MaxRunningTime: 3600,
};

export const webcastStories: Stories<Telling> = {
  'unknown-state': story('WebCastTask', 'the vendor itself does not know the state', 0, 'running', ''),
  'not-started': story(
    'WebcastTask',
    'has not started: times are 0 and the reason is empty',
    1,
    'queued',
    '',
  ),
  running: story('WebCastTask', 'is recording: its end is 0', 2, 'running', ''),
  ended: story('WebCastTask', 'was stopped by a call', 3, 'final', 'StopByAPI'),
  'ended-by-limit': story('WebcastTask', 'ran into its time limit', 3, 'final', 'ExceedMaxRunningTime'),
  'start-failed': story('WebcastTask', 'could not be started', 4, 'final', 'StartTaskFailed'),
  failed: story(
    'WebCastTask',
    'failed for a reason the vendor does not know',
    4,
    'final',
    'UnknownStopReason',
  ),
  bare: {
    shows: 'is recording, and the answer leaves out whatever it can',
    vendorStatus: '2',
    phase: 'running',
    tell: (_, { startedAt }) => ({
      WebCastTask: { Status: 2, StartTime: startedAt, UserId: 'sandbox-recorder' },
    }),
  },
  document: {
    shows: "the answer printed in the vendor's document, value for value",
    vendorStatus: '3',
    phase: 'final',
    tell: () => ({ WebcastTask: documentTask }),
  },
};

/** Volcengine RTC `GetWebCastTask`; any app and room will do, but for the app `no-such-app`. */
export function createWebcast({ credentials, openedAt }: VendorSetting): VendorApi {
  const tell = createStoryteller({
    stories: webcastStories,
    tellLiving: (_, moment) => tellLivingTask(moment),
    lives: createLives(),
    openedAt,
  });
  return {
    provider: 'volcengine-webcast',
    // GetWebCastTask, 注意事项
    callsPerSecond: 60,
    methods: ['GET'],
    paths: ['/'],
    taskParameters: ['TaskId'],
    verify: createVerify([credentials.volcengine, credentials.volcengineTemporary]),
    answer(request, now) {
      const { parameters } = request;
      const [appId, roomId, taskId] = ['AppId', 'RoomId', 'TaskId'].map((name) => parameters.get(name));
      if (!appId || !roomId || !taskId) return refuse(request, 'MissingParameter');
      if (appId === 'no-such-app') return refuseByRtc(request, 'InvalidParameter.NotExistAppId');
      const result = tell(taskId, now, JSON.stringify([appId, roomId, taskId]));
      return result ? succeed(request, result, 'metadata last') : answerNoSuchTask(request);
    },
    refuse: refuseInTrouble,
  };
}

function story(
  spelling: Spelling,
  shows: string,
  status: number,
  phase: Phase,
  stopReason: string,
): Story<Telling> {
  return {
    shows,
    vendorStatus: String(status),
    phase,
    tell: (_, moment) => spelled(spelling, webCast(status, stopReason, moment)),
  };
}

function tellLivingTask(moment: Moment): Telling {
  if (moment.phase === 'queued') return { WebCastTask: webCast(1, '', moment) };
  if (moment.phase === 'running') return { WebCastTask: webCast(2, '', moment) };
  return moment.outcome === 'failed'
    ? { WebcastTask: webCast(4, 'UnknownStopReason', moment) }
    : { WebcastTask: webCast(3, 'StopByAPI', moment) };
}

function spelled(spelling: Spelling, task: WebCast): Telling {
  return spelling === 'WebCastTask' ? { WebCastTask: task } : { WebcastTask: task };
}

/** A time that has not come is 0. */
function webCast(Status: number, StopReason: string, { startedAt = 0, finishedAt = 0 }: Moment): WebCast {
  return {
    StartTime: startedAt,
    EndTime: finishedAt,
    Status,
    StopReason,
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
}
