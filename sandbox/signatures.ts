import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createMemory } from './memory.ts';

/** The nonces remembered at least: half an hour of Aliyun's quota three times over. */
const NONCES_KEPT = 100_000;

export function hmacSha1Base64(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('base64');
}

export function hmacSha256(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function sha256Hex(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

export function md5Hex(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Remembers nonces: the answer is true the first time and false for a replay. */
export function createNonceMemory(): (nonce: string) => boolean {
  const seen = createMemory<true>(NONCES_KEPT);
  return (nonce) => {
    if (seen.get(nonce)) return false;
    seen.set(nonce, true);
    return true;
  };
}
