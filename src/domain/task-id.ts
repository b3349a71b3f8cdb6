import { InvalidInputError } from './errors.ts';
import type { Key, Provider } from './provider.ts';
import { type ProviderName, type TaskIdentity, toEnumValue } from './task.ts';

/** Vendors' ids stay below 200 characters. Three parts of this length fit a request line of 16 kB however they are encoded. */
const maxPartLength = 512;

/** A prefix and three parts of which each character has up to nine when it is percent-encoded. */
const maxIdLength = 32 + 3 * (1 + 9 * maxPartLength);

/** A task by its identity: which provider, which natural key, and the one canonical id of the two. */
export interface TaskRef {
  readonly provider: ProviderName;
  readonly typename: string;
  readonly key: Key;
  readonly id: string;
}

/** The properties of a provider that a task's identity depends on. */
export type Keyed = Pick<Provider, 'name' | 'typename' | 'keyFields'>;

/**
 * The reference to a provider's task from the values of its natural key, as a client or gateway gave them.
 * @throws InvalidInputError naming the key field that is missing or malformed
 */
export const toTaskRef = (provider: Keyed, values: Readonly<Record<string, unknown>>): TaskRef => {
  const key: Record<string, string> = {};
  const parts: string[] = [provider.name];
  for (const { name, oneOf } of provider.keyFields) {
    const value = readPart(`${provider.typename}.${name}`, values[name], oneOf);
    key[name] = value;
    parts.push(encodeURIComponent(oneOf ? value.toLowerCase() : value));
  }
  return { provider: provider.name, typename: provider.typename, key, id: parts.join(':') };
};

/** The fields of a task that follow from its reference. */
export const toIdentity = ({ provider, typename, key, id }: TaskRef): TaskIdentity => ({
  __typename: typename,
  id,
  provider: toEnumValue(provider),
  ...key,
});

/** What an id begins with: the name of its provider, if it is well-formed. */
export const toPrefix = (id: string): string => id.slice(0, id.indexOf(':'));

/**
 * The reference that an id stands for. Decoding and encoding again gives the same id, or its canonical spelling
 * where the given one percent-encodes more or less than encodeURIComponent does.
 * @throws InvalidInputError naming the id and what is wrong with it
 */
export const decodeTaskId = (providers: readonly Keyed[], id: string): TaskRef => {
  // Before anything is done with it: one id of half a megabyte can be asked for a thousand times in a request.
  if (id.length > maxIdLength) throw new InvalidInputError(`The id ${quote(id)} is too long.`);
  const [prefix, ...parts] = id.split(':');
  const provider = providers.find(({ name }) => name === prefix);
  if (!provider) {
    const known = providers.map(({ name }) => name).join(', ');
    throw new InvalidInputError(`The id ${quote(id)} must begin with one of ${known}, and a colon.`);
  }
  const { keyFields } = provider;
  if (parts.length !== keyFields.length) {
    const grammar = [provider.name, ...keyFields.map(({ name }) => `<${name}>`)].join(':');
    throw new InvalidInputError(`The id ${quote(id)} must read ${grammar}, each part percent-encoded.`);
  }
  const values: Record<string, string> = {};
  for (const [index, { name }] of keyFields.entries()) {
    values[name] = decodePart(id, parts[index] ?? '');
  }
  try {
    return toTaskRef(provider, values);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`The id ${quote(id)} is malformed: ${error.message}`);
  }
};

const decodePart = (id: string, part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InvalidInputError(`The id ${quote(id)} has a part that is not percent-encoded UTF-8.`);
  }
};

/**
 * A text that can be a vendor's id.
 * @throws InvalidInputError with its name
 */
export const readKeyText = (name: string, value: unknown): string => {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidInputError(`${name} must be a text that is not empty.`);
  }
  if (value.length > maxPartLength) {
    throw new InvalidInputError(`${name} must be at most ${maxPartLength} characters long.`);
  }
  if (!value.isWellFormed()) {
    throw new InvalidInputError(`${name} must be valid Unicode, without lone surrogates.`);
  }
  return value;
};

const readPart = (name: string, value: unknown, oneOf: readonly string[] | undefined): string => {
  const text = readKeyText(name, value);
  if (!oneOf) return text;
  const upper = text.toUpperCase();
  if (oneOf.includes(upper)) return upper;
  throw new InvalidInputError(`${name} must be one of ${oneOf.join(', ')}.`);
};

const quote = (id: string): string => JSON.stringify(id.length > 100 ? `${id.slice(0, 100)}…` : id);
