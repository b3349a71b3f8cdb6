import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../src/domain/json.ts';

describe('JSON in a text', () => {
  test('is parsed, and undefined when it is not JSON or not a text', () => {
    expect(parseJson('[{"Lang":"chi"}]')).toEqual([{ Lang: 'chi' }]);
    expect(parseJson('null')).toBeNull();
    expect(['', '{', 'undefined', 7, null, undefined, {}, ['1']].map(parseJson)).toEqual(
      Array(8).fill(undefined),
    );
  });

  test('that is long is parsed, however many brackets its strings contain', () => {
    const long = [{ text: `${'[{'.repeat(20_000)}\\"` }];
    expect(parseJson(JSON.stringify(long))).toEqual(long);
  });

  test('that is long is parsed when an escaped quotation mark stands before the brackets of a string', () => {
    const long = [{ text: `"\\${'[{'.repeat(20_000)}` }, { text: '\\' }];
    expect(parseJson(JSON.stringify(long))).toEqual(long);
  });

  test('is undefined when it is nested too deep behind a text that ends with a backslash', () => {
    const deep = `${'['.repeat(200)}${']'.repeat(200)}`;
    const padding = JSON.stringify('x'.repeat(20_000));
    expect(parseJson(`[${padding},"\\\\",${deep}]`)).toBeUndefined();
  });

  test('of more than 100,000 lists and objects is undefined', () => {
    const toText = (count: number): string => `[${'{},'.repeat(count - 2)}{}]`;
    expect(parseJson(toText(100_000))).toHaveLength(99_999);
    expect(parseJson(toText(100_001))).toBeUndefined();
  });

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('of %s nested 200,000 deep is undefined', (_of, open, close) => {
    expect(parseJson(`${open.repeat(200_000)}1${close.repeat(200_000)}`)).toBeUndefined();
  });
});
