import { randomBytes } from 'node:crypto';

/** ZEGO's request ids are decimal numbers of up to 20 digits, in a string. */
export function newRequestId(): string {
  return randomBytes(8).readBigUInt64BE().toString();
}
