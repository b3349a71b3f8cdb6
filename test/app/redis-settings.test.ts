import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createEnvironment } from '../../src/app/config.ts';
import { readRedisSettings } from '../../src/app/redis-settings.ts';

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const directory = mkdtempSync(join(tmpdir(), 'redis-ca-'));
const file = join(directory, 'ca.pem');
writeFileSync(file, pem);
afterAll(() => rmSync(directory, { recursive: true }));

const read = (variables: Readonly<Record<string, string>>) => {
  const environment = createEnvironment(variables);
  const settings = readRedisSettings(environment);
  return { settings, faults: [...environment.faults], secrets: [...environment.handedOut] };
};

const url = 'rediss://redis.example';

describe('REDIS_CA', () => {
  test.each([
    ['the name of a file', file],
    ['the certificates', pem],
    ['the certificates in one line', pem.replaceAll('\n', '\\n')],
  ])('can be %s', (_, ca) => {
    const { settings, faults } = read({ REDIS_URL: url, REDIS_CA: ca });
    expect(faults).toEqual([]);
    expect(settings?.ca?.trim()).toBe(pem.trim());
  });

  test.each([
    ['a file that is not there', join(directory, 'none.pem'), 'is not a file that this user may read.'],
    [
      'a file of something else',
      join(import.meta.dirname, 'config.test.ts'),
      'must be a file of certificates in PEM, or the certificates themselves.',
    ],
  ])('cannot be %s', (_, ca, problem) => {
    expect(read({ REDIS_URL: url, REDIS_CA: ca }).faults).toEqual([`REDIS_CA ${problem}`]);
  });
});

describe('the passwords in REDIS_URL', () => {
  test.each([
    ['redis://:p%40ss-1@h', ['p%40ss-1', 'p@ss-1']],
    ['redis://user:pass-1@h:1,h:2', ['pass-1']],
    ['redis-sentinel://:pass-1@h/main?sentinelPassword=pass-2', ['pass-1', 'pass-2']],
  ])('are known as secrets: %s', (address, passwords) => {
    expect(read({ REDIS_URL: address }).secrets).toEqual(expect.arrayContaining(passwords));
  });
});
