import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { Harness } from './harness.ts';
import { mergeJson, ok, parse } from './json.ts';
import type { VendorReply } from './local-vendor.ts';
import type { Session } from './session.ts';

/** How a provider reads a vendor's refusal. */
export const describeRefusals = (harness: Harness, session: Session): void => {
  const { errorCodes, refusal, throttled, undocumentedCode, full } = harness;

  /** The problem code for a reply, or the result instead. */
  const meaningOf = async (reply: VendorReply): Promise<unknown> => {
    const outcome = await session.interpret(reply);
    if (outcome === null) return 'TASK_NOT_FOUND';
    return outcome instanceof LookupError ? outcome.code : outcome;
  };

  describe('its refusals', () => {
    test('maps every documented code, with each of its HTTP statuses', async () => {
      const rows = errorCodes.flatMap(([code, means, ...statuses]) =>
        statuses.map((http) => ({ code, http, means })),
      );
      const found = await Promise.all(
        rows.map(async ({ code, http }) => ({
          code,
          http,
          means: await meaningOf(refusal(code, 'No.', http)),
        })),
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(found).toEqual(rows);
    });

    test("keeps the vendor's code, message and request id", async () => {
      for (const [code, means, http = 200] of errorCodes.filter(([, means]) => means !== 'TASK_NOT_FOUND')) {
        const reply = refusal(code, 'The words of the vendor.', http);
        const error = await session.askForError(reply);
        const namesRequest = JSON.stringify(reply).includes('refused-request');
        const vendorRequestId = namesRequest ? 'refused-request' : undefined;
        expect([means, error.message]).toEqual([means, expect.stringContaining('The words of the vendor.')]);
        expect({ vendorRequestId: undefined, ...error.details }).toMatchObject({
          vendorCode: code,
          vendorRequestId,
        });
      }
    });

    test('reads an undocumented code as a refusal, not as an unknown task or a success', async () => {
      for (const code of [undocumentedCode, 'constructor', '__proto__', 'toString']) {
        for (const http of [200, 400]) {
          const error = await session.askForError(refusal(code, 'undocumented.', http));
          expect([error.code, error.details.vendorCode]).toEqual(['REJECTED', code]);
        }
      }
    });

    test('ignores data beside a refusal', async () => {
      for (const http of [200, 400]) {
        const refused = refusal(undocumentedCode, 'No.', http);
        const body = JSON.stringify(mergeJson(full, parse(refused.body)));
        expect(await meaningOf({ ...refused, body })).toBe('REJECTED');
      }
    });

    test('maps an HTTP status that comes without a code of the vendor', async () => {
      const expected = [
        [401, 'ACCESS_DENIED'],
        [403, 'ACCESS_DENIED'],
        // A wrong URL is answered by 404, too.
        [404, 'REJECTED'],
        [429, 'RATE_LIMITED'],
        [500, 'UNAVAILABLE'],
        [503, 'UNAVAILABLE'],
      ] as const;
      for (const [status, means] of expected) {
        const body = `<html><body><h1>${status}</h1>code: 0</body></html>`;
        const error = await session.askForError({ status, headers: { 'content-type': 'text/html' }, body });
        expect([status, error.code, error.details.vendorCode]).toEqual([status, means, undefined]);
        expect(error.message).not.toContain('<');
      }
    });

    test('does not accept an answer with HTTP 500', async () => {
      expect(await meaningOf({ ...ok(full), status: 500 })).toBe('UNAVAILABLE');
    });

    test('is RATE_LIMITED when the vendor throttles, with the time that the vendor asks to wait', async () => {
      const error = await session.askForError(throttled);
      expect([error.code, error.details.retryAfterMs]).toEqual(['RATE_LIMITED', undefined]);
      const delayed = await session.askForError({ ...throttled, headers: { 'retry-after': '7' } });
      expect([delayed.code, delayed.details.retryAfterMs]).toEqual(['RATE_LIMITED', 7_000]);
    });

    test('reads a date in Retry-After by its own clock, not that of the machine', async () => {
      const headers = { 'retry-after': 'Wed, 04 Mar 2026 12:00:30 GMT' };
      expect((await session.askForError({ ...throttled, headers })).details.retryAfterMs).toBe(30_000);
    });

    test('truncates a very long message', async () => {
      const error = await session.askForError(refusal(undocumentedCode, 'blah '.repeat(20_000), 400));
      expect(error.message.length).toBeLessThan(6_000);
    });
  });
};
