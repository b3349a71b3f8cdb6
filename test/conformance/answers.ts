import { describe, expect, test } from '@jest/globals';
import { findContradictions } from './contradictions.ts';
import type { Harness } from './harness.ts';
import { type Json, ok, pathsOf, replaceAt, valueAt } from './json.ts';
import { readSchema } from './schema.ts';
import type { Session } from './session.ts';
import { createShapeCheck } from './shape.ts';

const undocumentedWords = ['CONFUSED', '99', 'constructor', '__proto__', 'toString', 'hasOwnProperty'];

/** How a provider reads a vendor's success. */
export const describeAnswers = (harness: Harness, session: Session): void => {
  const {
    provider,
    extraSdl,
    documentedFields,
    full,
    fullStatus,
    minimal,
    statuses,
    withStatus,
    taskIdPath,
    unknownTask,
  } = harness;
  const keyNames = provider.keyFields.map(({ name }) => name);
  const schema = readSchema(extraSdl);
  const findFaults = createShapeCheck(schema, provider.typename, keyNames);

  describe('its answers', () => {
    test('reads a full reply into exactly the fields of its type', async () => {
      const snapshot = await session.askForTask(ok(full));
      expect(findFaults(snapshot)).toEqual([]);
      expect(findContradictions(snapshot)).toEqual([]);
      expect(snapshot.status).toBe(fullStatus);
    });

    test('finds in a full reply what the vendor documents, but for a failure, which it has none of', async () => {
      const snapshot: object = await session.askForTask(ok(full));
      const isEmpty = (value: unknown) =>
        value === null || value === '' || (Array.isArray(value) && !value[0]);
      // The field of the longest name: `Tencent.RequestId` is not `RequestId`.
      const longestFirst = documentedFields.toSorted((one, other) => other.field.length - one.field.length);
      const filled = pathsOf(full, 'all')
        .filter((path) => !isEmpty(valueAt(full, path)))
        .map((path) => `.${path.filter((step) => typeof step === 'string').join('.')}`)
        .map((path) => longestFirst.find(({ field }) => path.endsWith(`.${field}`)));
      const missed = documentedFields
        .filter((documented) => filled.includes(documented))
        .flatMap(({ field, coordinates }) =>
          coordinates
            .map((coordinate) => coordinate.split('.'))
            .filter(([type, name]) => type === provider.typename && name !== 'failure')
            .filter(([, name = '']) => isEmpty(snapshot[name as keyof typeof snapshot]))
            .map(([, name]) => `${field} is in the reply, and ${name} is empty`),
        );
      expect(missed).toEqual([]);
    });

    test('reads a minimal success into the same fields, without inventing values', async () => {
      const snapshot = await session.askForTask(ok(minimal));
      expect(findFaults(snapshot)).toEqual([]);
      expect(findContradictions(snapshot)).toEqual([]);
      expect([snapshot.createdAt, snapshot.startedAt, snapshot.finishedAt]).toEqual([null, null, null]);
      expect([snapshot.progress, snapshot.failure]).toEqual([null, null]);
    });

    test('returns a value that survives JSON and structuredClone', async () => {
      for (const body of [full, minimal]) {
        const snapshot = await session.askForTask(ok(body));
        expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot);
        expect(structuredClone(snapshot)).toStrictEqual(snapshot);
      }
    });

    test('returns the same when the reply has another order and unknown fields', async () => {
      const snapshot = await session.askForTask(ok(full));
      const shuffled = JSON.stringify(reverseAndPad(full));
      expect(await session.askForTask({ body: shuffled })).toStrictEqual(snapshot);
    });

    test('reads every documented status, any other as UNKNOWN, and keeps it verbatim', async () => {
      const unknown = undocumentedWords.map((word) => [word, 'UNKNOWN'] as const);
      for (const [word, status] of [...Object.entries(statuses), ...unknown]) {
        const snapshot = await session.interpretTask(ok(withStatus(word)));
        expect([snapshot.status, snapshot.vendorStatus]).toEqual([status, word]);
        expect([word, findFaults(snapshot)]).toEqual([word, []]);
      }
    });

    test('gives a failure only for a task that failed, at least in part, and outputs only where something succeeded', async () => {
      for (const word of [...Object.keys(statuses), ...undocumentedWords]) {
        const snapshot = await session.interpretTask(ok(withStatus(word)));
        expect([word, findContradictions(snapshot)]).toEqual([word, []]);
      }
    });

    test('returns null for a task that the vendor does not know', async () => {
      expect(await session.ask(unknownTask).catch((error: unknown) => error)).toBeNull();
    });

    if (taskIdPath === undefined) return;

    test('refuses an answer about another task than the one asked for', async () => {
      const error = await session.askForError(ok(replaceAt(full, taskIdPath, 'another-task')));
      expect(error.code).toBe('BAD_RESPONSE');
      expect(error.message).toMatch(/another task/);
    });
  });
};

/** The same document with the fields of every object in reverse, and one more that no vendor has. */
const reverseAndPad = (document: Json): Json => {
  if (Array.isArray(document)) return document.map(reverseAndPad);
  if (typeof document !== 'object' || document === null) return document;
  const entries = Object.entries(document).map(([name, value]) => [name, reverseAndPad(value as Json)]);
  return Object.fromEntries([['Undocumented', { of: [1] }], ...entries.reverse()]) as Json;
};
