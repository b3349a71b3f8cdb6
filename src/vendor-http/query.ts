/** Parameters of a request, decoded. */
export type Parameters = Readonly<Record<string, string>>;

/**
 * Percent-encodes all but the unreserved characters of RFC 3986 (section 2.3), as the signatures of Aliyun and
 * Volcengine demand. URLSearchParams does not: it writes a space as `+` and leaves `*` bare.
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
