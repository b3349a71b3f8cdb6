import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A decoded name and value. */
export type Pair = readonly [name: string, value: string];

/** A request to a vendor's API, decoded once. */
export interface VendorRequest {
  readonly method: string;
  /** Verbatim. */
  readonly path: string;
  /** Whether the path is that of the API. */
  readonly isKnownPath: boolean;
  /** Decoded, in the order sent. */
  readonly query: readonly Pair[];
  /** The parameters of path and query, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Why the parameters are invalid (bad percent-encoding, a name sent twice); undefined when they are valid. */
  readonly flaw: string | undefined;
}

/** Reads a request to an API whose path is `pattern` (see VendorApi). The body is ignored: no API here takes one. */
export function readVendorRequest(incoming: IncomingMessage, pattern: string): VendorRequest {
  const { path, search } = splitTarget(incoming);
  const inPath = matchPath(pattern, path);
  const { query, parameters, flaw } = decodeParameters(inPath ?? [], search);
  return {
    method: incoming.method ?? '',
    path,
    isKnownPath: inPath !== undefined,
    query,
    parameters,
    headers: incoming.headers,
    flaw,
  };
}

/** The path, and the query after the first question mark. */
export function splitTarget({ url = '/' }: IncomingMessage): { path: string; search: string } {
  const cut = url.indexOf('?');
  return cut < 0 ? { path: url, search: '' } : { path: url.slice(0, cut), search: url.slice(cut + 1) };
}

/** The parameters in the path, still encoded; undefined when it is another path. */
function matchPath(pattern: string, path: string): Pair[] | undefined {
  const [expected, segments] = [pattern.split('/'), path.split('/')];
  const isMatch =
    expected.length === segments.length &&
    expected.every((part, index) =>
      part.startsWith(':') ? segments[index] !== '' : part === segments[index],
    );
  if (!isMatch) return undefined;
  return expected.flatMap((part, index) =>
    part.startsWith(':') ? [[part.slice(1), segments[index] ?? ''] as const] : [],
  );
}

function decodeParameters(
  inPath: readonly Pair[],
  search: string,
): Pick<VendorRequest, 'query' | 'parameters' | 'flaw'> {
  try {
    const query = parseQuery(search);
    const all = [...inPath.map(([name, value]): Pair => [name, decodeURIComponent(value)]), ...query];
    const parameters = new Map(all);
    const flaw = parameters.size < all.length ? 'A parameter is sent twice.' : undefined;
    return { query, parameters, flaw };
  } catch {
    return { query: [], parameters: new Map(), flaw: 'The percent-encoding of the parameters is malformed.' };
  }
}

/**
 * Decodes a query as the vendors' gateways do: `+` is a space, `%XY` is UTF-8.
 * @throws URIError when a percent-encoding is malformed or not UTF-8
 */
function parseQuery(search: string): Pair[] {
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decode(name), decode(value.join('='))];
    });
}
