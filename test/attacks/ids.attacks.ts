import { describe, expect, it } from '@jest/globals';
import { createEnvironment } from '../../src/app/config.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { Call, Key, Provider, Tools } from '../../src/domain/provider.ts';
import { decodeTaskId, toTaskRef } from '../../src/domain/task-id.ts';
import { providers } from '../../src/providers/index.ts';
import { allCredentials } from '../settings.ts';

/** 100,000 ids made of what could end, add or change a parameter: the vendor sees the key that was asked for, and nothing else. */

const runs = 100_000 / providers.length;

const pieces = [
  ...'&=%+#?/:@;,*~!\'()"<>\\^`{|} .-_aZ09',
  ...[
    '\r\n',
    '\0',
    '&Action=X',
    '%26a%3Db',
    '%2e%2e',
    '..',
    '%00',
    'é',
    '任务',
    '😀',
    '\u202e',
    '\ufeff',
    '\u0301',
  ],
  ...['__proto__', 'constructor', '&TaskId=2', '[]', '$ne', '\u2028', '%u0041', '+', '%C0%AF', '1e308', '00'],
];

/** The same ids in each run (mulberry32). */
const createRandom = (seed: number) => (most: number) => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % most;
};

const tools: Tools = { now: () => 1_767_323_045_678, randomHex: (bytes) => 'af'.repeat(bytes) };

/** What a server reads of a request: the path, each parameter in the order of names, and the names of the headers. */
const readRequest = (url: string, headers: Readonly<Record<string, string>>): string => {
  const { pathname, hash, host, searchParams } = new URL(url);
  searchParams.sort();
  return JSON.stringify([host, pathname, hash, [...searchParams], Object.keys(headers)]);
};

const signatures = new Set(['Signature']);

const askedFor = (provider: Provider) => {
  const fetchTask = provider.open(createEnvironment(allCredentials), tools);
  let seen = '';
  const call: Call = {
    get: async ({ url, headers = {} }) => {
      const cleaned = new URL(url);
      for (const name of signatures) cleaned.searchParams.delete(name);
      if (cleaned.searchParams.toString() === '' || /[\s"<>\\^`{|}]/.test(url)) throw new Error(url);
      seen = readRequest(cleaned.href, headers);
      throw new LookupError('UNAVAILABLE', 'Only asked to see how.');
    },
  };
  return async (key: Key): Promise<string> => {
    seen = '';
    await fetchTask?.(key, call).catch((error: unknown) => {
      if (!(error instanceof LookupError)) throw error;
    });
    return seen;
  };
};

describe.each(providers.map((provider) => [provider.name, provider] as const))('%s', (_, provider) => {
  it('is asked for exactly the key, whatever is in it', async () => {
    const random = createRandom(42);
    const ask = askedFor(provider);
    const toPart = (): string =>
      Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join('');
    const toKey = (part: (name: string) => string): Key =>
      Object.fromEntries(provider.keyFields.map(({ name, oneOf }) => [name, oneOf?.[0] ?? part(name)]));
    // Where the parts of a harmless key stand in its request, those of any other must stand.
    const harmless = await ask(toKey((name) => `harmless-${name}`));
    for (let run = 0; run < runs; run += 1) {
      const key = toKey(toPart);
      const { id, key: canonical } = toTaskRef(provider, key);
      const decoded = decodeTaskId(providers, id).key;
      if (JSON.stringify(decoded) !== JSON.stringify(canonical)) throw new Error(`Not reversible: ${id}`);
      let expected = harmless;
      for (const { name, oneOf } of provider.keyFields) {
        if (!oneOf) expected = expected.replaceAll(`"harmless-${name}"`, () => JSON.stringify(key[name]));
      }
      const seen = await ask(decoded);
      if (seen !== expected) throw new Error(`${id}\nasks ${seen}\nnot  ${expected}`);
    }
    expect(harmless).toContain('harmless-');
  });
});
