import { defineProvider } from '../../domain/provider.ts';
import { percentEncode } from '../../vendor-http/query.ts';
import { toSnapshot } from './normalise.ts';
import { readAnswer } from './read.ts';
import { toBasicHeaders, toV1Headers } from './sign.ts';

/** The international API; accounts in China set VISIONULAR_ENDPOINT to `https://api.visionular.cn/api/query_task`. */
const defaultEndpoint = 'https://api.visionular.com/vodencoding/v1/query_task';

/** Visionular query_task. https://docs.visionular.cn/mps/api */
export const visionular = defineProvider({
  name: 'visionular',
  typename: 'VisionularTranscodeTask',
  keyFields: [{ name: 'taskId' }],
  // The vendor documents no limit: this is the lowest of the other vendors'.
  quota: { calls: 10, perMs: 1_000 },
  open: (environment, { now, randomHex }) => {
    const endpoint = environment.url('VISIONULAR_ENDPOINT', defaultEndpoint);
    const auth = environment.oneOf('VISIONULAR_AUTH', ['basic', 'v1']);
    const trailingNewline = environment.oneOf('VISIONULAR_V1_TRAILING_NEWLINE', ['false', 'true']) === 'true';
    const credentials = environment.credentials('VISIONULAR_ACCESS_KEY', 'VISIONULAR_SECRET_KEY');
    if (!credentials) return undefined;
    const { VISIONULAR_ACCESS_KEY: accessKey, VISIONULAR_SECRET_KEY: secretKey } = credentials;

    const toHeaders = (url: string) => {
      if (auth === 'basic') return toBasicHeaders(accessKey, secretKey);
      const { pathname, search } = new URL(url);
      const request = {
        resource: `${pathname}${search}`,
        date: new Date(now()).toUTCString(),
        nonce: randomHex(8),
      };
      return toV1Headers(request, accessKey, secretKey, { trailingNewline });
    };

    return async ({ taskId }, call) => {
      const url = `${endpoint}?task_id=${percentEncode(taskId)}`;
      const reply = await call.get({ url, headers: toHeaders(url) });
      const answer = readAnswer(reply, taskId, now());
      return answer && toSnapshot(answer);
    };
  },
});
