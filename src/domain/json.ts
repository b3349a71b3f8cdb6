/** In characters. The nesting of longer texts is checked before they are parsed: parsing 200,000 brackets is slow. */
const uncheckedLength = 20_000;

/** Vendors and clients nest at most ten deep. */
const maxNesting = 100;

/** Where the JSON text that begins here ends: at a quote that is not escaped. */
const endOfText = (json: string, start: number): number => {
  for (let end = json.indexOf('"', start); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (end - backslashes > start && json[end - backslashes - 1] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
};

/** Takes time proportional to the length, whatever the text is; long texts within it take nearly none. */
const isNestedTooDeep = (json: string): boolean => {
  let depth = 0;
  for (let n = 0; n < json.length; n += 1) {
    const character = json[n];
    if (character === '"') n = endOfText(json, n + 1);
    else if (character === '[' || character === '{') depth += 1;
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
