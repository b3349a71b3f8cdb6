import { createHash } from 'node:crypto';

/** What a ZEGO signature covers. The task and the action are not part of it. */
export interface SignedParts {
  readonly appId: string;
  /** 16 hex digits, new for each call. */
  readonly nonce: string;
  readonly serverSecret: string;
  /** Seconds since 1970; the vendor accepts ten minutes either way. */
  readonly timestamp: number;
}

/**
 * ZEGO's signature, version 2.0: MD5 in lower-case hex over the four parts joined.
 * https://docs.zegocloud.com/article/19456 (accessing server APIs)
 */
export const sign = ({ appId, nonce, serverSecret, timestamp }: SignedParts): string =>
  createHash('md5').update(`${appId}${nonce}${serverSecret}${timestamp}`).digest('hex');
