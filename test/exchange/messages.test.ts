import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../src/domain/answer.ts';
import { LookupError } from '../../src/domain/errors.ts';
import {
  type LeaseRecord,
  readLeaseMessage,
  readRecord,
  toRecordText,
} from '../../src/exchange/lease/record.ts';
import { createMessages } from '../../src/exchange/messages.ts';
import { createSeal, type JsonObject } from '../../src/exchange/seal.ts';
import { createTrust } from './support/trust.ts';

const account = 'vendor-a1';
const seal = createSeal(account, ['ours']);
const leaseSeal = createSeal(account, ['lease']);
const open = (replicaId: string, own = seal) =>
  createMessages({ ...createTrust(), replicaId, seal: own, wantSeal: leaseSeal });
const [other, self] = [open('other'), open('self')];

const subject = { typename: 'Task', id: 'app:ünusual room %20: 1' };
const answer: Answer = { content: { status: 'RUNNING' }, fetchedAt: 9_000, checkedAt: 9_500 };
const text = other.toAnswer(subject, answer, 60_000, 10_000);

/** An answer as it is stored, but for what is wrong with it. */
const toStored = (wrong: JsonObject): string =>
  seal.close({
    kind: 'answer',
    ...subject,
    shape: 1,
    keepMs: 60_000,
    fetchedAgeMs: 1,
    checkedAgeMs: 1,
    content: answer.content,
    ...wrong,
  });

describe('an answer', () => {
  test('is as old when it is read as when it was stored, and as long as it lay there', () => {
    expect(self.readAnswer(text, 777_000, 55_000)?.answer).toEqual({
      content: { status: 'RUNNING' },
      fetchedAt: 777_000 - 1_000 - 5_000,
      checkedAt: 777_000 - 500 - 5_000,
    });
  });

  test('that a vendor has doubted keeps its doubt, and that it knows no task is an answer', () => {
    const doubted = other.toAnswer(subject, { ...answer, contradictedAt: 8_000 }, 60_000, 10_000);
    expect(self.readAnswer(doubted, 0)?.answer).toMatchObject({ contradictedAt: -2_000 });
    expect(self.readAnswer(toStored({ content: null }), 0)?.answer.content).toBeNull();
  });

  test('is no older than any answer can be, whatever its ages say', () => {
    const { fetchedAt, checkedAt } =
      self.readAnswer(toStored({ fetchedAgeMs: 1e15, checkedAgeMs: -1e15, keepMs: 1e15 }), 0)?.answer ?? {};
    expect([fetchedAt, checkedAt]).toEqual([-40 * 24 * 3_600_000, 0]);
  });

  test('is none when nobody knows how old it is: the clock of Redis was put back', () => {
    expect(self.readAnswer(text, 0, 60_001)).toBeUndefined();
  });

  test.each([
    ['it was changed', text.replace('RUNNING', 'QUEUED')],
    [
      'it was sealed with another secret',
      open('x', createSeal(account, ['?'])).toAnswer(subject, answer, 1, 0),
    ],
    ['it is of another account', open('x', createSeal('b2', ['ours'])).toAnswer(subject, answer, 1, 0)],
    ['it is something else that was sealed', seal.close({ kind: 'failure', ...subject })],
    ['its version cannot be read', toStored({ shape: 99 })],
    ['its content is none of its type', toStored({ content: { status: 7 } })],
    ['its age is none', toStored({ fetchedAgeMs: 'x' })],
    ['it is longer than any of ours', toStored({ padding: 'x'.repeat(4_000_000) })],
  ])('is none when %s', (_, stored) => {
    expect(self.readAnswer(stored, 0)).toBeUndefined();
  });
});

describe('a seal', () => {
  test('is opened by whoever has one of its secrets: a rotation that is half done divides nobody', () => {
    const [before, between, after] = [['old', 'shared'], ['new', 'shared'], ['new']].map((secrets) =>
      createSeal(account, secrets),
    );
    const sealed = before?.close({ a: 1 }) ?? '';
    expect(between?.open(sealed)).toEqual({ a: 1 });
    expect(after?.open(sealed)).toBeUndefined();
    expect(after?.open(between?.close({ a: 2 }) ?? '')).toEqual({ a: 2 });
  });

  test('tells nothing of its secrets, and differs from account to account', () => {
    const sealed = createSeal(account, ['ours']).close({ a: 1 });
    expect(sealed).not.toContain('ours');
    expect(sealed).not.toBe(createSeal('vendor-b2', ['ours']).close({ a: 1 }));
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
      other.answerHead + text,
      other.toFailure({ kind: 'failure', subject, error, restMs: 1_000 }),
      other.toRefusals('self', [{ subject, error }]),
    ].map((message) => self.readResult(message, 10_000));
    expect(received).toEqual([
      { kind: 'answer', subject, answer },
      { kind: 'failure', subject, error, restMs: 1_000 },
      { kind: 'refusals', refusals: [{ subject, error }] },
    ]);
    const [, failure] = received;
    expect(failure?.kind === 'failure' && failure.error.details).toMatchObject(error.details);
  });

  test("of this replica's own, and refusals of others' wants, are not read", () => {
    expect(other.readResult(other.answerHead + text, 0)).toBeUndefined();
    expect(self.readResult(other.toRefusals('third', []), 0)).toBeUndefined();
    expect(self.readResult(other.toRefusals('third', []).replace('third', 'self'), 0)).toBeUndefined();
  });

  test('are redacted and bounded when they are received, whoever sent them', () => {
    const error = new LookupError('UNAVAILABLE', `hidden ${'x'.repeat(9_000)}`, {
      vendorCode: 'hidden',
      retryAfterMs: 1e15,
    });
    const failure = { kind: 'failure', subject, error, restMs: 1e15 } as const;
    const received = self.readResult(other.toFailure(failure), 0);
    expect(received).toMatchObject({
      restMs: 60_000,
      error: { details: { vendorCode: '[redacted]', retryAfterMs: 3_600_000 } },
    });
    expect(received?.kind === 'failure' && received.error.message).toMatch(/^\[redacted\] x{300,500}$/);
  });

  test('to the owner carry the trace of the request, so that its call belongs to it', () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const want = { ...subject, patienceMs: 1_000, dueInMs: 0, caller: 'x', trace };
    expect(self.readWants(other.toWants([want]))?.wants).toEqual([want]);
  });

  test('to the owner are bounded as well', () => {
    const want = [{ ...subject, patienceMs: 1e12, dueInMs: -5, knownAgeMs: 1e300, caller: 'x' }];
    expect(self.readWants(other.toWants(want))).toEqual({
      from: 'other',
      wants: [{ ...subject, patienceMs: 120_000, dueInMs: 0, knownAgeMs: 40 * 24 * 3_600_000, caller: 'x' }],
    });
  });
});

describe('the record of a lease', () => {
  const record: LeaseRecord = {
    owner: 'somebody',
    term: 7,
    counter: 3,
    state: {
      shape: 1,
      fingerprint: 'f',
      sealIds: ['s'],
      isListening: true,
      replicas: 2,
      undiscovered: 0,
      members: [],
      denials: [],
      status: {
        breaker: 'OPEN',
        renewalBacklogMs: 100,
        backlogMs: 300,
        backlog: 3,
        callsInLastSecond: 2,
        lastSuccessAgeMs: 4_000,
      },
    },
  };
  const written = toRecordText(record, leaseSeal);

  test('is read as it was written', () => {
    expect(readRecord(written, leaseSeal)).toEqual(record);
  });

  test.each([
    ['says another term than was sealed', written.replace(' 7 ', ' 999999999999999 ')],
    ['says another owner than was sealed', written.replace('somebody', 'attacker')],
    ['was made by somebody else', toRecordText(record, createSeal(account, ['guessed']))],
    ['says a term that cannot be', toRecordText({ ...record, term: 999_999_999_999_999 }, leaseSeal)],
  ])('is none when it %s', (_, forged) => {
    expect(readRecord(forged, leaseSeal)).toBeUndefined();
  });
});

test('whatever is not ours is nothing, and harms nobody', () => {
  const kinds = fc.constantFrom(
    'lease a 1 1',
    'lease - 1 1',
    'answer x',
    'failure x',
    'refusals self',
    'ask x',
    'owner-known x',
    'wants x',
    'heartbeat x',
    'error',
    '',
  );
  const sealed = fc.tuple(kinds, fc.jsonValue()).map(([kind, value]) => {
    const fields = typeof value === 'object' && value !== null ? value : { value };
    return seal.close({ ...fields, kind: kind.split(' ')[0] });
  });
  fc.assert(
    fc.property(kinds, fc.oneof(fc.string(), fc.json(), sealed), (kind, rest) => {
      const message = `${kind} ${rest}`;
      self.readResult(message, 0);
      self.readWants(message);
      readRecord(message, seal);
      readLeaseMessage(message, 'self', seal);
      expect(self.readAnswer(rest, 0)).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});
