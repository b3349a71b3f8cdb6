/** In characters. The nesting of longer texts is checked before they are parsed: parsing 200,000 brackets is slow. */
const uncheckedLength = 20_000;

/** Vendors and clients nest at most ten deep. */
const maxNesting = 100;

const isNestedTooDeep = (text: string): boolean => {
  let depth = 0;
  for (const [bracket] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (bracket === '[' || bracket === '{') depth += 1;
    else if (bracket === ']' || bracket === '}') depth -= 1;
    if (depth > maxNesting) return true;
  }
  return false;
};

/** The value of an untrusted JSON text. Undefined when it is not a text, not JSON, or nested more than 100 levels deep. */
export const parseJson = (text: unknown): unknown => {
  if (typeof text !== 'string') return undefined;
  if (text.length > uncheckedLength && isNestedTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
