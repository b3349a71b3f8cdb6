import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseBody,
  readBoolean,
  readExtension,
  readField,
  readInt,
  readList,
  readLong,
  readNumber,
  readObject,
  readPercent,
  readText,
  readWord,
  requireObject,
  requireSameTask,
} from '../../src/vendor-http/read.ts';

/** Fields that every JavaScript object has, though no vendor sent them. */
const inherited = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__'];

/** Any JSON, including fields named like inherited ones. */
const anyJson = fc.jsonValue({ depthSize: 'medium' }).chain((value) =>
  fc.oneof(
    fc.constant(value),
    fc
      .constantFrom(...inherited)
      .map((name) => JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`)),
  ),
);
const leafReaders = { readText, readNumber, readInt, readLong, readPercent, readBoolean, readExtension };
const expectCode = (code: string) => expect.objectContaining({ name: 'LookupError', code });
const toMessage = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

describe('any value from a vendor', () => {
  test.each(Object.entries(leafReaders))(
    '%s reads it as its own type or as null, and never throws',
    (name, read) => {
      const type =
        name === 'readText' || name === 'readExtension'
          ? 'string'
          : name === 'readBoolean'
            ? 'boolean'
            : 'number';
      const anything = fc.oneof(
        anyJson,
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
      );
      fc.assert(
        fc.property(anything, (value) => {
          const reading = read(value);
          expect(reading === null || typeof reading === type).toBe(true);
        }),
        { numRuns: 500 },
      );
    },
  );

  test('numbers that are read are finite, and whole where they must be', () => {
    const likeNumber = fc.oneof(fc.double(), fc.integer(), fc.double().map(String), fc.bigInt().map(String));
    fc.assert(
      fc.property(likeNumber, (value) => {
        expect(Number.isFinite(readNumber(value) ?? 0)).toBe(true);
        expect(Math.abs(readInt(value) ?? 0)).toBeLessThan(2 ** 31);
        expect(Number.isInteger(readInt(value) ?? 0)).toBe(true);
        expect(Number.isSafeInteger(readLong(value) ?? 0)).toBe(true);
        expect(readLong(value) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test('a number of more than 100 characters is none', () => {
  expect([readNumber('0'.repeat(100)), readNumber('0'.repeat(101))]).toEqual([0, null]);
});

describe('a body', () => {
  test('that is any JSON is read when it is an object, and a bad response when it is not', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        const reading = toMessage(() => requireObject(parseBody(JSON.stringify(value))));
        if (isObject) expect(JSON.stringify(reading)).toBe(JSON.stringify(value));
        else expect(reading).toEqual(expectCode('BAD_RESPONSE'));
      }),
    );
  });

  test.each(['', ' ', 'null', '[]', '"{}"', '<html>', '{"a":1', "{'a':1}", '{"a":NaN}', '{} {}', '\u0000'])(
    'that reads %j is a bad response',
    (body) => expect(() => requireObject(parseBody(body))).toThrow(expectCode('BAD_RESPONSE')),
  );

  test.each([
    ['objects', '{"a":', '}'],
    ['lists', '[', ']'],
  ])(
    'of %s nested 200,000 deep is read or a bad response, and its fields are still tolerated',
    (_of, open, close) => {
      const body = `{"deep":${open.repeat(200_000)}1${close.repeat(200_000)},"code":7}`;
      const reading = toMessage(() => readNumber(readField(requireObject(parseBody(body)), 'code')));
      expect([7, expectCode('BAD_RESPONSE')]).toContainEqual(reading);
    },
  );

  test('is never repeated in the message', () => {
    expect(String(toMessage(() => requireObject(parseBody('<p>secret</p>'))))).not.toContain('secret');
  });
});

describe('an answer that must be about one task', () => {
  test.each([['task-1'], ['7'], [7], [null], [undefined], [''], [{}]])(
    'may name %p, or no task',
    (answered) => {
      expect(toMessage(() => requireSameTask(answered, String(answered ?? 'x')))).toBeUndefined();
    },
  );

  test.each([['task-2'], [8], ['TASK-1'], ['task-1 ']])('must not name %p', (answered) => {
    expect(toMessage(() => requireSameTask(answered, 'task-1'))).toEqual(expectCode('BAD_RESPONSE'));
  });
});

describe('a field', () => {
  test.each(inherited)('called %s is absent unless the vendor sent it', (name) => {
    expect(readField({}, name)).toBeNull();
    expect(readField(requireObject(parseBody(`{${JSON.stringify(name)}:"sent"}`)), name)).toBe('sent');
  });

  test('sent as __proto__ does not lend its own fields to the object', () => {
    expect(readField(requireObject(parseBody('{"__proto__":{"Status":"SUCCEEDED"}}')), 'Status')).toBeNull();
  });

  test('with several names is the first of them that is there and not null', () => {
    expect(readField({ a: null, b: 0, c: 1 }, 'missing', 'a', 'b', 'c')).toBe(0);
    expect(readField({ a: '' }, 'a', 'b')).toBe('');
    expect(readField(null, 'a')).toBeNull();
  });
});

describe('an object', () => {
  test('is neither a list, nor null, nor a value', () => {
    expect([[], null, undefined, 'a', 1, true].map(readObject)).toEqual(Array(6).fill(null));
    expect(readObject({ a: 1 })).toEqual({ a: 1 });
  });
});

describe('text', () => {
  test('is kept verbatim, spaces around it included', () => {
    expect(readText(' Auto ')).toBe(' Auto ');
  });

  test('may come as a whole number, and keeps all of its digits', () => {
    expect([0, 12345, -7, 2 ** 53 - 1].map(readText)).toEqual(['0', '12345', '-7', '9007199254740991']);
  });

  test('is null when it is blank, or a number whose digits are not certain', () => {
    expect(['', '  ', '\n\t', 2 ** 53, 1.5, true, null, undefined, {}, ['a']].map(readText)).toEqual(
      Array(10).fill(null),
    );
  });
});

describe('a number', () => {
  test('may come as text', () => {
    expect(['440.371', ' 5', '5 ', '-1', '0', '1e3'].map(readNumber)).toEqual([440.371, 5, 5, -1, 0, 1000]);
  });

  test('is null when it is anything else', () => {
    const others = [
      '',
      ' ',
      'abc',
      '5px',
      '1,000',
      'NaN',
      'Infinity',
      '1e999',
      true,
      null,
      undefined,
      [],
      [5],
      {},
    ];
    expect(others.map(readNumber)).toEqual(Array(others.length).fill(null));
  });

  test('of 32 bits is null when it is larger, smaller or not whole', () => {
    expect([2 ** 31 - 1, '-2147483647', 2 ** 31, '-2147483649', 0.5].map(readInt)).toEqual([
      2 ** 31 - 1,
      -(2 ** 31 - 1),
      null,
      null,
      null,
    ]);
  });

  test('of 53 bits is null when it is larger, negative or not whole', () => {
    expect([0, '4294967296', 2 ** 53 - 1, 2 ** 53, '9007199254740993', -1, 0.5].map(readLong)).toEqual([
      0,
      4_294_967_296,
      2 ** 53 - 1,
      null,
      null,
      null,
      null,
    ]);
  });

  test('of percent is rounded down so that 100 means done, and null outside 0 to 100', () => {
    expect([0, '20', 99.99, 100, '100', 100.01, -0.5, 101, 'done'].map(readPercent)).toEqual([
      0,
      20,
      99,
      100,
      100,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('a boolean', () => {
  test('may be text; anything else is null rather than false', () => {
    expect([true, false, 'true', 'false'].map(readBoolean)).toEqual([true, false, true, false]);
    expect([1, 0, '', 'yes', 'TRUE', null, undefined, {}].map(readBoolean)).toEqual(Array(8).fill(null));
  });
});

describe("a file name's extension", () => {
  test('is what follows the last dot, in lower case, when it looks like one', () => {
    const names = ['a/b.MP4', 'a.tar.gz', 'a', 'a.', '.', 'a.mp4/', 'a.mp4?x=1', 'a.toolong', 'a.m-p', null];
    expect(names.map(readExtension)).toEqual(['mp4', 'gz', ...Array(8).fill(null)]);
  });
});

describe('a list', () => {
  test('omits the items that cannot be read, and keeps the order of the others', () => {
    expect(readList(['1', 'x', 2, null, {}], readInt)).toEqual([1, 2]);
  });

  test('is null when it is not a list, and empty when it is empty', () => {
    expect(readList({ length: 1, 0: 1 }, readInt)).toBeNull();
    expect(readList('[1]', readInt)).toBeNull();
    expect(readList([], readInt)).toEqual([]);
  });
});

describe('a status or event', () => {
  const table = new Map([['Auto', 'AUTO']]);

  test('is found in the table, without surrounding spaces', () => {
    expect(readWord(table, ' Auto ', 'OTHER')).toBe('AUTO');
  });

  test.each([...inherited, 'auto', '', null])(
    '%j that is not in the table has the default meaning',
    (word) => {
      expect(readWord(table, word, 'OTHER')).toBe('OTHER');
    },
  );
});
