import { createNonceMemory, md5Hex } from '../signatures.ts';
import type { Verify } from '../vendor.ts';
import { type RefusalCode, refuse } from './replies.ts';

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
    const expected = md5Hex(`${appId}${nonce}${serverSecret}${timestamp}`);
    const isGenuine = parameters.get('Signature') === expected && isNewNonce(nonce);
    return isGenuine ? undefined : refuse(request, 100000005);
  };
}
