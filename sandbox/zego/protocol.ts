import { hash, randomBytes } from 'node:crypto';
import { createRefusals } from '../refusals.ts';
import { createNonceMemory } from '../signatures.ts';
import type { Reply, Verify } from '../vendor.ts';

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
  // Assumed: the gateway's own failure has the matching HTTP status.
  100000015: [500, 'internal error'],
} as const;

export type RefusalCode = keyof typeof codes;

export const { answerAs, refuse, refuseAs } = createRefusals<RefusalCode>({
  codes,
  kinds: { throttled: 6, wrongCredentials: 100000005, internalError: 100000015 },
  toBody: (_, Code, Message) => ({ Code, Message, RequestId: newRequestId() }),
});

export function succeed(data: object): Reply {
  return { status: 200, body: { Code: 0, Message: 'success', RequestId: newRequestId(), ...data } };
}

/** ZEGO's request ids are decimal numbers of up to 20 digits, in a string. */
function newRequestId(): string {
  return randomBytes(8).readBigUInt64BE().toString();
}

const CLOCK_TOLERANCE_MS = 10 * 60_000;

/** The credentials of a ZEGO project. */
export interface ServerCredentials {
  readonly appId: number;
  readonly serverSecret: string;
}

/** The public parameters and the gateway's codes for one that is missing or malformed, in the gateway's order. */
const checks: readonly (readonly [name: string, form: RegExp, RefusalCode])[] = [
  ['AppId', /^\d{1,10}$/, 100000001],
  ['Timestamp', /^\d{10}$/, 100000003],
  ['Action', /^DescribeMediaTask$/, 100000007],
  ['SignatureNonce', /./, 100000008],
  ['Signature', /./, 100000009],
  ['SignatureVersion', /^2\.0$/, 100000014],
];

/**
 * Verifies SignatureVersion 2.0 (accessing-server-apis.mdx): the md5 covers neither Action nor task. "A new signature
 * for every call": whether the vendor enforces this is not documented; the sandbox does.
 */
export function createVerify({ appId, serverSecret }: ServerCredentials): Verify {
  const isNewNonce = createNonceMemory();

  return (request, now) => {
    const { parameters, flaw } = request;
    if (flaw !== undefined) return refuse(request, 2);
    const failed = checks.find(([name, form]) => !form.test(parameters.get(name) ?? ''));
    if (failed) return refuse(request, failed[2]);
    if (Number(parameters.get('AppId')) !== appId) return refuse(request, 100000010);
    const timestamp = parameters.get('Timestamp');
    if (Math.abs(now - Number(timestamp) * 1_000) > CLOCK_TOLERANCE_MS) return refuse(request, 100000004);
    const nonce = parameters.get('SignatureNonce') ?? '';
    const expected = hash('md5', `${appId}${nonce}${serverSecret}${timestamp}`);
    const isGenuine = parameters.get('Signature') === expected && isNewNonce(nonce);
    return isGenuine ? undefined : refuse(request, 100000005);
  };
}
