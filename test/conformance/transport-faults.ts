import { describe, expect, test } from '@jest/globals';
import type { Harness } from './harness.ts';
import { ok } from './json.ts';
import type { Session } from './session.ts';

/** How a provider reports connection failures and unreadable bodies. */
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

    test('reports HTTP 200 with an unreadable body as a bad response', async () => {
      for (const [what, body] of unreadable) {
        expect([what, (await session.askForError({ body })).code]).toEqual([what, 'BAD_RESPONSE']);
      }
    });

    test('reports a body of more than 2 MB as a bad response', async () => {
      const error = await session.askForError({ body: text + ' '.repeat(2 * 1024 * 1024) });
      expect(error.code).toBe('BAD_RESPONSE');
    });

    test('does not follow a redirect', async () => {
      const headers = { location: `${session.vendor.url}/elsewhere` };
      const error = await session.askForError({ ...ok(full), status: 302, headers });
      expect(error.code).toBe('BAD_RESPONSE');
      expect(session.vendor.requests).toHaveLength(1);
    });

    test('reports an incomplete answer as a bad response or an unreachable vendor', async () => {
      const error = await session.askForError({ body: text, fault: 'cut' });
      expect(['BAD_RESPONSE', 'UNAVAILABLE']).toContain(error.code);
    });

    test('reports an unreachable vendor as unavailable', async () => {
      const { endpoint } = harness;
      const closed = { ...session.variables(), [endpoint.variable]: 'http://127.0.0.1:1' };
      const answer = session.open(closed).fetchTask?.(key, session.call());
      await expect(answer).rejects.toMatchObject({ name: 'LookupError', code: 'UNAVAILABLE' });
    });

    test('fails with TIMEOUT when its signal aborts before the vendor replies', async () => {
      const caller = new AbortController();
      const asked = session.vendor.nextQuestion();
      const failed = session.askForError({ body: '', fault: 'hang' }, { signal: caller.signal });
      await asked;
      caller.abort();
      expect((await failed).code).toBe('TIMEOUT');
    });

    test('fails with TIMEOUT, without a request, when its signal has already aborted', async () => {
      const error = await session.askForError(ok(full), { signal: AbortSignal.abort() });
      expect(error.code).toBe('TIMEOUT');
      expect(session.vendor.requests).toEqual([]);
    });

    test('does not retry', async () => {
      await session.askForError({ status: 503, headers: { 'retry-after': '0' }, body: '' });
      expect(session.vendor.requests).toHaveLength(1);
    });
  });
};
