/** The names that are derived for a new provider. */
export interface ProviderNames {
  /** The id prefix and the folder: `acme-audio`. */
  readonly name: string;
  /** The exported provider: `acmeAudio`. */
  readonly variable: string;
  /** The object type: `AcmeAudioTask`. */
  readonly typename: string;
  /** The root field: `acmeAudioTask`. */
  readonly rootField: string;
  /** The enum value, and the stem of environment names: `ACME_AUDIO`. */
  readonly enumValue: string;
  /** For display: `Acme Audio`. */
  readonly title: string;
  /** The natural key, in the order of the id's parts; the last one names the task. */
  readonly keys: readonly string[];
  readonly lastKey: string;
}

/** Fields that every task has, which no key may be named after. */
const takenFields = new Set(
  'id provider kind status vendorStatus isFinal progress createdAt startedAt finishedAt failure outputs vendorRequestId fetchedAt stale nextPollAfterMs problem'.split(
    ' ',
  ),
);

/** @throws Error with the required form of a name or a key */
export const toProviderNames = (name: string, keys: readonly string[]): ProviderNames => {
  if (!/^[a-z]+(-[a-z]+)*$/.test(name)) {
    throw new Error(
      `The name ${JSON.stringify(name)} must be lower-case words joined by hyphens: acme-audio.`,
    );
  }
  for (const key of keys) {
    if (
      !/^[a-z][a-zA-Z0-9]*$/.test(key) ||
      takenFields.has(key) ||
      keys.indexOf(key) !== keys.lastIndexOf(key)
    ) {
      throw new Error(
        `The key field ${JSON.stringify(key)} must be in camelCase, and be called as nothing else is.`,
      );
    }
  }
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const pascal = words.join('');
  const variable = `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}`;
  return {
    name,
    variable,
    typename: `${pascal}Task`,
    rootField: `${variable}Task`,
    enumValue: name.replaceAll('-', '_').toUpperCase(),
    title: words.join(' '),
    keys,
    lastKey: keys.at(-1) ?? 'taskId',
  };
};
