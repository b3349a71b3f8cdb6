import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LookupError } from '../../src/domain/errors.ts';
import type { Reply } from '../../src/domain/provider.ts';
import { toProblemCode, toRefusalError } from '../../src/vendor-http/refusal.ts';
import { problemCodes } from '../lookup/builders.ts';
import { anyText } from '../support/any-text.ts';

const now = Date.parse('2026-01-02T03:04:05Z');

const replyWith = (retryAfter?: string): Reply => ({
  status: 429,
  header: (name) => (name === 'retry-after' ? retryAfter : undefined),
  body: '',
});

const retryAfterMs = (retryAfter?: string) =>
  toRefusalError('RATE_LIMITED', {}, replyWith(retryAfter), now).details.retryAfterMs;

describe('an HTTP status alone', () => {
  test.each([200, 201, 204, 206, 299])('%i is a success', (status) => {
    expect(toProblemCode(status)).toBeUndefined();
  });

  test.each([
    [401, 'ACCESS_DENIED'],
    [403, 'ACCESS_DENIED'],
    [429, 'RATE_LIMITED'],
    [408, 'UNAVAILABLE'],
    [500, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [599, 'UNAVAILABLE'],
    [400, 'REJECTED'],
    [404, 'REJECTED'],
    [422, 'REJECTED'],
    [302, 'BAD_RESPONSE'],
    [304, 'BAD_RESPONSE'],
    [199, 'BAD_RESPONSE'],
    [0, 'BAD_RESPONSE'],
  ])('%i means %s', (status, code) => {
    expect(toProblemCode(status)).toBe(code);
  });

  test('never means an unknown task: a wrong URL is answered by 404, too', () => {
    for (let status = 0; status < 1_000; status += 1)
      expect(toProblemCode(status)).not.toBe('TASK_NOT_FOUND');
  });
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['3', 3_000],
    [' 3 ', 3_000],
    ['60', 60_000],
    ['61', 60_000],
    ['9'.repeat(400), 60_000],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
    ['Fri, 02 Jan 2026 03:04:05 GMT', 0],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
    ['Sat, 03 Jan 2026 03:04:05 GMT', 60_000],
  ])('%j is %i ms', (value, ms) => {
    expect(retryAfterMs(value)).toBe(ms);
  });

  test.each([undefined, '', ' ', 'soon', '10s', 'Infinity', 'NaN', '0x10', '-5', '1.5'])(
    '%j is unreadable',
    (value) => {
      expect(retryAfterMs(value)).toBeUndefined();
    },
  );

  test('of any text is from nothing to a minute, or unreadable', () => {
    const anyValue = fc.oneof(anyText(), fc.integer().map(String), fc.date().map(String));
    fc.assert(
      fc.property(anyValue, (value) => {
        const ms = retryAfterMs(value) ?? 0;
        expect(ms >= 0 && ms <= 60_000).toBe(true);
      }),
    );
  });
});

describe('the error of a refusal', () => {
  test("has our summary, the vendor's message, its code and its request id", () => {
    const refusal = { vendorCode: 'Throttling.User', message: 'Slow down.', vendorRequestId: 'r-1' };
    const error = toRefusalError('RATE_LIMITED', refusal, replyWith('2'), now);
    expect(error).toBeInstanceOf(LookupError);
    expect(error.code).toBe('RATE_LIMITED');
    expect(error.message).toBe('The vendor is throttling this account: Slow down.');
    expect(error.details).toEqual({
      vendorCode: 'Throttling.User',
      vendorRequestId: 'r-1',
      retryAfterMs: 2_000,
    });
  });

  test('without a message and code of the vendor is our summary alone', () => {
    for (const nothing of [{}, { vendorCode: null, message: null, vendorRequestId: null }, { message: '' }]) {
      const error = toRefusalError('ACCESS_DENIED', nothing, replyWith(), now);
      expect(error.message).toBe('The vendor refused our credentials or permissions.');
      expect(error.details).toEqual({});
    }
  });

  test.each(problemCodes)('of code %s has a sentence for it', (code) => {
    expect(toRefusalError(code, {}, replyWith(), now).message).toMatch(/^[A-Z].{10,}\.$/);
  });

  test('truncates a very long message between words', () => {
    const error = toRefusalError('REJECTED', { message: 'four '.repeat(20_000) }, replyWith(), now);
    expect(error.message).toBe(`The vendor called the request invalid: ${'four '.repeat(1_000)}`);
  });

  test('omits a word that would be truncated, which may be half a secret', () => {
    const error = toRefusalError('REJECTED', { message: `key ${'x'.repeat(6_000)}` }, replyWith(), now);
    expect(error.message).toBe('The vendor called the request invalid: key …');
  });

  test("is well-formed text wherever the vendor's message is truncated", () => {
    for (const start of ['', 'x']) {
      const { message } = toRefusalError('REJECTED', { message: start + '😀'.repeat(300) }, replyWith(), now);
      expect(message.isWellFormed()).toBe(true);
    }
  });
});
