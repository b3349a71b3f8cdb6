import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { parseJson } from '../domain/json.ts';
import type { Subject } from './exchange.ts';

/** A parsed JSON object, none of whose fields can be relied on. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined when it is not an object. */
export const readObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** Empty when it is not a list. */
export const readList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const longestLifeMs = 40 * 24 * 3_600_000;
/** Of names, ids and messages, in characters. */
export const longestName = 4_096;

/** A number from 0 up to the bound; undefined when it is none. */
export const readSpan = (value: unknown, longest = longestLifeMs): number | undefined =>
  typeof value === 'number' && !Number.isNaN(value) ? Math.min(Math.max(0, value), longest) : undefined;

/** Undefined when it is not a text, or longer than any name or id of ours. */
export const readText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= longestName ? value : undefined;

/** Undefined unless both are texts that are not empty. */
export const readSubject = (typename: unknown, id: unknown): Subject | undefined =>
  readText(typename) && readText(id) ? { typename: String(typename), id: String(id) } : undefined;

/** What is longer is none of ours: vendors' answers are at most 2 MB, and each is sent by itself. */
const longestText = 4_000_000;
const idLength = 4;
const macLength = 22;
const mostMacs = 64;

/** Proves that a text was written by one of our replicas, for this account. */
export interface Seal {
  /** The value as JSON, behind one code for each secret. */
  close(value: JsonObject): string;
  /** Undefined for whatever was not sealed with at least one of the secrets. */
  open(sealed: string): JsonObject | undefined;
  /** Names the secrets without telling them. */
  readonly ids: readonly string[];
}

/** @param secrets one in common is enough: two replicas in the middle of a rotation need not have the same ones */
export const createSeal = (account: string, secrets: readonly string[]): Seal => {
  const toMac = (key: KeyObject, text: string): string =>
    createHmac('sha256', key).update(text).digest('base64url').slice(0, macLength);
  const keys = [...new Set(secrets)].map((secret) => {
    // Node.js takes a key object in a fifth of the time that a buffer costs it, for each message.
    const key = createSecretKey(createHmac('sha256', secret).update(`media-tasks ${account}`).digest());
    return { key, id: toMac(key, 'id').slice(0, idLength) };
  });
  return {
    ids: keys.map(({ id }) => id),
    close: (value) => {
      const text = JSON.stringify(value);
      const digest = hash('sha256', text, 'base64');
      return keys.map(({ key, id }) => `${id}${toMac(key, digest)}`).join('') + text;
    },
    open: (sealed) => {
      if (sealed.length > longestText) return undefined;
      const each = idLength + macLength;
      const start = sealed.slice(0, mostMacs * each + 1).indexOf('{');
      const text = sealed.slice(start);
      for (let at = 0; at + each <= start; at += each) {
        const { key } = keys.find(({ id }) => sealed.startsWith(id, at)) ?? {};
        if (!key) continue;
        const mac = Buffer.from(sealed.slice(at + idLength, at + each));
        const expected = Buffer.from(toMac(key, hash('sha256', text, 'base64')));
        const isOurs = mac.length === expected.length && timingSafeEqual(mac, expected);
        return isOurs ? readObject(parseJson(text)) : undefined;
      }
      return undefined;
    },
  };
};
