import type { VendorReply } from './local-vendor.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Where a value is in a JSON document. */
export type Path = readonly (string | number)[];

/** A JSON reply with HTTP 200. */
export const ok = (body: Json): VendorReply => ({ body: JSON.stringify(body) });

export const parse = (text: string): Json => JSON.parse(text) as Json;

/** The first document with the fields of the second merged into it. */
export const mergeJson = (under: Json, over: Json): Json => {
  if (!isObject(under) || !isObject(over)) return over;
  const merged = Object.entries(over).map(([name, value]) => [name, mergeJson(under[name] ?? null, value)]);
  return { ...under, ...Object.fromEntries(merged) };
};

const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A placeholder for a value that JSON.stringify cannot write; `withRaw` replaces it. */
const rawMark = '@@raw@@';

/** The document with the value at the path replaced; `undefined` removes it. */
export const replaceAt = (document: Json, path: Path, value: Json | undefined): Json => {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (Array.isArray(document)) {
    return document.flatMap((item: Json, index) => {
      if (index !== step) return [item];
      return rest.length === 0 && value === undefined ? [] : [replaceAt(item, rest, value)];
    });
  }
  const entries = Object.entries((document ?? {}) as Readonly<Record<string, Json>>);
  const others = entries.map(([name, item]): [string, Json | undefined] => {
    if (name !== step) return [name, item];
    return [name, rest.length === 0 && value === undefined ? undefined : replaceAt(item, rest, value)];
  });
  const known = entries.some(([name]) => name === step);
  const all = known ? others : [...others, [String(step), replaceAt({}, rest, value)] as const];
  return Object.fromEntries(all.filter(([, item]) => item !== undefined)) as Json;
};

/** The text of the document with raw text instead of the value at the path. */
export const withRaw = (document: Json, path: Path, raw: string): string =>
  JSON.stringify(replaceAt(document, path, rawMark)).replace(`"${rawMark}"`, () => raw);

/** Every path in the document but its root: leaves only, or objects and lists as well. */
export const pathsOf = (document: Json, kind: 'leaves' | 'all', at: Path = []): Path[] => {
  const inner = typeof document === 'object' && document !== null ? Object.entries(document) : [];
  const steps = inner.map(([name, value]): [string | number, Json] => [
    Array.isArray(document) ? Number(name) : name,
    value as Json,
  ]);
  const own = at.length > 0 && (kind === 'all' || inner.length === 0) ? [at] : [];
  return [...own, ...steps.flatMap(([step, value]) => pathsOf(value, kind, [...at, step]))];
};

/** The value at the path; null where there is none. */
export const valueAt = (document: Json, path: Path): Json =>
  path.reduce<Json>(
    (value, step) => (value as Readonly<Record<string | number, Json>> | null)?.[step] ?? null,
    document,
  );

/** Of paths that differ only in the index of a list, the last one. */
export const withoutSiblings = (paths: readonly Path[]): Path[] => {
  const toField = (path: Path): string =>
    path.map((step) => (typeof step === 'number' ? '#' : step)).join('/');
  return [...new Map(paths.map((path) => [toField(path), path])).values()];
};

/** Whether a path equals or contains another one. */
export const holds = (outer: Path, inner: Path): boolean =>
  outer.every((step, index) => inner[index] === step);
