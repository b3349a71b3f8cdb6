import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCompactTime, readIsoTime, readMillisTime, readSecondsTime } from '../../src/vendor-http/read.ts';

const readers = { readIsoTime, readMillisTime, readSecondsTime, readCompactTime };
const earliest = new Date(1_000);
const latest = new Date('9999-12-31T23:59:59.999Z');
const moments = fc.date({ min: earliest, max: latest, noInvalidDate: true });

describe('any time', () => {
  test.each(Object.entries(readers))(
    '%s reads as a DateTime after 1970 and up to 9999, or null',
    (_name, read) => {
      const likeTime = fc.stringMatching(/^[0-9]{0,16}[-T:Z.+ ]?[0-9-T:Z.+ ]{0,16}$/);
      const likeNumber = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.maxSafeInteger().map(String));
      fc.assert(
        fc.property(fc.oneof(likeTime, likeNumber, fc.anything()), (value) => {
          const time = read(value);
          if (time === null) return;
          expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          expect(new Date(time).toISOString()).toBe(time);
          expect(Date.parse(time)).toBeGreaterThanOrEqual(0);
        }),
        { numRuns: 500 },
      );
    },
  );
});

describe('a time in ISO 8601', () => {
  test('of any moment reads as that moment', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        expect(readIsoTime(moment.toISOString())).toBe(moment.toISOString());
      }),
    );
  });

  test.each([
    ['2019-01-23T12:35:12Z', '2019-01-23T12:35:12.000Z'],
    [' 2019-01-23T12:35:12Z ', '2019-01-23T12:35:12.000Z'],
    ['2019-01-23T12:35Z', '2019-01-23T12:35:00.000Z'],
    ['2019-01-23T12:35:12.5Z', '2019-01-23T12:35:12.500Z'],
    ['2019-01-23T12:35:12.123456789Z', '2019-01-23T12:35:12.123Z'],
    ['2019-01-23T12:35:12+08:00', '2019-01-23T04:35:12.000Z'],
    ['2019-01-23T12:35:12+0800', '2019-01-23T04:35:12.000Z'],
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00.000Z'],
  ])('%j reads as %s', (text, time) => {
    expect(readIsoTime(text)).toBe(time);
  });

  test.each([
    ['whose year lacks a digit', '019-01-23T12:35:12Z'],
    ['on the 31st of February', '2019-02-31T12:35:12Z'],
    ['on the 29th of February of a year without one', '2019-02-29T12:35:12Z'],
    ['on the 31st of April', '2019-04-31T12:35:12Z'],
    ['on day 0', '2019-01-00T12:35:12Z'],
    ['in month 13', '2019-13-01T12:35:12Z'],
    ['in month 0', '2019-00-01T12:35:12Z'],
    ['at 25 hours', '2019-01-23T25:35:12Z'],
    ['at 61 seconds', '2019-01-23T12:35:61Z'],
    ['without a zone', '2019-01-23T12:35:12'],
    ['with a space for the T', '2019-01-23 12:35:12Z'],
    ['in a zone that is none', '2019-01-23T12:35:12+99:99'],
    ['of a day alone', '2019-01-23'],
    ['in the year 10000', '+010000-01-01T00:00:00Z'],
    ['in the year 10000 by its zone', '9999-12-31T23:59:59-01:00'],
    ['in the year 0', '0000-01-01T00:00:00Z'],
    ['before 1970', '1969-12-31T23:59:59Z'],
    ['in words', 'yesterday'],
    ['in milliseconds', 1_548_246_912_000],
    ['that is null', null],
  ])('%s is null', (_fault, value) => {
    expect(readIsoTime(value)).toBeNull();
  });
});

describe('a time in milliseconds', () => {
  test.each([1_647_418_353_000, '1647418353000', ' 1647418353000 '])(
    'may be a number or text: %j',
    (value) => {
      expect(readMillisTime(value)).toBe('2022-03-16T08:12:33.000Z');
    },
  );

  test('reaches to the last millisecond of 9999 and no further', () => {
    expect(readMillisTime(latest.getTime())).toBe('9999-12-31T23:59:59.999Z');
    expect(readMillisTime(latest.getTime() + 1)).toBeNull();
  });

  test.each([
    0,
    '0',
    -1,
    2 ** 53,
    2 ** 60,
    '1e300',
    Number.POSITIVE_INFINITY,
    Number.NaN,
    '',
    'soon',
    null,
    true,
  ])('%j is null', (value) => {
    expect(readMillisTime(value)).toBeNull();
  });
});

describe('a time in seconds', () => {
  test.each([1_593_120_830, '1593120830'])('may be a number or text: %j', (value) => {
    expect(readSecondsTime(value)).toBe('2020-06-25T21:33:50.000Z');
  });

  test.each([0, '0', -1, 253_402_300_800, 2 ** 53, '1e300', Number.NaN, '', null, [1_593_120_830]])(
    '%j is null',
    (value) => {
      expect(readSecondsTime(value)).toBeNull();
    },
  );
});

describe('a compact time', () => {
  test('of any moment reads as that second', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const iso = moment.toISOString();
        expect(readCompactTime(iso.replace(/\D/g, '').slice(0, 14))).toBe(`${iso.slice(0, 19)}.000Z`);
      }),
    );
  });

  test('may come as a number', () => {
    expect(readCompactTime(20_241_118_065_429)).toBe('2024-11-18T06:54:29.000Z');
  });

  test.each([
    '20240231065429',
    '20241318065429',
    '20241118255429',
    '2024111806542',
    '202411180654290',
    '2024-11-18T06:54:29Z',
    '00000000000000',
    '19691231235959',
    '',
    0,
    -20_241_118_065_429,
    null,
  ])('%j is null', (value) => {
    expect(readCompactTime(value)).toBeNull();
  });
});
