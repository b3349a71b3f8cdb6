/** In characters. Longer texts are looked through before they are parsed: parsing 200,000 brackets is slow. */
const uncheckedLength = 20_000;

/** Vendors and clients nest at most ten deep. */
const maxNesting = 100;

/** Lists and objects: a thousand jobs with a hundred each. Parsing 2 MB of empty ones takes 50 ms. */
const maxContainers = 100_000;

/** With so few, in strings or not, a text cannot be too much: long numbers and strings need not be looked through. */
const hasFewBrackets = (text: string): boolean => {
  let brackets = 0;
  for (const bracket of ['[', '{']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > maxNesting) return false;
    }
  }
  return true;
};

/** Looks at each character once, whatever the text is. Strings without escapes are skipped: a loop over 2 MB takes 5 ms. */
const isTooMuch = (text: string): boolean => {
  let depth = 0;
  let containers = 0;
  for (let n = 0; n < text.length; n += 1) {
    const character = text[n];
    if (character === '"') {
      n = findEnd(text, n);
      if (n < 0) return false;
    } else if (character === '[' || character === '{') {
      depth += 1;
      containers += 1;
    } else if (character === ']' || character === '}') depth -= 1;
    if (depth > maxNesting || containers > maxContainers) return true;
  }
  return false;
};

/** Where the string that begins at a position ends; negative if it does not. */
const findEnd = (text: string, start: number): number => {
  const end = text.indexOf('"', start + 1);
  if (text[end - 1] !== '\\') return end;
  for (let n = start + 1; n < text.length; n += 1) {
    const character = text[n];
    if (character === '"') return n;
    // What it escapes does not end the string.
    if (character === '\\') n += 1;
  }
  return -1;
};

/**
 * The value of an untrusted JSON text. Undefined when it is not a text, not JSON, nested more than 100 levels deep, or has
 * more than 100,000 lists and objects.
 */
export const parseJson = (text: unknown): unknown => {
  if (typeof text !== 'string') return undefined;
  if (text.length > uncheckedLength && !hasFewBrackets(text) && isTooMuch(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
