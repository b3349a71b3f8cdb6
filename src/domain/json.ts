/** In characters. Longer texts are looked through before they are parsed: parsing 200,000 brackets is slow. */
const uncheckedLength = 20_000;

/** Vendors and clients nest at most ten deep. */
const maxNesting = 100;

/** Lists and objects: a thousand jobs with a hundred each. Parsing 2 MB of empty ones takes 50 ms. */
const maxContainers = 100_000;

/** Looks at each character once, whatever the text is. */
const isTooMuch = (text: string): boolean => {
  let depth = 0;
  let containers = 0;
  let isInText = false;
  for (let n = 0; n < text.length; n += 1) {
    const character = text[n];
    if (character === '"') isInText = !isInText;
    else if (isInText) {
      // What it escapes is no end of the text.
      if (character === '\\') n += 1;
    } else if (character === '[' || character === '{') {
      depth += 1;
      containers += 1;
    } else if (character === ']' || character === '}') depth -= 1;
    if (depth > maxNesting || containers > maxContainers) return true;
  }
  return false;
};

/**
 * The value of an untrusted JSON text. Undefined when it is not a text, not JSON, nested more than 100 levels deep, or has
 * more than 100,000 lists and objects.
 */
export const parseJson = (text: unknown): unknown => {
  if (typeof text !== 'string') return undefined;
  if (text.length > uncheckedLength && isTooMuch(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
