import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LookupError } from '../../src/domain/errors.ts';
import { anyText } from '../support/any-text.ts';
import type { Harness } from './harness.ts';
import { findKeyFaults, hostileKeys } from './keys.ts';
import type { Session } from './session.ts';

/** What a provider sends. */
export const describeRequests = (
  { provider, credentials, sentInHeader = [], key, signed }: Harness,
  session: Session,
): void => {
  const freeFields = provider.keyFields.filter(({ oneOf }) => !oneOf).map(({ name }) => name);

  describe('its requests', () => {
    test('asks once, with one GET', async () => {
      const { method } = await session.askAndSee();
      expect(method).toBe('GET');
      expect(session.vendor.requests).toHaveLength(1);
    });

    test('sends requests only through its call, and rethrows the error of the call', async () => {
      const error = new LookupError('TIMEOUT', 'The deadline has passed.');
      const { fetchTask } = session.open(session.variables());
      await expect(fetchTask?.(key, { get: () => Promise.reject(error) })).rejects.toBe(error);
      const { request } = await session.attempt(key);
      expect(request?.url.startsWith(`${session.vendor.url}/`)).toBe(true);
      expect(session.vendor.requests).toEqual([]);
    });

    const hostile = anyText({ minLength: 1, maxLength: 60 });
    const hostileValues = fc.record(Object.fromEntries(freeFields.map((name) => [name, hostile])));
    const givenValues = hostileKeys.map((value) =>
      Object.fromEntries(freeFields.map((name) => [name, value])),
    );

    test('carries any key intact, and no key changes the path or adds a parameter', async () => {
      const { request } = await session.attempt(key);
      if (!request) throw new Error('The provider did not ask the vendor.');
      const usual = { request, key };
      const findFaults = async (values: Readonly<Record<string, string>>) => {
        const attempted = { ...key, ...values };
        return findKeyFaults(usual, await session.attempt(attempted), attempted, freeFields);
      };
      for (const values of givenValues) expect([values, await findFaults(values)]).toEqual([values, []]);
      await fc.assert(
        fc.asyncProperty(hostileValues, async (values) => {
          expect(await findFaults(values)).toEqual([]);
        }),
      );
    });

    test('uses a URL that no parser changes, and valid HTTP headers', async () => {
      const findFaults = async (values: Readonly<Record<string, string>>) => {
        const { request } = await session.attempt({ ...key, ...values });
        if (!request) return [];
        const { href, search } = new URL(request.url);
        const headers = Object.values(request.headers ?? {}).join('');
        return [
          ...(href === request.url ? [] : [`${request.url} becomes ${href}`]),
          // Neither `+`, which some servers read as a space, nor characters that only some programs escape.
          ...(/^(\?([\w\-.~&=]|%[0-9A-F]{2})+)?$/.test(search)
            ? []
            : [`the query ${search} can be read in two ways`]),
          ...(/^[\x20-\x7e]*$/.test(headers) ? [] : ['a header has invalid characters']),
        ];
      };
      for (const values of givenValues) expect([values, await findFaults(values)]).toEqual([values, []]);
      await fc.assert(
        fc.asyncProperty(hostileValues, async (values) => {
          expect(await findFaults(values)).toEqual([]);
        }),
      );
    });

    test('sends a secret only in a header, and only where the vendor requires it', async () => {
      const names = Object.keys(credentials);
      // The first of several is the public half, such as the id of an access key.
      const secretNames = names.length > 1 ? names.slice(1) : names;
      const { target, query, headers } = await session.askAndSee();
      const inAddress = [target, ...query.values()];
      const inHeaders = Object.values(headers).map(String);
      const leaked = secretNames.filter((name) => {
        const texts = sentInHeader.includes(name) ? inAddress : [...inAddress, ...inHeaders];
        return texts.some((text) => text.includes(credentials[name] ?? ''));
      });
      expect(leaked).toEqual([]);
    });

    test.each(Object.keys(credentials))('uses %s: another value changes the request', async (name) => {
      session.randomHex = (bytes) => '5a'.repeat(bytes);
      const variables = session.variables();
      const askWith = async (value: string) => {
        const { target, headers } = await session.askAndSeeWith({ ...variables, [name]: value });
        return { target, headers };
      };
      const usual = await askWith(variables[name] ?? '');
      expect(await askWith(variables[name] ?? '')).toEqual(usual);
      expect(await askWith('987654321')).not.toEqual(usual);
    });

    if (!signed) return;

    test('signs with the injected clock, not that of the machine', async () => {
      session.now = Date.parse('2031-12-31T23:59:58.999Z');
      expect(signed.time(await session.askAndSee())).toBe(Date.parse('2031-12-31T23:59:58.000Z'));
    });

    test('signs every call again', async () => {
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
