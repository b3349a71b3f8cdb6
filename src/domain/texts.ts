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

/** Every text in plain data, names of fields included, in one text that has each of them on a line of its own. */
export const joinTexts = (value: unknown): string => {
  const texts: string[] = [];
  addTexts(value, texts);
  return texts.join('\n');
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
