import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toPath } from '../../src/vendor-http/query.ts';
import { anyText } from '../support/any-text.ts';

describe('a path of segments', () => {
  test('holds each of them as one segment, percent-encoded', () => {
    expect(toPath('v1', 'tasks', 'a b?#%2F:任')).toBe('/v1/tasks/a%20b%3F%23%252F%3A%E4%BB%BB');
  });

  test.each(['', '.', '..', 'a/b', '../b', '/', 'a\\b', '..\\'])(
    'refuses the segment %j, which would make it another path',
    (segment) => {
      const refused = expect.objectContaining({ name: 'LookupError', code: 'REJECTED', details: {} });
      expect(() => toPath('v1', segment)).toThrow(refused);
    },
  );

  test('reads back, however a server normalises and decodes it, as the segments it was made of', () => {
    const segment = fc
      .oneof(anyText(), fc.constantFrom('...', '%2e%2e', '%2F', '.%2e', 'a;..', '\t..'))
      .filter((text) => text !== '' && !/^\.{1,2}$|[/\\]/.test(text));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const { pathname } = new URL(`http://vendor.example${toPath(...segments)}`);
        expect(decodeURIComponent(pathname).split('/').slice(1)).toEqual(segments);
      }),
    );
  });
});
