import { LookupError } from '../../src/domain/errors.ts';
import type { Key, VendorRequest } from '../../src/domain/provider.ts';

/** The result of fetching a key: the request that was passed to the call, or the error instead. */
export interface Attempt {
  readonly request: VendorRequest | undefined;
  readonly error: unknown;
}

/** Keys that would add or change a parameter, a header or the path if they were not escaped. */
export const hostileKeys: readonly string[] = [
  'a&TaskId=b',
  'a=b',
  'a\r\nX-Evil: 1',
  '100%',
  '%41',
  'a:b',
  'a+b c',
  "!'()*~",
  '?#',
  '?a=b',
  'a;b',
  '任务🎬',
  '\0',
  '.',
  '..',
  '...',
  '%2e%2e',
  '%2E',
  'a/b',
  '/',
  '../b',
  'a/../b',
  '//elsewhere.example/',
  '%2F..%2F',
  'a%2fb',
  '..\\',
  '\t..',
];

/** Keys that no encoding makes a safe path segment for every URL parser and server. */
const isNoSegment = (value: string): boolean => /^\.{0,2}$|[/\\]/.test(value);

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** The path as an HTTP client sends it: normalised as every URL is, and read by a server that decodes it first. */
const segmentsOf = ({ url }: VendorRequest): string[] =>
  new URL(url).pathname.slice(1).split('/').map(decode);

/** A request without the values of the key: the names in its query, and its path. */
const toShape = (request: VendorRequest, values: readonly string[]): string => {
  const path = segmentsOf(request).map((segment) => (values.includes(segment) ? '<key>' : segment));
  return JSON.stringify([path, [...new URL(request.url).searchParams.keys()].sort()]);
};

/**
 * How a key has changed the structure of a request, compared with the request for an ordinary key. Empty when it has not.
 * @param freeFields the key fields that can hold any text
 */
export const findKeyFaults = (
  usual: { readonly request: VendorRequest; readonly key: Key },
  { request, error }: Attempt,
  key: Key,
  freeFields: readonly string[],
): string[] => {
  const textsOf = (of: Key): string[] => freeFields.map((name) => of[name] ?? '');
  const values = textsOf(key);
  const isInPath = textsOf(usual.key).some((value) => segmentsOf(usual.request).includes(value));
  if (!request) {
    const mayRefuse = isInPath && values.some(isNoSegment);
    const refused = error instanceof LookupError && error.code === 'REJECTED';
    return mayRefuse && refused ? [] : [`did not ask the vendor: ${String(error)}`];
  }
  const carried = [...new URL(request.url).searchParams.values(), ...segmentsOf(request)];
  return [
    ...values
      .filter((value) => !carried.includes(value))
      .map((value) => `does not carry ${JSON.stringify(value)}`),
    ...(toShape(request, values) === toShape(usual.request, textsOf(usual.key))
      ? []
      : [`made another request: ${new URL(request.url).pathname}`]),
    ...segmentsOf(request)
      .filter((segment) => values.includes(segment) && isNoSegment(segment))
      .map(
        (segment) => `sent ${JSON.stringify(segment)} as a segment, which a server can take for another path`,
      ),
  ];
};
