import { LookupError } from '../domain/errors.ts';
import { parseJson } from '../domain/json.ts';

/**
 * Tolerant readers for vendors' JSON: a value that is missing or of the wrong type reads as null, and does not throw.
 * Numbers may come as text and text as numbers; fields are own properties only, so that a field called
 * `constructor` is as absent as any other.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object in a body, or null when it is not JSON, or not an object. */
export const parseBody = (body: string): JsonObject | null => readObject(parseJson(body));

/** @throws LookupError BAD_RESPONSE when there is none */
export const requireObject = (
  value: unknown,
  otherwise = "The vendor's answer is not a JSON object.",
): JsonObject => {
  const object = readObject(value);
  if (!object) throw new LookupError('BAD_RESPONSE', otherwise);
  return object;
};

/**
 * Refuses an answer about another task: it must never be shown under the asked task's id. An answer that names no task
 * is accepted.
 * @throws LookupError BAD_RESPONSE
 */
export const requireSameTask = (answeredId: unknown, askedId: string): void => {
  const id = readText(answeredId);
  if (id !== null && id !== askedId) {
    throw new LookupError('BAD_RESPONSE', 'The vendor answered about another task than the one asked for.');
  }
};

export const readObject = (value: unknown): JsonObject | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;

/** The first of the named fields that is there and not null. */
export const readField = (object: JsonObject | null, ...names: string[]): unknown => {
  for (const name of names) {
    if (object && Object.hasOwn(object, name) && object[name] !== null) return object[name];
  }
  return null;
};

/** Text verbatim; a whole number as its digits. Null when blank. */
export const readText = (value: unknown): string | null => {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return Number.isSafeInteger(value) ? String(value) : null;
};

/** A finite number, or one in a text. */
export const readNumber = (value: unknown): number | null => {
  const isNumber = typeof value === 'string' && value.length <= longestNumber && decimal.test(value.trim());
  const number = isNumber ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

/** In characters, far more than any number of a vendor has: 2 MB of digits take 10 ms. */
const longestNumber = 100;

/** No two neighbours match the same characters: the time is proportional to the text's length. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A whole number that GraphQL's Int holds. */
export const readInt = (value: unknown): number | null => {
  const number = readNumber(value);
  return number !== null && Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
};

/** A whole number from 0 up to 2^53 - 1. */
export const readLong = (value: unknown): number | null => {
  const number = readNumber(value);
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : null;
};

/** A percentage: a number from 0 to 100, rounded down so that 100 means done. */
export const readPercent = (value: unknown): number | null => {
  const number = readNumber(value);
  return number !== null && number >= 0 && number <= 100 ? Math.floor(number) : null;
};

export const readBoolean = (value: unknown): boolean | null => {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : null;
};

/** The extension of a file's name, in lower case: the only hint at the format that some vendors give. */
export const readExtension = (name: unknown): string | null =>
  /\.([a-z0-9]{1,5})$/i.exec(readText(name) ?? '')?.[1]?.toLowerCase() ?? null;

/** Far more jobs, streams or pages than a task has: no vendor documents a limit, and what is read is kept. */
const longestList = 1_000;

/**
 * A list read item by item; items that read as null are left out. Null when it is not a list.
 * @param longest how many items it may have
 * @throws LookupError BAD_RESPONSE when it has more
 */
export const readList = <Item>(
  value: unknown,
  readItem: (item: unknown) => Item | null,
  longest = longestList,
): Item[] | null => {
  if (!Array.isArray(value)) return null;
  if (value.length > longest) {
    throw new LookupError('BAD_RESPONSE', `The vendor's answer holds a list of more than ${longest} items.`);
  }
  return value.map(readItem).filter((item) => item !== null);
};

/** The meaning of a status or event, from the vendor's table. */
export const readWord = <Meaning>(
  table: ReadonlyMap<string, Meaning>,
  word: string | null,
  otherwise: Meaning,
): Meaning => (word === null ? otherwise : (table.get(word.trim()) ?? otherwise));

/** As `readWord`, but null when the vendor sent none. */
export const readKind = <Meaning>(
  table: ReadonlyMap<string, Meaning>,
  word: string | null,
  otherwise: Meaning,
): Meaning | null => (word === null ? null : readWord(table, word, otherwise));

/** ISO 8601 with a zone, such as `2019-01-23T12:35:12Z`, as a DateTime. */
export const readIsoTime = (value: unknown): string | null => {
  const parts = typeof value === 'string' ? isoTime.exec(value.trim()) : null;
  if (!parts) return null;
  const [text, year, month, day] = parts;
  // Date.parse takes the 31st of February for the 3rd of March.
  const daysInMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= daysInMonth ? toDateTime(Date.parse(text)) : null;
};

/** Milliseconds since 1970 as a DateTime. Zero means "not yet" at the vendors, so it reads as null. */
export const readMillisTime = (value: unknown): string | null => toDateTime(readNumber(value));

/** Seconds since 1970 as a DateTime. Zero means "not yet" at the vendors, so it reads as null. */
export const readSecondsTime = (value: unknown): string | null => {
  const seconds = readNumber(value);
  return toDateTime(seconds === null ? null : seconds * 1_000);
};

/** UTC as `yyyyMMddHHmmss`, as a DateTime. */
export const readCompactTime = (value: unknown): string | null => {
  const digits = compactTime.exec(readText(value)?.trim() ?? '');
  if (!digits) return null;
  const [, year, month, day, hour, minute, second] = digits;
  return readIsoTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

const isoTime = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const compactTime = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;
/** The end of the year 9999, past which ISO 8601 changes its shape. */
const latestTime = 253_402_300_799_999;

const toDateTime = (ms: number | null): string | null =>
  ms !== null && ms > 0 && ms <= latestTime ? new Date(ms).toISOString() : null;
