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
