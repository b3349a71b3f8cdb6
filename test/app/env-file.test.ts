import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { findEnvFileFaults } from '../../src/app/env-file.ts';

describe('a .env file', () => {
  test('may hold assignments, quoted ones over several lines, comments and blank lines', () => {
    const text = [
      '\uFEFF# a comment',
      '',
      'PORT=4000',
      '  export HOST = 127.0.0.1  # with a comment',
      'EMPTY=',
      'ROUTER_SECRETS="first line',
      'not an assignment',
      'last line"',
      "LOG_LEVEL='info'\r",
      '   # indented comment',
    ].join('\n');
    expect(findEnvFileFaults(text)).toEqual([]);
    expect(parseEnv(text)).toMatchObject({ PORT: '4000', HOST: '127.0.0.1', LOG_LEVEL: 'info' });
  });

  test.each([
    ['PORT=4000\nHOST 127.0.0.1\n', ['.env: line 2 is not NAME=value.']],
    ['{"PORT": 4000}', ['.env: line 1 is not NAME=value.']],
    ['=value\n1ST=x', ['.env: line 1 is not NAME=value.', '.env: line 2 is not NAME=value.']],
    ['P\0O\0R\0T\0=\x001\0', ['.env: line 1 is not NAME=value.']],
    ['ZEGO_SERVER_SECRET="abc\nPORT=1', ['.env: a value that begins with " does not end.']],
  ])('%j is refused, and the text that may be a secret not repeated', (text, faults) => {
    expect(findEnvFileFaults(text)).toEqual(faults);
  });
});
