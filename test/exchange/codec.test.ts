import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../src/domain/answer.ts';
import { LookupError } from '../../src/domain/errors.ts';
import { readAnswer, toAnswerText, toSealed } from '../../src/exchange/codec.ts';
import { readRecord } from '../../src/exchange/lease/lease-record.ts';
import { readMessageToOwner, toWantsMessage } from '../../src/exchange/messages-to-owner.ts';
import {
  readMessageToReplicas,
  toAnswerMessage,
  toFailureMessage,
  toRefusalsMessage,
} from '../../src/exchange/messages-to-replicas.ts';

const subject = { typename: 'Task', id: 'app:ünusual room %20: 1' };
const answer: Answer = { content: { status: 'RUNNING' }, fetchedAt: 9_000, checkedAt: 9_500 };

describe('an answer', () => {
  test('is as old when it is read as when it was stored, and as long as it lay there', () => {
    const text = toAnswerText(answer, 60_000, 10_000);
    expect(readAnswer(text, 777_000, 55_000)).toEqual({
      content: { status: 'RUNNING' },
      fetchedAt: 777_000 - 1_000 - 5_000,
      checkedAt: 777_000 - 500 - 5_000,
    });
  });

  test('that a vendor has doubted keeps its doubt', () => {
    const text = toAnswerText({ ...answer, contradictedAt: 8_000 }, 60_000, 10_000);
    expect(readAnswer(text, 0)).toMatchObject({ contradictedAt: -2_000 });
  });

  test('that the vendor knows no task is an answer', () => {
    expect(readAnswer(toAnswerText({ ...answer, content: null }, 1, 10_000), 0)?.content).toBeNull();
  });

  test('is none when nobody knows how old it is: the clock of Redis was put back', () => {
    expect(readAnswer(toAnswerText(answer, 60_000, 10_000), 0, 60_001)).toBeUndefined();
  });

  test.each([
    ['its seal is broken', toAnswerText(answer, 60_000, 0).replace('RUNNING', 'QUEUED')],
    [
      'its version cannot be read',
      toSealed({ shape: 99, keepMs: 1, fetchedAgeMs: 1, checkedAgeMs: 1, content: null }),
    ],
    [
      'its status is none',
      toSealed({ shape: 1, keepMs: 1, fetchedAgeMs: 1, checkedAgeMs: 1, content: { status: 'x' } }),
    ],
    ['its age is none', toSealed({ shape: 1, keepMs: 1, fetchedAgeMs: 'x', checkedAgeMs: 1, content: null })],
    [
      'its outputs are none',
      toSealed({
        shape: 1,
        keepMs: 1,
        fetchedAgeMs: 1,
        checkedAgeMs: 1,
        content: { status: null, outputs: [1] },
      }),
    ],
  ])('is none when %s', (_, text) => {
    expect(readAnswer(text, 0)).toBeUndefined();
  });
});

describe('messages to replicas', () => {
  const reasons = ['own-quota', 'vendor-pause', 'circuit-open', 'partitioned', 'wrong-credentials'] as const;

  test.each(reasons)('carry answers, failures and refusals whole, %s included', (kind) => {
    const error = new LookupError('RATE_LIMITED', 'Too many.', {
      retryAfterMs: 300,
      vendorCode: 'Throttling',
      reason: { kind },
    });
    const received = [
      toAnswerMessage('other', subject, toAnswerText(answer, 60_000, 10_000)),
      toFailureMessage('other', subject, error, 1_000),
      toRefusalsMessage('self', [{ subject, error }]),
    ].map((text) => readMessageToReplicas(text, 'self', 10_000));
    expect(received).toEqual([
      { kind: 'answer', subject, answer },
      { kind: 'failure', subject, error, restMs: 1_000 },
      { kind: 'refusals', replica: 'self', refusals: [{ subject, error }] },
    ]);
    const [, failure] = received;
    expect(failure?.kind === 'failure' && failure.error.details).toEqual(error.details);
  });

  test("of this replica's own, and refusals of others' wants, are not read", () => {
    expect(
      readMessageToReplicas(toAnswerMessage('self', subject, toAnswerText(answer, 1, 0)), 'self', 0),
    ).toBeUndefined();
    expect(readMessageToReplicas(toRefusalsMessage('other', []), 'self', 0)).toBeUndefined();
  });

  test('clamp what somebody else made up', () => {
    const want = [{ ...subject, patienceMs: 1e12, dueInMs: -5, knownAgeMs: 1e300, caller: 'x' }];
    const message = readMessageToOwner(toWantsMessage('other', want));
    expect(message?.kind === 'wants' && message.wants).toEqual([
      { ...subject, patienceMs: 120_000, dueInMs: 0, knownAgeMs: 40 * 24 * 3_600_000, caller: 'x' },
    ]);
  });
});

test('whatever is not ours is nothing, and harms nobody', () => {
  const kinds = fc.constantFrom(
    'lease a 1 1',
    'lease - 1 1',
    'answer x Task a',
    'failure x T %',
    'refusals self',
    'ask',
    'owner-known',
    'wants',
    'heartbeat',
    'error',
    '',
  );
  const rest = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((text) => toSealed(text)),
    fc.jsonValue().map(toSealed),
  );
  fc.assert(
    fc.property(kinds, rest, (kind, text) => {
      const message = `${kind} ${text}`;
      readMessageToReplicas(message, 'self', 0);
      readMessageToOwner(message);
      readRecord(message);
      expect(readAnswer(text, 0)).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});
