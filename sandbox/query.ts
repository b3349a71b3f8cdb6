import type { Pair } from './vendor-api.ts';

/**
 * Decodes a query string or a form as the vendors' gateways do: `+` is a space, `%XY` is UTF-8.
 * @throws URIError when a percent-encoding is malformed or not UTF-8
 */
export function parseQuery(text: string): Pair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const cut = part.indexOf('=');
      return cut < 0 ? [decode(part), ''] : [decode(part.slice(0, cut)), decode(part.slice(cut + 1))];
    });
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` as upper-case `%XY`. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The pairs sorted by name and joined with `&`, each side through `encode`. */
export function canonicalQuery(pairs: readonly Pair[], encode = encodeStrictly): string {
  return pairs
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}
