import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDataRedactor, createRedactor } from '../../src/app/redact.ts';
import { percentEncode } from '../../src/vendor-http/query.ts';
import { anyText } from '../support/any-text.ts';
import { cpuMsOf } from '../support/cpu.ts';

const redact = createRedactor([]);

/** Like real keys: base64, hex, and tokens with all that a query has to escape. */
const secrets = fc.string({
  unit: fc.constantFrom(...'abcXYZ0189+/=&%*~!\'()"\\'),
  minLength: 8,
  maxLength: 40,
});

const toHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

describe('a secret', () => {
  test('is redacted wherever it occurs, and the text around it stays', () => {
    fc.assert(
      fc.property(secrets, anyText(), anyText(), (secret, before, after) => {
        const text = createRedactor([secret])(`${before}|${secret}|${secret}|${after}`);
        expect(text).not.toContain(secret);
      }),
    );
  });

  test.each([
    ['percent-encoded', encodeURIComponent],
    ['percent-encoded as strictly as signatures want it', percentEncode],
    ['percent-encoded twice', (secret: string) => percentEncode(percentEncode(secret))],
    ['percent-encoded in lower case', (secret: string) => percentEncode(secret).toLowerCase()],
    ['as in a form', (secret: string) => new URLSearchParams([['', secret]]).toString().slice(1)],
    ['in a line of JSON', (secret: string) => JSON.stringify(secret).slice(1, -1)],
    ['in HTML', toHtml],
    ['in hex', (secret: string) => Buffer.from(secret).toString('hex')],
    ['in hex in capitals', (secret: string) => Buffer.from(secret).toString('hex').toUpperCase()],
    ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', (secret: string) => Buffer.from(secret).toString('base64url')],
    ['in HTTP Basic as a user', (secret: string) => Buffer.from(`${secret}:other`).toString('base64')],
    ['in HTTP Basic as a password', (secret: string) => Buffer.from(`user:${secret}`).toString('base64')],
    [
      'in HTTP Basic, percent-encoded',
      (secret: string) => percentEncode(Buffer.from(`me:${secret}:`).toString('base64')),
    ],
  ])('is blotted out %s, too', (_how, spell) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(createRedactor([secret])(`a ${spell(secret)} b`)).toBe('a [redacted] b');
      }),
      { numRuns: 30 },
    );
  });

  test('that is the beginning of another does not leave the rest of the longer one', () => {
    for (const both of [
      ['s3cr3t', 's3cr3t-longer'],
      ['s3cr3t-longer', 's3cr3t'],
    ]) {
      expect(createRedactor(both)('a s3cr3t-longer b s3cr3t c')).toBe('a [redacted] b [redacted] c');
    }
  });

  test('with special characters of patterns and replacements is matched literally', () => {
    const secret = '$&.*+?^(x)|[y]\\$1$$';
    expect(createRedactor([secret])(`a ${secret} b`)).toBe('a [redacted] b');
    expect(createRedactor(['a.c'])('abc')).toBe('abc');
  });
});

describe('what looks like a credential', () => {
  test.each([
    ['Signature=abc%2B%3D&x=1', '[redacted]&x=1'],
    ['AccessKeyId=LTAI5t x', '[redacted] x'],
    ['AWSAccessKeyId=AKIA', '[redacted]'],
    ['SecurityToken=CAIS', '[redacted]'],
    ['signature=abc', '[redacted]'],
    ['AccessKeyId%3DLTAI5t%26Action%3DGet', '[redacted]'],
    ['X-Amz-Signature=abc', 'X-Amz-[redacted]'],
    ['Visionular AccessKeyId=AK, Signature=abc=', 'Visionular [redacted] [redacted]'],
  ])('%j becomes %j', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  test.each([
    ['a header', 'Authorization: Basic QUs6U0s='],
    ['a header in lower case', 'authorization: Basic QUs6U0s='],
    ['a header in JSON', '{"authorization":"Basic QUs6U0s="}'],
    ['a header as Node prints it', "{ authorization: 'Basic QUs6U0s=' }"],
  ])('the credentials in %s are redacted, not only the scheme', (_where, text) => {
    expect(redact(text)).not.toContain('QUs6U0s');
  });

  test.each([
    'SignatureDoesNotMatch',
    'SignatureNonceUsed',
    'The Signature is wrong.',
    'AccessKeyId not found',
  ])('the words %j stay, being no credential', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('the query of an address', () => {
  test.each([
    ['GET https://vod.example/?Action=Get&Signature=x failed', 'GET https://vod.example/[redacted] failed'],
    ['http://127.0.0.1:4010/a/b?task_id=1#f, then', 'http://127.0.0.1:4010/a/b[redacted] then'],
    ['HTTPS://H/?a=b', 'HTTPS://H/[redacted]'],
    ['"http://h/?a=b" "http://i/?c=d"', '"http://h/[redacted]" "http://i/[redacted]"'],
    ['<a href="https://h/?Expires=1">', '<a href="https://h/[redacted]">'],
  ])('%j becomes %j', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  test.each(['https://vod.example/path', 'Really? Yes', 'a?b=c', 'see https://h/ ?'])('%j stays', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('in what a vendor says of a task', () => {
  const redactData = createDataRedactor(['a-secret-of-ours', '1234567890']);

  test('secrets are redacted, and signed URLs stay', () => {
    expect(redactData('a-secret-of-ours')).toBe('[redacted]');
    const url = 'https://bucket.example/1234567890/a.mp4?AWSAccessKeyId=AKIA&Signature=abc&Expires=1';
    expect(redactData(url)).toBe(url);
  });

  test('500 kB take time proportional to their length', async () => {
    // Ten times what it takes: a busy machine is slower.
    const mostMs = 1_000;
    const texts = ['aGVsbG8gd29ybGQ', 'a-secret-of-our', '%', '\\"'];
    for (const text of texts) {
      const long = text.repeat(500_000 / text.length);
      expect(await cpuMsOf(() => redactData(long), mostMs)).toBeLessThan(mostMs);
    }
    const many = `${'A'.repeat(1_000)}YS1zZWNyZXQtb2Ytb3Vyc`.repeat(500);
    expect(await cpuMsOf(() => redactData(many), mostMs)).toBeLessThan(mostMs);
  });
});
