import { describe, expect, it } from '@jest/globals';
import { parseJson } from '../../src/domain/json.ts';
import {
  readBoolean,
  readCompactTime,
  readExtension,
  readInt,
  readIsoTime,
  readList,
  readLong,
  readMillisTime,
  readNumber,
  readPercent,
  readSecondsTime,
  readText,
} from '../../src/vendor-http/read.ts';
import { cpuMsOf } from '../support/cpu.ts';

/** What it costs to read what a hostile vendor sends, up to the 2 MB that are read of an answer. */

const readers = {
  parseJson,
  readText,
  readNumber,
  readInt,
  readLong,
  readPercent,
  readBoolean,
  readExtension,
  readIsoTime,
  readMillisTime,
  readSecondsTime,
  readCompactTime,
};

/** Ten times what it takes: a busy machine is slower. */
const mostMs = 500;

const hostile: Readonly<Record<string, (length: number) => string>> = {
  'digits without an end': (length) => `${'1'.repeat(length)}x`,
  'digits and a point': (length) => `${'1'.repeat(length / 2)}.${'1'.repeat(length / 2)}x`,
  'an exponent without an end': (length) => `1e${'1'.repeat(length)}x`,
  'escaped quotes in a text that does not end': (length) => `"${'\\"'.repeat(length / 2)}`,
  'quotes that do not end': (length) => '"\\'.repeat(length / 2),
  'empty texts': (length) => '""'.repeat(length / 2),
  'brackets in a text that does not end': (length) => `"${'[{'.repeat(length / 2)}`,
  points: (length) => '.'.repeat(length),
  blanks: (length) => `1${' '.repeat(length)}1`,
  'a time without an end': (length) => `2019-01-23T12:35:12.${'1'.repeat(length)}x`,
};

describe.each(Object.entries(readers))('%s', (_, read) => {
  it.each(Object.entries(hostile))(
    'reads 2 MB of %s in time proportional to their length',
    async (_name, toText) => {
      // A quadratic reader takes seconds for the shorter one, and minutes for the longer one.
      for (const length of [100_000, 2_000_000]) {
        const text = toText(length);
        expect(await cpuMsOf(() => read(text), mostMs)).toBeLessThan(mostMs);
      }
    },
  );
});

describe('a list', () => {
  it('of 1,000 items is read; a longer one is an answer over the size limit', () => {
    const list = (length: number) => readList(Array(length).fill('item'), readText);
    expect(list(1_000)).toHaveLength(1_000);
    expect(() => list(1_001)).toThrow(expect.objectContaining({ name: 'LookupError', code: 'BAD_RESPONSE' }));
  });
});
