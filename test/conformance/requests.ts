import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Harness } from './harness.ts';
import type { SeenRequest } from './local-vendor.ts';
import type { Session } from './session.ts';

/** What a provider sends. */
export const describeRequests = (
  { provider, credentials, key, signed, unknownTask }: Harness,
  session: Session,
): void => {
  const freeFields = provider.keyFields.filter(({ oneOf }) => !oneOf).map(({ name }) => name);
  const namesOf = ({ query }: SeenRequest) => [...query.keys()].sort();

  describe('its requests', () => {
    test('asks once, with one GET', async () => {
      const { method } = await session.askAndSee();
      expect(method).toBe('GET');
      expect(session.vendor.requests).toHaveLength(1);
    });

    test('carries any key intact, and no key adds or changes a parameter', async () => {
      const usual = namesOf(await session.askAndSee());
      const hostile = fc.oneof(
        fc.constantFrom(
          'a&TaskId=b',
          'a=b',
          'a\r\nX-Evil: 1',
          '100%',
          '%41',
          'a/b',
          'a:b',
          'a+b c',
          "!'()*~",
          '?#',
          '任务🎬',
          '\0',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      );
      const keys = fc.record(Object.fromEntries(freeFields.map((name) => [name, hostile])));
      await fc.assert(
        fc.asyncProperty(keys, async (values) => {
          await session.ask(unknownTask, { key: { ...key, ...values } });
          const request = session.vendor.requests.at(-1) as SeenRequest;
          expect(namesOf(request)).toEqual(usual);
          expect([...request.query.values()]).toEqual(expect.arrayContaining(Object.values(values)));
          expect(request.headers).not.toHaveProperty('x-evil');
        }),
        { numRuns: 60 },
      );
    });

    test('never sends a secret as it is', async () => {
      const [, ...secrets] = Object.values(credentials);
      const { target, query, headers } = await session.askAndSee();
      const texts = [target, ...query.values(), ...Object.values(headers).map(String)];
      expect(secrets.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([]);
    });

    test.each(Object.keys(credentials))('signs with %s: another one makes another request', async (name) => {
      session.randomHex = (bytes) => '5a'.repeat(bytes);
      const variables = session.variables();
      const askWith = async (value: string) => {
        session.vendor.willSay(unknownTask);
        const { fetchTask } = session.open({ ...variables, [name]: value });
        await fetchTask?.(key, session.call());
        const { target, headers } = session.vendor.requests.at(-1) as SeenRequest;
        return { target, headers };
      };
      const usual = await askWith(variables[name] ?? '');
      expect(await askWith(variables[name] ?? '')).toEqual(usual);
      expect(await askWith('987654321')).not.toEqual(usual);
    });

    if (!signed) return;

    test('signs with the time of its clock, not of the machine', async () => {
      session.now = Date.parse('2031-12-31T23:59:58.999Z');
      expect(signed.time(await session.askAndSee())).toBe(Date.parse('2031-12-31T23:59:58.000Z'));
    });

    test('signs every call anew', async () => {
      const first = await session.askAndSee();
      session.now += 1_000;
      const second = await session.askAndSee();
      expect(signed.time(second) - signed.time(first)).toBe(1_000);
      expect([second.target, second.headers]).not.toEqual([first.target, first.headers]);
    });

    const { nonce } = signed;
    if (!nonce) return;

    test('never uses a nonce twice, even within one instant', async () => {
      const nonces = new Set<unknown>();
      for (let call = 0; call < 20; call += 1) nonces.add(nonce(await session.askAndSee()));
      expect(nonces.size).toBe(20);
      for (const value of nonces) expect(value).toMatch(/^[0-9a-f]{16,}$/);
    });
  });
};
