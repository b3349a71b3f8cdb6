/**
 * Plain data with every text in it, names of fields included, replaced by what `change` makes of it. What does not change
 * is not copied.
 */
export const mapTexts = <Value>(value: Value, change: (text: string) => string): Value =>
  mapUnknown(value, change) as Value;

const mapUnknown = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => mapUnknown(item, change));
    return items.some((item, n) => item !== value[n]) ? items : value;
  }
  const entries = Object.entries(value);
  const mapped = entries.map(([name, field]) => [change(name), mapUnknown(field, change)] as const);
  const isSame = mapped.every(([name, field], n) => name === entries[n]?.[0] && field === entries[n]?.[1]);
  return isSame ? value : Object.fromEntries(mapped);
};

/**
 * Every text in plain data, names of fields included, each on a line of its own.
 * @param length about so many characters are joined at a time, and longer texts cut
 * @param overlap what is cut holds so many characters of the next piece, too
 */
export const joinTexts = function* (value: unknown, length: number, overlap: number): Generator<string> {
  const texts: string[] = [];
  addTexts(value, texts);
  let lines: string[] = [];
  let joined = 0;
  for (const text of texts) {
    for (let start = 0; start === 0 || start < text.length; start += length) {
      const line = text.slice(start, start + length + overlap);
      lines.push(line);
      joined += line.length;
      if (joined < length) continue;
      yield lines.join('\n');
      lines = [];
      joined = 0;
    }
  }
  if (lines.length > 0) yield lines.join('\n');
};

const addTexts = (value: unknown, texts: string[]): void => {
  if (typeof value === 'string') texts.push(value);
  else if (Array.isArray(value)) for (const item of value) addTexts(item, texts);
  else if (typeof value === 'object' && value !== null) {
    for (const name in value) {
      texts.push(name);
      addTexts((value as Readonly<Record<string, unknown>>)[name], texts);
    }
  }
};
