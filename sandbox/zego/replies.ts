import { randomBytes } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import type { Reply } from '../vendor.ts';

/**
 * The gateway's codes (return-codes.mdx) and those of the media API (DescribeMediaTask, 返回码).
 * All come with HTTP 200: no document names another status.
 */
const codes = {
  2: [200, 'input param error'],
  4: [200, 'cdn vendor mismatch'],
  6: [200, 'request too frequently'],
  // No document says how Tencent's unknown tasks are answered; this is how the start APIs answer about an unknown file.
  1000: [200, 'request failed'],
  100000001: [200, 'AppId is invalid'],
  100000003: [200, 'Timestamp is invalid'],
  100000004: [200, 'signature expired'],
  100000005: [200, 'signature error'],
  100000007: [200, 'Action is not supported'],
  100000008: [200, 'SignatureNonce is empty'],
  100000009: [200, 'Signature is empty'],
  100000010: [200, 'no ServerSecret for this AppId'],
  100000014: [200, 'SignatureVersion is not supported'],
  100000015: [200, 'internal error'],
} as const;

export type RefusalCode = keyof typeof codes;

export const { answerAs, refuse, refuseAs } = createRefusals<RefusalCode>({
  codes,
  kinds: {
    throttled: [6],
    wrongCredentials: [100000005],
    // Assumed: the gateway's own failures have the matching HTTP status.
    internalError: [100000015, 500],
    unavailable: [100000015, 503],
  },
  toBody: (_, Code, Message) => ({ Code, Message, RequestId: newRequestId() }),
});

export function succeed(data: object): Reply {
  return { status: 200, body: { Code: 0, Message: 'success', RequestId: newRequestId(), ...data } };
}

/** ZEGO's request ids are decimal numbers of up to 20 digits, in a string. */
function newRequestId(): string {
  return randomBytes(8).readBigUInt64BE().toString();
}
