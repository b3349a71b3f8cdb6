import { describe, expect, test } from '@jest/globals';
import type { Harness } from './harness.ts';
import { ok } from './json.ts';
import type { Session } from './session.ts';

/** What a provider makes of connections and bodies that are no answer at all. */
export const describeTransportFaults = (harness: Harness, session: Session): void => {
  const { full, key } = harness;
  const text = JSON.stringify(full);

  describe('its transport faults', () => {
    const unreadable: readonly (readonly [string, string])[] = [
      ['nothing', ''],
      ['blanks', ' \r\n'],
      ['garbage', '\u0000\u0001\ufffd{{'],
      ['a page of HTML', '<!doctype html><title>Welcome</title>'],
      ['XML', '<?xml version="1.0"?><Response><Code>0</Code></Response>'],
      ['null', 'null'],
      ['a number', '0'],
      ['a text', '"success"'],
      ['a list', `[${text}]`],
      ['an empty object', '{}'],
      ['half of the JSON', text.slice(0, text.length >> 1)],
      ['JSON without its last brace', text.slice(0, -1)],
      ['JSON and something after it', `${text}!`],
      ['lists in lists, 200,000 deep', '['.repeat(200_000) + ']'.repeat(200_000)],
      ['objects in objects, 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ];

    test('takes HTTP 200 with a body that is no answer for a bad response', async () => {
      for (const [what, body] of unreadable) {
        expect([what, (await session.askForError({ body })).code]).toEqual([what, 'BAD_RESPONSE']);
      }
    });

    test('takes a body of more than 2 MB for a bad response', async () => {
      const error = await session.askForError({ body: text + ' '.repeat(2 * 1024 * 1024) });
      expect(error.code).toBe('BAD_RESPONSE');
    });

    test('does not follow a redirect', async () => {
      const headers = { location: `${session.vendor.url}/elsewhere` };
      const error = await session.askForError({ ...ok(full), status: 302, headers });
      expect(error.code).toBe('BAD_RESPONSE');
      expect(session.vendor.requests).toHaveLength(1);
    });

    test('takes an answer that breaks off for no answer', async () => {
      const error = await session.askForError({ body: text, fault: 'cut' });
      expect(['BAD_RESPONSE', 'UNAVAILABLE']).toContain(error.code);
    });

    test('takes a vendor that cannot be reached for unavailable', async () => {
      const { endpoint } = harness;
      const closed = { ...session.variables(), [endpoint.variable]: 'http://127.0.0.1:1' };
      const answer = session.open(closed).fetchTask?.(key, session.call());
      await expect(answer).rejects.toMatchObject({ name: 'LookupError', code: 'UNAVAILABLE' });
    });

    test('gives up with TIMEOUT when its signal aborts while the vendor is silent', async () => {
      const caller = new AbortController();
      const asked = session.vendor.nextQuestion();
      const failed = session.askForError({ body: '', fault: 'hang' }, { signal: caller.signal });
      await asked;
      caller.abort();
      expect((await failed).code).toBe('TIMEOUT');
    });

    test('gives up with TIMEOUT, and asks nobody, when its signal has already aborted', async () => {
      const error = await session.askForError(ok(full), { signal: AbortSignal.abort() });
      expect(error.code).toBe('TIMEOUT');
      expect(session.vendor.requests).toEqual([]);
    });

    test('asks once and leaves trying again to others', async () => {
      await session.askForError({ status: 503, headers: { 'retry-after': '0' }, body: '' });
      expect(session.vendor.requests).toHaveLength(1);
    });
  });
};
