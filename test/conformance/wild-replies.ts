import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LookupError } from '../../src/domain/errors.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import type { Harness } from './harness.ts';
import { holds, type Json, type Path, pathsOf, replaceAt, valueAt, withRaw } from './json.ts';
import { findBrokenPromises, textsIn } from './promises.ts';
import { readSchema } from './schema.ts';
import type { Session } from './session.ts';
import { findShapeFaults } from './shape.ts';

/** Values of every type. No vendor documents any of them, so that a status made of one is unknown. */
const strays: readonly Json[] = [
  null,
  true,
  false,
  -1,
  1.5,
  101,
  2 ** 31,
  2 ** 53 + 2,
  1e300,
  '',
  ' ',
  '-',
  'constructor',
  '__proto__',
  'NaN',
  '2019-13-45T99:99:99Z',
  '019-01-23T12:35:12Z',
  '{"a":',
  '[{"Index":{}}]',
  '\ud800',
  '\0',
  'x'.repeat(5_000),
  [],
  {},
  [null],
  [[[]]],
  ['stray', 7, null, {}],
  { constructor: 1, length: 3, toString: 'no' },
];

/** Raw numbers that JavaScript cannot hold, and the wrong numbers it makes of them. */
const bigNumbers = [
  ['9007199254740993', '9007199254740992'],
  ['12345678901234567890', '12345678901234567000'],
  ['-9223372036854775809', '-9223372036854776000'],
  ['1e400', 'Infinity'],
] as const;

/** Replies that are JSON but not what the vendor documents. */
export const describeWildReplies = (harness: Harness, session: Session): void => {
  const { provider, extraSdl, full, fullStatus, statusPath } = harness;
  const keyNames = provider.keyFields.map(({ name }) => name);
  const schema = readSchema(extraSdl);

  /** The snapshot of a reply that is damaged at a place, or undefined when it was rightly refused. */
  const askDamaged = async (body: string, path: Path): Promise<Snapshot | undefined> => {
    const snapshot = await session.ask({ body }).catch((error: unknown) => {
      if (error instanceof LookupError) return undefined;
      throw error;
    });
    if (snapshot === undefined) return undefined;
    if (snapshot === null) throw new Error('The provider took a damaged reply for an unknown task.');
    expect(findShapeFaults(schema, provider.typename, keyNames, snapshot)).toEqual([]);
    expect(findBrokenPromises(snapshot)).toEqual([]);
    expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot);
    expect(snapshot.status).toBe(holds(path, statusPath) ? 'UNKNOWN' : fullStatus);
    return snapshot;
  };

  const places = fc.constantFrom(...pathsOf(full, 'all'));
  const leaves = pathsOf(full, 'leaves');

  describe('its wild replies', () => {
    test('the status of the full reply is where the harness says', () => {
      expect(leaves).toContainEqual(statusPath);
    });

    test('survives any leaf replaced by any value of a wrong type or range, and says nothing wrong', async () => {
      for (const path of leaves) {
        for (const stray of strays) await askDamaged(JSON.stringify(replaceAt(full, path, stray)), path);
      }
    });

    test('survives any leaf of a refusal replaced by anything, and still tells that it was refused', async () => {
      const reply = harness.refusal(harness.unheardOfCode, 'No.', 400);
      const document = JSON.parse(reply.body) as Json;
      for (const path of pathsOf(document, 'all')) {
        for (const stray of strays) {
          const body = JSON.stringify(replaceAt(document, path, stray));
          const { code, message, details } = await session.askInVain({ ...reply, body });
          expect(code).toBe('REJECTED');
          const told = [message, details.vendorCode ?? '', details.vendorRequestId ?? ''];
          expect(told.filter((text) => typeof text !== 'string')).toEqual([]);
        }
      }
    });

    test('survives any part replaced by anything, and says nothing wrong', async () => {
      const anything = fc.oneof(
        fc.constantFrom(...strays),
        fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
      );
      await fc.assert(
        fc.asyncProperty(places, anything, async (path, value) => {
          fc.pre(!isDocumented(value));
          await askDamaged(JSON.stringify(replaceAt(full, path, value)), path);
        }),
        { numRuns: 300 },
      );
    });

    test('survives any part missing, and says nothing wrong', async () => {
      for (const path of pathsOf(full, 'all')) {
        await askDamaged(JSON.stringify(replaceAt(full, path, undefined)), path);
      }
    });

    test('never makes another number of one that is too large to be held', async () => {
      for (const path of leaves) {
        for (const [raw, wrong] of bigNumbers) {
          const snapshot = await askDamaged(withRaw(full, path, raw), path);
          expect(textsIn(snapshot ?? null)).not.toContain(wrong);
        }
      }
    });

    test('takes the last of two fields of one name, as JSON parsers do', async () => {
      const alone = await session.askForTask({ body: JSON.stringify(full) });
      const twice = JSON.stringify(full).replaceAll(
        /"([^"\\]+)":(?=[^"]|"[^"])/g,
        (field) => `${field}{},${field}`,
      );
      expect(await session.askForTask({ body: twice })).toStrictEqual(alone);
    });

    test('reads no status and no code from the prototype of an object', async () => {
      const [name = ''] = statusPath.slice(-1);
      const holder = statusPath.slice(0, -1);
      const inner = { ...(valueAt(full, holder) as Record<string, Json>) };
      const { [name]: status = null, ...others } = inner;
      const proto = `"__proto__":${JSON.stringify({ [name]: status })}`;
      const rest = JSON.stringify(others).slice(1, -1);
      const body = withRaw(full, holder, `{${[proto, ...(rest ? [rest] : [])].join(',')}}`);
      const snapshot = await session.askForTask({ body });
      expect([snapshot.status, snapshot.vendorStatus]).toEqual(['UNKNOWN', null]);
    });
  });
};

/** Whether a value is, by chance, a status or a code that a vendor could send in earnest. */
const isDocumented = (value: Json): boolean => {
  if (typeof value === 'string') return /^\s*\d{1,4}\s*$/.test(value);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 10_000;
};
