import { describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { stringifyAnswer } from '../../src/graphql/answer-size.ts';
import { cpuMsOf } from '../support/cpu.ts';

/** What an answer may hold at most. */

const refusalOf = (answer: unknown, most?: number): unknown => {
  try {
    stringifyAnswer(answer, most);
    return undefined;
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions.limit : error;
  }
};

describe('an answer', () => {
  it('that is too large is refused before it is written out', async () => {
    const text = 'x'.repeat(1_000_000);
    const gigabyte = { data: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`a${n}`, text])) };
    const refuse = () => expect(refusalOf(gigabyte)).toBe('answerBytes');
    expect(await cpuMsOf(refuse, 200)).toBeLessThan(200);
  });

  it.each([
    ['of as many bytes as it may have', { a: 'x'.repeat(92) }, undefined],
    ['of one byte more', { a: 'x'.repeat(93) }, 'answerBytes'],
    ['of fewer characters, but more bytes', { a: '任'.repeat(40) }, 'answerBytes'],
    ['of fewer characters, but with escapes', { a: '\n'.repeat(60) }, 'answerBytes'],
    ['of many empty objects', { a: Array.from({ length: 40 }, () => ({})) }, 'answerBytes'],
    ['of numbers and nothings', { a: [1, null, true, 12_345_678] }, undefined],
  ])('%s', (_, answer, refusal) => {
    expect(refusalOf(answer, 100)).toBe(refusal);
    expect(refusal === undefined).toBe(Buffer.byteLength(JSON.stringify(answer)) <= 100);
  });
});
