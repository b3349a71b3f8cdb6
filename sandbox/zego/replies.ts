import { randomBytes } from 'node:crypto';
import type { RefusalKind, Reply } from '../vendor.ts';
import type { MediaData } from './scenarios.ts';

/**
 * The gateway's codes (return-codes.mdx) and those of the media API (DescribeMediaTask, 返回码).
 * All come with HTTP 200: no document names another status.
 */
const messages = {
  2: 'input param error',
  4: 'cdn vendor mismatch',
  6: 'request too frequently',
  1000: 'request failed',
  100000001: 'AppId is invalid',
  100000003: 'Timestamp is invalid',
  100000004: 'signature expired',
  100000005: 'signature error',
  100000007: 'Action is not supported',
  100000008: 'SignatureNonce is empty',
  100000009: 'Signature is empty',
  100000010: 'no ServerSecret for this AppId',
  100000014: 'SignatureVersion is not supported',
  100000015: 'internal error',
} as const;

export type RefusalCode = keyof typeof messages;

const codeOfKind: Record<RefusalKind, RefusalCode> = {
  throttled: 6,
  wrongCredentials: 100000005,
  internalError: 100000015,
  unavailable: 100000015,
};

export function succeed(data: MediaData): Reply {
  return { status: 200, body: { Code: 0, Message: 'success', RequestId: newRequestId(), ...data } };
}

export function refuse(Code: RefusalCode): Reply {
  return { ...describe(Code), refusedFor: String(Code) };
}

/** The two that are the gateway's own failure come with an HTTP status to match, which is a guess. */
export function refuseAs(kind: RefusalKind): Reply {
  const refusal = refuse(codeOfKind[kind]);
  if (kind === 'internalError') return { ...refusal, status: 500 };
  return kind === 'unavailable' ? { ...refusal, status: 503 } : refusal;
}

/** No document says how Tencent's unknown tasks are answered; 1000 is what the start APIs say to an unknown file. */
export function answerNoSuchTask(): Reply {
  return describe(1000);
}

function describe(Code: RefusalCode): Reply {
  return { status: 200, body: { Code, Message: messages[Code], RequestId: newRequestId() } };
}

/** ZEGO's request ids are decimal numbers of up to 20 digits, in a string. */
function newRequestId(): string {
  return randomBytes(8).readBigUInt64BE().toString();
}
