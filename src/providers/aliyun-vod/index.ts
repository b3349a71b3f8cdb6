import { defineProvider } from '../../provider.ts';
import { toSnapshot } from './normalise.ts';
import { readAnswer } from './read.ts';
import { toSignedQuery } from './sign.ts';

/** The centre of most accounts; an account elsewhere sets ALIYUN_VOD_ENDPOINT to `https://vod.<region>.aliyuncs.com`. */
const defaultEndpoint = 'https://vod.cn-shanghai.aliyuncs.com';

/** Aliyun VOD GetTranscodeTask. https://help.aliyun.com/zh/vod/developer-reference/api-vod-2017-03-21-gettranscodetask */
export const aliyunVod = defineProvider({
  name: 'aliyun-vod',
  typename: 'AliyunTranscodeTask',
  keyFields: [{ name: 'transcodeTaskId' }],
  // 15 calls a second for each account: help.aliyun.com/zh/vod/api-gettranscodetask
  quota: { calls: 15, perMs: 1_000 },
  open: (environment, { get, now, randomHex }) => {
    const endpoint = environment.url('ALIYUN_VOD_ENDPOINT', defaultEndpoint);
    const securityToken = environment.secret('ALIBABA_CLOUD_SECURITY_TOKEN');
    const credentials = environment.credentials(
      'ALIBABA_CLOUD_ACCESS_KEY_ID',
      'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    );
    if (!credentials) {
      if (securityToken)
        environment.fault('ALIBABA_CLOUD_SECURITY_TOKEN', 'is set without the key it belongs to.');
      return undefined;
    }
    return async ({ transcodeTaskId }, call) => {
      const parameters = {
        AccessKeyId: credentials.ALIBABA_CLOUD_ACCESS_KEY_ID,
        Action: 'GetTranscodeTask',
        Format: 'JSON',
        ...(securityToken ? { SecurityToken: securityToken } : {}),
        SignatureMethod: 'HMAC-SHA1',
        SignatureNonce: randomHex(16),
        SignatureVersion: '1.0',
        Timestamp: toTimestamp(now()),
        TranscodeTaskId: transcodeTaskId,
        Version: '2017-03-21',
      };
      const query = toSignedQuery('GET', parameters, credentials.ALIBABA_CLOUD_ACCESS_KEY_SECRET);
      const reply = await get({ url: `${endpoint}/?${query}`, ...call });
      const answer = readAnswer(reply, transcodeTaskId, now());
      return answer && toSnapshot(answer);
    };
  },
});

/** UTC to the second: the vendor refuses milliseconds. */
const toTimestamp = (now: number): string => new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z');
