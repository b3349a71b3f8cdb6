import { describe, expect, test } from '@jest/globals';
import { InvalidInputError, LookupError, toRedacted } from '../../src/domain/errors.ts';
import { badUserInput } from '../../src/graphql/errors.ts';

const redact = (text: string): string => text.replaceAll('s3cret', '[redacted]');

describe('What a vendor worded', () => {
  test('is redacted in its message, its code and its id of the request', () => {
    const details = { vendorCode: 'No.s3cret', vendorRequestId: 's3cret-1', retryAfterMs: 5 };
    const error = toRedacted(new LookupError('REJECTED', 'no s3cret', details), redact);
    expect([error.code, error.message]).toEqual(['REJECTED', 'no [redacted]']);
    expect(error.details).toEqual({
      vendorCode: 'No.[redacted]',
      vendorRequestId: '[redacted]-1',
      retryAfterMs: 5,
    });
  });

  test('is cut short after it was redacted, so that no half of a secret is left', () => {
    const { message } = toRedacted(new LookupError('REJECTED', `${'x'.repeat(397)}s3cret`), redact);
    expect(message).toBe(`${'x'.repeat(397)}[re`);
    const long = toRedacted(
      new LookupError('REJECTED', '😀'.repeat(2_000), { vendorCode: 'y'.repeat(999) }),
      redact,
    );
    expect(long.message.length).toBeLessThanOrEqual(400);
    expect(long.message.isWellFormed()).toBe(true);
    expect(long.details.vendorCode).toHaveLength(400);
  });
});

test('a failed lookup and a mistake of a caller have no stack, and other errors have one', () => {
  for (const error of [
    new LookupError('TIMEOUT', 'Too late.'),
    new InvalidInputError('No id.'),
    badUserInput('No id.'),
  ])
    expect(error.stack).not.toContain('errors.test');
  expect(new Error('A bug.').stack).toContain('errors.test');
});
