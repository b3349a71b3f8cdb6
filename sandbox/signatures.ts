import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pair } from './request.ts';

/** An access key; with a token it is a temporary one (STS) and only valid together with the token. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly token?: string;
}

/** The access keys of an account at a vendor with temporary keys. */
export interface AccountKeys extends AccessKey {
  readonly temporary: Required<AccessKey>;
}

/** The account's access key with this id, or undefined. */
export function findAccessKey(account: AccountKeys, id: string | undefined): AccessKey | undefined {
  const { temporary, ...lasting } = account;
  return [lasting, temporary].find((key) => key.id === id);
}

export function hmacSha1Base64(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('base64');
}

export function hmacSha256(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/**
 * A map of the entries used last: half an hour of nonces or task ids at the largest documented quota. Bounded by
 * `maxSize`, because `max` would allocate the room for all at once, and every test opens a sandbox.
 */
export function createMemory<Value extends string | number | boolean>(): LRUCache<string, Value> {
  return new LRUCache({ maxSize: 100_000, sizeCalculation: () => 1 });
}

/** Remembers nonces: returns true the first time and false for a replay. */
export function createNonceMemory(): (nonce: string) => boolean {
  const seen = createMemory<true>();
  return (nonce) => {
    const isNew = !seen.has(nonce);
    seen.set(nonce, true);
    return isNew;
  };
}

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` as upper-case `%XY`. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The pairs encoded, sorted by name and joined with `&`: the string that most vendors sign. */
export function canonicalQuery(pairs: readonly Pair[]): string {
  return pairs
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .join('&');
}
