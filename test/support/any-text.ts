import fc from 'fast-check';

/** Half surrogates are no characters. */
const surrogates = { from: 0xd8_00, count: 0x8_00 };

const anyCharacterUpTo = (last: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: 0, max: last - (last < surrogates.from ? 0 : surrogates.count) })
    .map((code) => String.fromCodePoint(code < surrogates.from ? code : code + surrogates.count));

const anyCharacter = fc.oneof(
  anyCharacterUpTo(0x7f),
  anyCharacterUpTo(0xff_ff),
  anyCharacterUpTo(0x10_ff_ff),
);

/** Names that objects have without being told. */
const inherited = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'then'];

/**
 * Any text of so many characters of Unicode, and what objects inherit if there is room for it. In place of fast-check's own
 * `string` with `unit: 'binary'`, which spends most of a second on a table of all characters in each file that uses it.
 */
export const anyText = ({ minLength = 0, maxLength = 10 } = {}): fc.Arbitrary<string> => {
  const text = fc.array(anyCharacter, { minLength, maxLength }).map((characters) => characters.join(''));
  const names = inherited.filter(({ length }) => length >= minLength && length <= maxLength);
  return fc.oneof({ weight: 15, arbitrary: text }, { weight: 1, arbitrary: fc.constantFrom(...names) });
};
