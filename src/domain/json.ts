/** Longer texts are measured before they are parsed: parsing 200,000 brackets takes as long as a hundred answers. */
const unsuspiciousLength = 20_000;

/** Neither a vendor nor a client nests deeper than ten. */
const deepestNesting = 100;

const isNestedTooDeep = (text: string): boolean => {
  let depth = 0;
  for (const [bracket] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (bracket === '[' || bracket === '{') depth += 1;
    else if (bracket === ']' || bracket === '}') depth -= 1;
    if (depth > deepestNesting) return true;
  }
  return false;
};

/** The value of JSON from elsewhere. Null when it is no text, is not JSON, or nests deeper than anybody needs. */
export const parseJson = (text: unknown): unknown => {
  if (typeof text !== 'string') return null;
  if (text.length > unsuspiciousLength && isNestedTooDeep(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
