import { defineProvider } from '../../domain/provider.ts';
import { toCanonicalQuery } from '../../vendor-http/query.ts';
import { toSnapshot } from './normalise.ts';
import { type Cloud, readAnswer } from './read.ts';
import { sign } from './sign.ts';

/** The unified address; regional ones are `https://rtc-api-<region>.zego.im`. */
const defaultEndpoint = 'https://rtc-api.zego.im';

const largestAppId = 2 ** 32 - 1;

/** ZEGO DescribeMediaTask. https://doc-zh.zego.im/article/19714 */
export const zego = defineProvider({
  name: 'zego',
  typename: 'ZegoMediaTask',
  keyFields: [{ name: 'vendor', oneOf: ['TENCENT', 'HUAWEI'] }, { name: 'taskId' }],
  // 20 calls a second: the same page.
  quota: { calls: 20, perMs: 1_000 },
  open: (environment, { now, randomHex }) => {
    const endpoint = environment.url('ZEGO_ENDPOINT', defaultEndpoint);
    const credentials = environment.credentials('ZEGO_APP_ID', 'ZEGO_SERVER_SECRET');
    if (!credentials) return undefined;
    const { ZEGO_APP_ID: appId, ZEGO_SERVER_SECRET: serverSecret } = credentials;
    if (appId && !(/^\d{1,10}$/.test(appId) && Number(appId) <= largestAppId)) {
      environment.fault('ZEGO_APP_ID', `must be a whole number up to ${largestAppId}.`);
    }
    return async ({ vendor, taskId }, call) => {
      const cloud: Cloud = vendor === 'TENCENT' ? 'Tencent' : 'Huawei';
      const timestamp = Math.floor(now() / 1_000);
      const nonce = randomHex(8);
      const query = toCanonicalQuery({
        Action: 'DescribeMediaTask',
        AppId: appId,
        Signature: sign({ appId, nonce, serverSecret, timestamp }),
        SignatureNonce: nonce,
        SignatureVersion: '2.0',
        TaskId: taskId,
        Timestamp: String(timestamp),
        Vendor: cloud,
      });
      const reply = await call.get({ url: `${endpoint}/?${query}` });
      const answer = readAnswer(reply, cloud, taskId, now());
      return answer && toSnapshot(answer);
    };
  },
});
