import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LookupError } from '../../src/domain/errors.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import type { MediaTaskProblemCode } from '../../src/generated/model.ts';
import { findContradictions, textsIn } from './contradictions.ts';
import type { Harness } from './harness.ts';
import { holds, type Json, type Path, parse, pathsOf, replaceAt, withoutSiblings, withRaw } from './json.ts';
import { readSchema } from './schema.ts';
import type { Session } from './session.ts';
import { createShapeCheck } from './shape.ts';

/** Values of every type. No vendor documents any of them, so as a status they are unknown. */
const wrongValues: readonly Json[] = [
  null,
  true,
  -1,
  1.5,
  101,
  2 ** 31,
  2 ** 53 + 2,
  '',
  '-',
  'constructor',
  '__proto__',
  '2019-13-45T99:99:99Z',
  '{"a":',
  '[{"Index":{}}]',
  '\ud800\0',
  'x'.repeat(1_000),
  [],
  {},
  [null, [[]]],
  ['odd', 7, null, {}],
  { constructor: 1, length: 3, toString: 'no' },
];

/** Raw numbers that JavaScript cannot represent, and the wrong numbers that it reads instead. */
const bigNumbers = [
  ['9007199254740993', '9007199254740992'],
  ['12345678901234567890', '12345678901234567000'],
  ['-9223372036854775809', '-9223372036854776000'],
  ['1e400', 'Infinity'],
] as const;

/** The codes with which an answer that is damaged at this path may be refused. None where the field is optional. */
const allowedCodes = ({ statusPath, taskIdPath, codePath }: Harness, path: Path): MediaTaskProblemCode[] => {
  const holdsTask = path.length < statusPath.length && holds(path, statusPath);
  const holdsTaskId = taskIdPath !== undefined && holds(path, taskIdPath);
  const holdsCode = codePath !== undefined && holds(path, codePath);
  return [
    ...(holdsTask || holdsTaskId || holdsCode ? (['BAD_RESPONSE'] as const) : []),
    ...(holdsCode ? (['REJECTED'] as const) : []),
  ];
};

/** Replies that are JSON but not what the vendor documents. They are read without HTTP, which does not matter for them. */
export const describeMalformedReplies = (harness: Harness, session: Session): void => {
  const { provider, extraSdl, full, fullStatus, statusPath } = harness;
  const keyNames = provider.keyFields.map(({ name }) => name);
  const findShapeFaults = createShapeCheck(readSchema(extraSdl), provider.typename, keyNames);

  /** The faults in the result for a success that is damaged at a path. */
  const findFaults = (outcome: Snapshot | null | LookupError, path: Path): string[] => {
    if (outcome === null) return ['took it for an unknown task'];
    if (outcome instanceof LookupError) {
      return allowedCodes(harness, path).includes(outcome.code) ? [] : [`refused it: ${outcome.code}`];
    }
    const status = holds(path, statusPath) ? 'UNKNOWN' : fullStatus;
    return [
      ...findShapeFaults(outcome),
      ...findContradictions(outcome),
      ...(outcome.status === status ? [] : [`the status is ${outcome.status}, not ${status}`]),
    ];
  };

  const expectSound = async (body: string, path: Path): Promise<Snapshot | undefined> => {
    const outcome = await session.interpret({ body });
    const faults = findFaults(outcome, path);
    if (faults.length > 0) expect({ path, body, faults }).toEqual({ path, body, faults: [] });
    return outcome instanceof LookupError ? undefined : (outcome ?? undefined);
  };

  const places = fc.constantFrom(...pathsOf(full, 'all'));
  const leaves = withoutSiblings(pathsOf(full, 'leaves'));

  describe('its malformed replies', () => {
    test('status, task id and code of the full reply are at the paths of the harness', () => {
      const { taskIdPath = statusPath, codePath = statusPath } = harness;
      for (const path of [statusPath, taskIdPath, codePath]) expect(leaves).toContainEqual(path);
    });

    test('reads the rest when a leaf is of a wrong type or range, and refuses only if a required one is', async () => {
      for (const path of leaves) {
        for (const value of wrongValues)
          await expectSound(JSON.stringify(replaceAt(full, path, value)), path);
      }
    });

    test('reads a damaged refusal as a refusal', async () => {
      for (const http of [200, 400]) {
        const reply = harness.refusal(harness.undocumentedCode, 'No.', http);
        const allowed = http === 400 ? ['REJECTED'] : ['REJECTED', 'BAD_RESPONSE'];
        const document = parse(reply.body);
        for (const path of pathsOf(document, 'all')) {
          for (const value of wrongValues) {
            const body = JSON.stringify(replaceAt(document, path, value));
            const outcome = await session.interpret({ ...reply, body });
            if (!(outcome instanceof LookupError)) throw new Error(`It took ${body} for an answer.`);
            const { code, message, details } = outcome;
            const texts: unknown[] = [message, details.vendorCode ?? '', details.vendorRequestId ?? ''];
            if (!allowed.includes(code) || texts.some((text) => typeof text !== 'string'))
              throw new Error(`It took ${body} for ${code}: ${JSON.stringify(texts)}`);
          }
        }
      }
    });

    test('returns no contradiction, whatever value is replaced', async () => {
      const anything = fc.oneof(
        fc.constantFrom(...wrongValues),
        fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
      );
      await fc.assert(
        fc.asyncProperty(places, anything, async (path, value) => {
          fc.pre(!isDocumented(value));
          await expectSound(JSON.stringify(replaceAt(full, path, value)), path);
        }),
        { numRuns: 150 },
      );
    });

    test('returns no contradiction when any value is missing', async () => {
      for (const path of pathsOf(full, 'all')) {
        await expectSound(JSON.stringify(replaceAt(full, path, undefined)), path);
      }
    });

    test('never changes a number that is too large to be represented', async () => {
      for (const path of leaves) {
        for (const [raw, wrong] of bigNumbers) {
          const snapshot = await expectSound(withRaw(full, path, raw), path);
          expect(textsIn(snapshot ?? null)).not.toContain(wrong);
        }
      }
    });

    test('reads the last of two fields with one name, as JSON parsers do', async () => {
      const alone = await session.interpretTask({ body: JSON.stringify(full) });
      const twice = JSON.stringify(full).replaceAll(
        /"([^"\\]+)":(?=[^"]|"[^"])/g,
        (field) => `${field}{},${field}`,
      );
      expect(await session.interpretTask({ body: twice })).toStrictEqual(alone);
    });
  });
};

/** Whether a value happens to be a valid status or code of the vendor. */
const isDocumented = (value: Json): boolean => {
  if (typeof value === 'string') return /^\s*\d{1,4}\s*$/.test(value);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 10_000;
};
