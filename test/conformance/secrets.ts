import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../src/app/redact.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { Harness } from './harness.ts';
import type { SeenRequest, VendorReply } from './local-vendor.ts';
import type { Session } from './session.ts';

/** The values in a request that would let a reader send it, or another one, again. */
const signaturesOf = ({ query, headers }: SeenRequest): string[] => {
  const authorization = headers.authorization ?? '';
  const parts = [
    /Signature=(\S+)/.exec(authorization)?.[1],
    /^(?:Basic|Bearer) (\S+)/.exec(authorization)?.[1],
  ];
  return [query.get('Signature'), authorization, ...parts].filter((part): part is string => !!part);
};

/** A refused request's URL and headers, as some gateways repeat them. */
const repeat = ({ target, headers }: SeenRequest): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return `GET ${target} ${decodeURIComponent(target)} ${lines.join(' ')} ${JSON.stringify(headers)}`;
};

/** No error contains a secret, or a value that would let a reader send the request again. */
export const describeSecrets = (harness: Harness, session: Session): void => {
  const { credentials, notSecret = [], endpoint, key, refusal, undocumentedCode, throttled } = harness;
  const secrets = Object.entries(credentials)
    .filter(([name]) => !notSecret.includes(name))
    .map(([, value]) => value);

  const failures: readonly [string, VendorReply][] = [
    ['an HTTP error', { status: 500, body: 'no' }],
    ['garbage', { body: '{{{' }],
    ['a refusal', refusal(undocumentedCode, 'No.', 400)],
    ['throttling', throttled],
    ['too large a body', { body: ' '.repeat(2 * 1024 * 1024 + 1) }],
    ['an answer cut off', { body: '{"a": 1}', fault: 'cut' }],
    ['a redirect', { status: 307, headers: { location: 'https://elsewhere.example/' }, body: '' }],
  ];

  const expectNoSecrets = (error: Error, request: SeenRequest | undefined) => {
    const text = `${error.message}\n${error.stack}\n${inspect(error, { depth: null, showHidden: true })}`;
    const hidden = [...secrets, ...(request ? signaturesOf(request) : [])];
    expect(hidden.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/https?:|[?&]\w+=/);
    expect(error.cause).toBeUndefined();
  };

  describe('its secrets', () => {
    test.each(failures)('are not in the error for %s', async (_what, reply) => {
      const error = await session.askForError(reply);
      expectNoSecrets(error, session.vendor.requests.at(-1));
    });

    test('are not in the error for a vendor that does not reply', async () => {
      const caller = new AbortController();
      const asked = session.vendor.nextQuestion();
      const failed = session.askForError({ body: '', fault: 'hang' }, { signal: caller.signal });
      await asked;
      caller.abort();
      expectNoSecrets(await failed, session.vendor.requests.at(-1));
    });

    test('are not in the error for a vendor that cannot be reached', async () => {
      const closed = { ...session.variables(), [endpoint.variable]: 'http://127.0.0.1:1' };
      const { fetchTask } = session.open(closed);
      const error = await fetchTask?.(key, session.call()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LookupError);
      expectNoSecrets(error as LookupError, undefined);
    });

    test('are redacted from the message of a vendor that repeats the request', async () => {
      const { environment } = session.open(session.variables());
      const redact = createRedactor(environment.handedOut);
      const request = await session.askAndSee();
      const text = redact(repeat(request));
      const hidden = [...secrets, ...signaturesOf(request)];
      expect(hidden.filter((secret) => text.includes(secret))).toEqual([]);
    });
  });
};
