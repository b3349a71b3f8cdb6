import { defineProvider } from '../../../domain/provider.ts';
import { readField, requireObject } from '../../../vendor-http/read.ts';
import { openAccount } from '../account.ts';
import { toSnapshot } from './normalise.ts';

/** Volcengine RTC GetWebCastTask, version 2020-12-01. https://www.volcengine.com/docs/6348/204054 */
export const volcengineWebcast = defineProvider({
  name: 'volcengine-webcast',
  typename: 'WebCastTask',
  keyFields: [{ name: 'appId' }, { name: 'roomId' }, { name: 'taskId' }],
  // 60 calls a second: the same page.
  quota: { calls: 60, perMs: 1_000 },
  open: (environment, tools) => {
    const account = openAccount(environment, tools);
    if (!account) return undefined;
    return async ({ appId, roomId, taskId }, call) => {
      const key = { AppId: appId, RoomId: roomId, TaskId: taskId };
      const query = { Action: 'GetWebCastTask', Version: '2020-12-01', ...key };
      const answer = account.readAnswer(await call.get(account.toRequest(query)));
      if (!answer) return null;
      // The document's table and its sample spell the name in these two ways.
      const task = requireObject(
        readField(answer.result, 'WebCastTask', 'WebcastTask'),
        "The vendor's answer has no task.",
      );
      return toSnapshot(task, answer.requestId);
    };
  },
});
