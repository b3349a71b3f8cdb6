import { createNonceMemory, isSameSecret, md5Hex } from '../signatures.ts';
import type { Reply, VendorApi, VendorRequest, VendorSetting } from '../vendor-api.ts';
import { type RefusalCode, refuse } from './refusals.ts';

const CLOCK_TOLERANCE_MS = 10 * 60_000;
const LARGEST_APP_ID = 2 ** 32 - 1;

type Check = readonly [code: RefusalCode, isMet: (sent: VendorRequest['parameters']) => boolean];

/** Each public parameter and the gateway's code for one that is missing or malformed, in the gateway's order. */
const checks: readonly Check[] = [
  [100000001, (sent) => /^\d+$/.test(sent.get('AppId') ?? '') && Number(sent.get('AppId')) <= LARGEST_APP_ID],
  [100000002, (sent) => Boolean(sent.get('Timestamp'))],
  [100000003, (sent) => /^\d{10}$/.test(sent.get('Timestamp') ?? '')],
  [100000006, (sent) => Boolean(sent.get('Action'))],
  [100000007, (sent) => sent.get('Action') === 'DescribeMediaTask'],
  [100000008, (sent) => Boolean(sent.get('SignatureNonce'))],
  [100000009, (sent) => Boolean(sent.get('Signature'))],
  [100000013, (sent) => Boolean(sent.get('SignatureVersion'))],
  [100000014, (sent) => sent.get('SignatureVersion') === '2.0'],
];

/** Verifies SignatureVersion 2.0 (accessing-server-apis.mdx): the md5 covers neither Action nor task. */
export function createVerify({
  appId,
  serverSecret,
}: VendorSetting['credentials']['zego']): VendorApi['verify'] {
  const isNewNonce = createNonceMemory();

  return ({ parameters, flaw }, now) => {
    if (flaw !== undefined) return refuse(2);
    const failed = checks.find(([, isMet]) => !isMet(parameters));
    if (failed) return refuse(failed[0]);
    if (Number(parameters.get('AppId')) !== appId) return refuse(100000010);
    return refuseTimestamp(parameters, now) ?? refuseSignature(parameters);
  };

  /** "A new signature for every call": whether the vendor insists is not documented, the sandbox does. */
  function refuseSignature(parameters: VendorRequest['parameters']): Reply | undefined {
    const nonce = parameters.get('SignatureNonce') ?? '';
    const expected = md5Hex(`${appId}${nonce}${serverSecret}${parameters.get('Timestamp')}`);
    const isGenuine = isSameSecret(expected, parameters.get('Signature') ?? '') && isNewNonce(nonce);
    return isGenuine ? undefined : refuse(100000005);
  }
}

function refuseTimestamp(parameters: VendorRequest['parameters'], now: number): Reply | undefined {
  const time = Number(parameters.get('Timestamp')) * 1_000;
  return Math.abs(now - time) > CLOCK_TOLERANCE_MS ? refuse(100000004) : undefined;
}
