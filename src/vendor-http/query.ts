import { LookupError } from '../domain/errors.ts';

/** Parameters of a request, decoded. */
export type Parameters = Readonly<Record<string, string>>;

/**
 * Percent-encodes all but the unreserved characters of RFC 3986 (section 2.3), as the signatures of Aliyun and
 * Volcengine demand. URLSearchParams does not: it writes a space as `+` and does not encode `*`.
 */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** `a=1&b=2`, encoded, sorted by name in ASCII order: the canonical query of Aliyun and Volcengine, and sent as it is signed. */
export const toCanonicalQuery = (parameters: Parameters): string =>
  Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');

/** No percent-encoding protects these: `%2e%2e` is a step up for every URL parser, and many servers decode `%2F` before they route. */
const changesPath = (segment: string): boolean => /^\.{0,2}$|[/\\]/.test(segment);

/**
 * `/v1/tasks/a%20b`: the path of these segments, each percent-encoded. Segments that would make it another path are
 * refused without asking the vendor: empty, `.`, `..`, and any with a slash or backslash in it.
 * @throws LookupError REJECTED, because asking again cannot help and the fault is not the vendor's or the account's
 */
export const toPath = (...segments: readonly string[]): string =>
  segments
    .map((segment) => {
      if (!changesPath(segment)) return `/${percentEncode(segment)}`;
      throw new LookupError('REJECTED', 'The id cannot be a segment of a path, so the vendor was not asked.');
    })
    .join('');
