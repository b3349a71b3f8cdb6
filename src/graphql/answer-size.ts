import { asHttpError, tooLarge } from './admission.ts';

/** Bytes of one answer's JSON. 200 tasks with every field of every type have about 2 MB. */
export const maxAnswerBytes = 8_000_000;

/** A character has at most three bytes in UTF-8. */
const maxBytesPerCharacter = 3;

/**
 * The JSON of an answer. What is too large is refused before it is written out: aliases can repeat a large text until the
 * JSON has more characters than the process has room for.
 * @throws GraphQLError BAD_USER_INPUT with the limit `answerBytes`
 */
export const stringifyAnswer = (answer: unknown, most = maxAnswerBytes): string => {
  if (restOf(answer, most) < 0) throw asHttpError(tooLarge('answerBytes', most));
  const text = JSON.stringify(answer);
  if (text.length * maxBytesPerCharacter > most && Buffer.byteLength(text) > most) {
    throw asHttpError(tooLarge('answerBytes', most));
  }
  return text;
};

/**
 * What is left of a number of bytes after the least that the value takes as JSON; negative when it is too large. Answers
 * are as deep as their queries, which are limited.
 */
export const restOf = (value: unknown, bytes: number): number => {
  if (typeof value === 'string') return bytes - value.length - 2;
  if (typeof value !== 'object' || value === null) return bytes - 1;
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
