/** Longer texts are measured before they are parsed: parsing 200,000 brackets takes as long as a hundred answers. */
const unsuspiciousLength = 20_000;

/** Neither a vendor nor a client nests deeper than ten. */
const deepestNesting = 100;

/** Looks at each character once, whatever the text is. */
const isNestedTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInText = false;
  for (let n = 0; n < text.length; n += 1) {
    const character = text[n];
    if (character === '"') isInText = !isInText;
    else if (isInText) {
      // What it escapes is no end of the text.
      if (character === '\\') n += 1;
    } else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
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
