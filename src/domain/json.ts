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

/** The value of JSON from elsewhere. Null when it is no text, is not JSON, or nests deeper than anybody needs. */
export const parseJson = (text: unknown): unknown => {
  if (typeof text !== 'string') return null;
  if (text.length > uncheckedLength && isNestedTooDeep(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
