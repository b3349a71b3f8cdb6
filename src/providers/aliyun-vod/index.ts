import { defineProvider } from '../../domain/provider.ts';
import type { AliyunTranscodeTask } from '../../generated/model.ts';
import { openAccount } from './account.ts';
import { toJobInfos, toJobMap, toSnapshot } from './normalise.ts';
import { readAnswer, readReply } from './read.ts';

/** Aliyun VOD GetTranscodeTask. https://help.aliyun.com/zh/vod/developer-reference/api-vod-2017-03-21-gettranscodetask */
export const aliyunVod = defineProvider({
  name: 'aliyun-vod',
  typename: 'AliyunTranscodeTask',
  keyFields: [{ name: 'transcodeTaskId' }],
  // 15 calls a second for each account: help.aliyun.com/zh/vod/api-gettranscodetask
  quota: { calls: 15, perMs: 1_000 },
  open: (environment, tools) => {
    const toRequest = openAccount(environment, tools);
    if (!toRequest) return undefined;
    return async ({ transcodeTaskId }, call) => {
      const reply = await call.get(toRequest({ TranscodeTaskId: transcodeTaskId }));
      const answer = readAnswer(reply, transcodeTaskId, tools.now());
      return answer && toSnapshot(answer);
    };
  },
  jobKind: {
    typename: 'TranscodeJobInfo',
    keyField: 'transcodeJobId',
    rootField: 'aliyunTranscodeJobs',
    argument: 'transcodeJobIds',
    // JobIds takes ten, joined with commas: the same page.
    mostPerCall: 10,
    separator: ',',
    jobsOf: (snapshot) => toJobMap((snapshot as AliyunTranscodeTask).transcodeJobInfoList ?? []),
    open: (environment, tools) => {
      const toRequest = openAccount(environment, tools);
      if (!toRequest) return undefined;
      return async (ids, call) => {
        const reply = await call.get(toRequest({ JobIds: ids.join(',') }));
        const answer = readReply(reply, tools.now());
        return toJobMap(toJobInfos(answer?.jobs ?? []));
      };
    },
  },
});
