import { asHttpError, tooLarge } from './admission.ts';

/** Bytes of one answer's JSON. 200 tasks with every field of every type have about 2 MB. */
export const maxAnswerBytes = 8_000_000;

/** A character has at most three bytes in UTF-8. */
const maxBytesPerCharacter = 3;

/** The value of a root field, as JSON already. */
export class Json {
  readonly text: string;
  /** At least so many bytes. */
  readonly bytes: number;

  constructor(text: string, bytes = text.length) {
    this.text = text;
    this.bytes = bytes;
  }
}

/** Stands for JSON that was not written to its end: an answer with it is refused. */
export const tooLargeJson = new Json('', Number.POSITIVE_INFINITY);

/**
 * The JSON of an answer. What is too large is refused before it is written out: aliases can repeat a large text until the
 * JSON has more characters than the process has room for.
 * @throws GraphQLError BAD_USER_INPUT with the limit `answerBytes`
 */
export const stringifyAnswer = (answer: unknown, most = maxAnswerBytes): string => {
  if (restOf(answer, most) < 0) throw asHttpError(tooLarge('answerBytes', most));
  const text = toJson(answer, levelOfRootFields) ?? 'null';
  if (text.length * maxBytesPerCharacter > most && Buffer.byteLength(text) > most) {
    throw asHttpError(tooLarge('answerBytes', most));
  }
  return text;
};

/** `{ data: { field } }` */
const levelOfRootFields = 2;

/** As JSON.stringify, where `Json` may be found at most so deep. */
const toJson = (value: unknown, levels: number): string | undefined => {
  if (value instanceof Json) return value.text;
  if (levels === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  // Not joined: that would copy the text on each level.
  let fields = '';
  for (const [name, of] of Object.entries(value)) {
    const text = toJson(of, levels - 1);
    if (text !== undefined) fields += `${fields === '' ? '' : ','}${JSON.stringify(name)}:${text}`;
  }
  return `{${fields}}`;
};

/**
 * What is left of a number of bytes after the least that the value takes as JSON; negative when it is too large. Answers
 * are as deep as their queries, which are limited.
 */
export const restOf = (value: unknown, bytes: number): number => {
  if (typeof value === 'string') return bytes - value.length - 2;
  if (typeof value !== 'object' || value === null) return bytes - 1;
  if (value instanceof Json) return bytes - value.bytes;
  // Brackets, less the comma that follows no last item.
  let rest = bytes - 1;
  if (Array.isArray(value)) {
    for (let n = 0; n < value.length && rest >= 0; n += 1) rest = restOf(value[n], rest) - 1;
    return rest;
  }
  for (const name in value) {
    rest = restOf((value as Readonly<Record<string, unknown>>)[name], rest - name.length - 4);
    if (rest < 0) break;
  }
  return rest;
};
