const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A JSON value as the vendor prints it in XML: the items of a list follow each other, without a wrapper. */
export function toXml(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toXml(name, item)).join('');
  return `<${name}>${contentOf(value)}</${name}>`;
}

function contentOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return String(value).replace(/[&<>]/g, (character) => escapes[character] ?? character);
  }
  return Object.entries(value)
    .map(([name, inner]) => toXml(name, inner))
    .join('');
}
