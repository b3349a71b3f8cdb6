import { describe, expect, test } from '@jest/globals';
import type { ErrorCode, Harness } from './harness.ts';
import { ok } from './json.ts';
import type { Session } from './session.ts';

/** One row for each code and HTTP status that it comes with. */
const toRows = (codes: readonly ErrorCode[]) =>
  codes.flatMap(([code, means, ...statuses]) => statuses.map((http) => ({ code, http, means })));

/** How a provider tells that the vendor said no. */
export const describeRefusals = (harness: Harness, session: Session): void => {
  const { errorCodes, refusal, throttled, unheardOfCode, full } = harness;
  const rows = toRows(errorCodes);

  describe('its refusals', () => {
    test.each(rows.filter(({ means }) => means !== 'TASK_NOT_FOUND'))(
      'takes the code $code with HTTP $http for $means, and keeps code, words and request id',
      async ({ code, http, means }) => {
        const error = await session.askInVain(refusal(code, 'The words of the vendor.', http));
        expect(error.code).toBe(means);
        expect(error.message).toContain('The words of the vendor.');
        expect(error.details).toMatchObject({ vendorCode: code, vendorRequestId: 'refused-request' });
      },
    );

    const notFound = rows.filter(({ means }) => means === 'TASK_NOT_FOUND');
    if (notFound.length > 0) {
      test.each(notFound)(
        'takes the code $code with HTTP $http for an unknown task',
        async ({ code, http }) => {
          expect(await session.ask(refusal(code, 'There is none.', http))).toBeNull();
        },
      );
    }

    test.each([unheardOfCode, 'constructor', '__proto__', 'toString'])(
      'takes the unheard-of code %s for a refusal of the request, not for an unknown task or a success',
      async (code) => {
        for (const http of [200, 400]) {
          const error = await session.askInVain(refusal(code, 'Unheard of.', http));
          expect([error.code, error.details.vendorCode]).toEqual(['REJECTED', code]);
        }
      },
    );

    test.each([
      [401, 'ACCESS_DENIED'],
      [403, 'ACCESS_DENIED'],
      [404, 'REJECTED'],
      [408, 'UNAVAILABLE'],
      [429, 'RATE_LIMITED'],
      [500, 'UNAVAILABLE'],
      [502, 'UNAVAILABLE'],
      [503, 'UNAVAILABLE'],
    ])('takes HTTP %i with a page of HTML for %s', async (status, means) => {
      const body = `<html><body><h1>${status}</h1>code: 0</body></html>`;
      const error = await session.askInVain({ status, headers: { 'content-type': 'text/html' }, body });
      expect(error.code).toBe(means);
      expect(error.message).not.toContain('<');
      expect(error.details.vendorCode).toBeUndefined();
    });

    test('does not take an answer for one that comes with HTTP 500', async () => {
      const error = await session.askInVain({ ...ok(full), status: 500 });
      expect(error.code).toBe('UNAVAILABLE');
    });

    test('tells that the vendor throttles', async () => {
      const error = await session.askInVain(throttled);
      expect([error.code, error.details.retryAfterMs]).toEqual(['RATE_LIMITED', undefined]);
    });

    test.each([
      ['7', 7_000],
      ['0', 0],
      ['3600', 60_000],
      ['99999999999999999999999999', 60_000],
      ['Wed, 04 Mar 2026 12:00:30 GMT', 30_000],
      ['Wed, 04 Mar 2026 11:00:00 GMT', 0],
      ['Fri, 04 Mar 2033 12:00:00 GMT', 60_000],
    ])('reads Retry-After: %s as %i ms', async (value, ms) => {
      const error = await session.askInVain({ ...throttled, headers: { 'retry-after': value } });
      expect([error.code, error.details.retryAfterMs]).toEqual(['RATE_LIMITED', ms]);
    });

    test.each(['soon', '', '-5', '1.5', '7, 8', 'NaN', 'Infinity'])(
      'takes no time from the unreadable Retry-After: %s',
      async (value) => {
        const error = await session.askInVain({ ...throttled, headers: { 'retry-after': value } });
        expect([error.code, error.details.retryAfterMs]).toEqual(['RATE_LIMITED', undefined]);
      },
    );

    test('cuts an endless explanation short', async () => {
      const error = await session.askInVain(refusal(unheardOfCode, 'blah '.repeat(20_000), 400));
      expect(error.message.length).toBeLessThan(6_000);
    });
  });
};
