import type { AccountKeys } from '../signatures.ts';
import { createFindTask, type TaskFamily } from '../task-family.ts';
import type { Answer, Vendor } from '../vendor.ts';
import { answerAs, createVerify, refuse, refuseAs, succeed } from './protocol.ts';
import { webcastTasks, whiteboardTasks } from './scenarios.ts';

/** Volcengine RTC `GetWebCastTask` and `WbTranscodeQuery`, version 2020-12-01. Any app and room is accepted. */
export const volcengine: Vendor<'volcengine-webcast' | 'volcengine-whiteboard', AccountKeys> = {
  credentials: {
    id: 'SANDBOX-VOLCENGINE-KEY',
    secret: 'not-a-secret-sandbox-volcengine',
    temporary: {
      id: 'SANDBOX-VOLCENGINE-TEMPORARY-KEY',
      secret: 'not-a-secret-sandbox-volcengine-temporary',
      token: 'STS2+sandbox/token=with special*~characters',
    },
  },
  environment: (endpoint, { id, secret }) => ({
    VOLCENGINE_ACCESS_KEY: id,
    VOLCENGINE_SECRET_KEY: secret,
    VOLCENGINE_RTC_ENDPOINT: endpoint,
  }),
  createVerify,
  refuseAs,
  apis: [
    {
      provider: 'volcengine-webcast',
      // GetWebCastTask, 注意事项
      callsPerSecond: 60,
      action: 'GetWebCastTask',
      taskParameter: 'TaskId',
      families: [webcastTasks],
      createAnswer: (openedAt) => createAnswer(webcastTasks, ['AppId', 'RoomId', 'TaskId'], openedAt),
    },
    {
      provider: 'volcengine-whiteboard',
      // WbTranscodeQuery, 注意事项: per user
      callsPerSecond: 10,
      action: 'WbTranscodeQuery',
      taskParameter: 'task_id',
      families: [whiteboardTasks],
      createAnswer: (openedAt) => createAnswer(whiteboardTasks, ['app_id', 'task_id'], openedAt),
    },
  ],
};

/** `keyParameters` name the task together; the last of them is its id. */
function createAnswer(
  family: TaskFamily<object>,
  keyParameters: readonly string[],
  openedAt: number,
): Answer {
  const findTask = createFindTask(family, openedAt);
  return (request, now) => {
    const key = keyParameters.map((name) => request.parameters.get(name) ?? '');
    if (key.includes('')) return refuse(request, 'MissingParameter');
    const result = findTask(key.at(-1) ?? '', now, JSON.stringify(key));
    return result ? succeed(request, result) : answerAs(request, 'InvalidParameter.ErrorActiveTaskNotFound');
  };
}
