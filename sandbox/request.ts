import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A decoded name and value. */
export type Pair = readonly [name: string, value: string];

/** A request to a vendor, decoded once. Its body is ignored: no API here takes one. */
export interface VendorRequest {
  readonly method: string;
  /** Verbatim. */
  readonly path: string;
  /** Whether the path is the vendor's. */
  readonly isKnownPath: boolean;
  /** Decoded, in the order sent. */
  readonly query: readonly Pair[];
  /** The parameters of path and query, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Why the parameters are invalid (bad percent-encoding, a name sent twice); undefined when they are valid. */
  readonly flaw: string | undefined;
}

/** @param pattern the vendor's path, as `Vendor.path` */
export function readVendorRequest(
  { method = '', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  pattern: string,
): VendorRequest {
  const [path = '', ...search] = url.split('?');
  const inPath = matchPath(pattern, path);
  const query = parseQuery(search.join('?'));
  const all = inPath && query && [...inPath, ...query];
  const parameters = new Map(all);
  const isTwice = all && parameters.size < all.length;
  const flaw = isTwice ? 'A parameter is sent twice.' : query ? undefined : 'Malformed percent-encoding.';
  return { method, path, isKnownPath: inPath !== undefined, query: query ?? [], parameters, headers, flaw };
}

/** The decoded parameters in the path; undefined when it is another path, or malformed. */
function matchPath(pattern: string, path: string): Pair[] | undefined {
  const [names, segments] = [pattern.split('/'), path.split('/')];
  const isMatch = names.every((name, at) => (name.startsWith(':') ? segments[at] : segments[at] === name));
  if (names.length !== segments.length || !isMatch) return undefined;
  const inPath = names.map(
    (name, at) => `${name.slice(1)}=${segments[at]?.replaceAll(/[+&]/g, encodeURIComponent)}`,
  );
  return parseQuery(inPath.filter((_, at) => names[at]?.startsWith(':')).join('&'));
}

/** Decodes a query as the vendors' gateways do: `+` is a space, `%XY` is UTF-8; undefined when it is malformed. */
function parseQuery(search: string): Pair[] | undefined {
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  const toPair = (pair: string): Pair => {
    const [name = '', ...value] = pair.split('=');
    return [decode(name), decode(value.join('='))];
  };
  try {
    return search.split('&').flatMap((pair) => (pair ? [toPair(pair)] : []));
  } catch {
    return undefined;
  }
}
