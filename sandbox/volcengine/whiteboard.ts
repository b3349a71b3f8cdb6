import { createLives, type Moment, type Phase } from '../life.ts';
import { createStoryteller, type Stories, type Story } from '../stories.ts';
import type { VendorApi, VendorRequest, VendorSetting } from '../vendor-api.ts';
import { answerNoSuchTask, refuse, refuseByRtc, refuseInTrouble, succeed } from './replies.ts';
import { createVerify } from './verify.ts';

interface Telling {
  /** 0 not started, 1 running, 2 done, 3 failed */
  readonly status: number;
  readonly progress: number;
  readonly code: number;
  readonly message: string;
  /** Whether the answer has the names of 2023-11-01, whichever version was asked for. */
  readonly isNewer?: boolean;
}

const failure = { code: 10_005, message: 'the document could not be opened' };

const noFailure = { code: 0, message: '' };

export const whiteboardStories: Stories<Telling> = {
  // The document's table has "-" for no message, its sample an empty string.
  'not-started': story('has not started', 'queued', { status: 0, progress: 0, code: 0, message: '-' }),
  running: story('is being converted, with a progress', 'running', { status: 1, progress: 42, ...noFailure }),
  done: story('is done', 'final', { status: 2, progress: 100, ...noFailure }),
  'dynamic-running': story('a dynamic conversion runs: its progress is always 0', 'running', {
    status: 1,
    progress: 0,
    ...noFailure,
  }),
  'dynamic-done': story('a dynamic conversion is done: its progress is still 0', 'final', {
    status: 2,
    progress: 0,
    ...noFailure,
  }),
  failed: story('failed, with a code and a message', 'final', { status: 3, progress: 37, ...failure }),
  'newer-done': story('is done, told in the names of version 2023-11-01', 'final', {
    status: 2,
    progress: 100,
    ...noFailure,
    isNewer: true,
  }),
  'newer-failed': story('failed, told in the names of version 2023-11-01', 'final', {
    status: 3,
    progress: 37,
    ...failure,
    isNewer: true,
  }),
};

/** Volcengine RTC `WbTranscodeQuery`; any app will do, but for `no-such-app`. */
export function createWhiteboard({ credentials, openedAt }: VendorSetting): VendorApi {
  const tell = createStoryteller({
    stories: whiteboardStories,
    tellLiving: (_, moment) => tellLivingTask(moment),
    lives: createLives(),
    openedAt,
  });
  return {
    provider: 'volcengine-whiteboard',
    // WbTranscodeQuery, 注意事项: per user
    callsPerSecond: 10,
    methods: ['GET'],
    paths: ['/'],
    taskParameters: ['task_id', 'TaskId'],
    verify: createVerify([credentials.volcengine, credentials.volcengineTemporary]),
    answer(request, now) {
      const { appId, taskId } = taskOf(request);
      if (!appId || !taskId) return refuse(request, 'MissingParameter');
      if (appId === 'no-such-app') return refuseByRtc(request, 'InvalidParameter.NotExistAppId');
      const telling = tell(taskId, now, JSON.stringify([appId, taskId]));
      if (!telling) return answerNoSuchTask(request);
      const isNewer = telling.isNewer ?? isNewerVersion(request);
      return succeed(request, isNewer ? newerResult(telling) : documentedResult(telling), 'metadata first');
    },
    refuse: refuseInTrouble,
  };
}

/** Version 2023-11-01 renamed the parameters too (volcengine.com/docs/6348/1232752). */
function taskOf(request: VendorRequest): { appId: string | undefined; taskId: string | undefined } {
  const { parameters } = request;
  return isNewerVersion(request)
    ? { appId: parameters.get('AppId'), taskId: parameters.get('TaskId') }
    : { appId: parameters.get('app_id'), taskId: parameters.get('task_id') };
}

function isNewerVersion({ parameters }: VendorRequest): boolean {
  return parameters.get('Version') === '2023-11-01';
}

function story(shows: string, phase: Phase, telling: Telling): Story<Telling> {
  return { shows, vendorStatus: String(telling.status), phase, tell: () => telling };
}

function tellLivingTask({ phase, outcome, progress }: Moment): Telling {
  if (phase === 'queued') return { status: 0, progress: 0, ...noFailure };
  if (phase === 'running') return { status: 1, progress, ...noFailure };
  return outcome === 'failed'
    ? { status: 3, progress: 37, ...failure }
    : { status: 2, progress: 100, ...noFailure };
}

function documentedResult({ status, progress, code, message }: Telling): object {
  return { status, progress, err_code: code, err_msg: message };
}

function newerResult({ status, progress, code, message }: Telling): object {
  return {
    Status: status,
    Progress: progress,
    ErrCodeN: code,
    ErrCode: code === 0 ? '' : 'TranscodeFailed',
    ErrMsg: message,
  };
}
