/** In characters. The nesting of longer texts is checked before they are parsed: parsing 200,000 brackets is slow. */
const uncheckedLength = 20_000;

/** Vendors and clients nest at most ten deep. */
const maxNesting = 100;

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
