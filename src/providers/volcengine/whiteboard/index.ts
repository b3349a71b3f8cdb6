import { LookupError } from '../../../domain/errors.ts';
import { defineProvider } from '../../../domain/provider.ts';
import type { MediaTaskFailure } from '../../../generated/model.ts';
import { openAccount } from '../account.ts';
import { readRefusal, toSnapshot } from './normalise.ts';

/** Volcengine RTC WbTranscodeQuery, version 2020-12-01. https://www.volcengine.com/docs/6348/1217292 */
export const volcengineWhiteboard = defineProvider({
  name: 'volcengine-whiteboard',
  typename: 'WhiteboardTranscodeTask',
  keyFields: [{ name: 'appId' }, { name: 'taskId' }],
  // 10 calls a second for each user: the same page.
  quota: { calls: 10, perMs: 1_000 },
  open: (environment, tools) => {
    const account = openAccount(environment, tools);
    if (!account) return undefined;
    return async ({ appId, taskId }, call) => {
      const key = { app_id: appId, task_id: taskId };
      const query = { Action: 'WbTranscodeQuery', Version: '2020-12-01', ...key };
      const answer = account.readAnswer(await call.get(account.toRequest(query)));
      const refusal = answer && readRefusal(answer.result);
      if (refusal) throw toRejection(refusal, answer.requestId);
      return answer && toSnapshot(answer.result, answer.requestId);
    };
  },
});

const toRejection = ({ code, message }: MediaTaskFailure, requestId: string | null): LookupError =>
  new LookupError('REJECTED', `The vendor called the request invalid: ${message ?? 'it gave no reason'}`, {
    vendorCode: code ?? undefined,
    vendorRequestId: requestId ?? undefined,
  });
