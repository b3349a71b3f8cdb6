import { randomUUID } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import type { Reply } from '../vendor.ts';

/**
 * The vendor's codes, which come with HTTP 200 unless something inside it fails (docs.visionular.cn/mps/api).
 * It documents no rate limit; 1005 with HTTP 429 is assumed.
 */
const codes = {
  1000: [500, 'internal error'],
  1001: [200, 'lack param'],
  1002: [200, 'bad param'],
  1003: [200, 'auth fail'],
  1004: [200, 'empty result'],
  1005: [429, 'too many requests'],
} as const;

export const { answerAs, refuse, refuseAs } = createRefusals<keyof typeof codes>({
  codes,
  kinds: {
    throttled: [1005],
    wrongCredentials: [1003],
    internalError: [1000],
    unavailable: [1000, 503],
  },
  toBody: (_, code, msg) => ({ code, msg, data: null, request_id: randomUUID() }),
});

export function succeed(data: object): Reply {
  return { status: 200, body: { code: 0, data, msg: 'success', request_id: randomUUID() } };
}
