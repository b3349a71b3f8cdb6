import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LookupError } from '../../src/domain/errors.ts';
import { isFinalStatus, type Task } from '../../src/domain/task.ts';
import type { MediaTaskStatus } from '../../src/generated/model.ts';
import { failureOf, refOf, snapshotOf, statuses } from './builders.ts';
import { openLookup, type Saying } from './fake-vendor.ts';

/** What the vendor has said of one task, and when: the model works from nothing else. */
interface Said {
  readonly at: number;
  readonly saying: Saying;
}

const minute = 60_000;
const graceMs = 5 * minute;

/** How long an answer is good for, by the table of issue 3; a failure is left alone for its backoff. */
const windowMs = (saying: Saying): number => {
  if (saying === null) return 10_000;
  if (saying instanceof Error) return (saying as LookupError).details.retryAfterMs ?? 1_000;
  if (saying.status === 'QUEUED') return 5_000;
  return isFinalStatus(saying.status) ? 10 * minute : 2_000;
};

/** The last answer to be believed, by the words of issue 3: final stays final unless taken back twice, a minute apart. */
const toBelieved = (said: readonly Said[]): Said | undefined => {
  let believed: Said | undefined;
  let takenBackAt: number | undefined;
  for (const news of said) {
    if (news.saying instanceof Error) continue;
    const isNews = news.saying !== null && isFinalStatus(news.saying.status);
    const wasFinal =
      believed?.saying && !(believed.saying instanceof Error) && isFinalStatus(believed.saying.status);
    if (!wasFinal || isNews) {
      believed = news;
      takenBackAt = undefined;
    } else if (news.saying !== null) {
      takenBackAt ??= news.at;
      if (news.at - takenBackAt >= minute) {
        believed = news;
        takenBackAt = undefined;
      }
    }
  }
  return believed;
};

const isTakenBack = (said: readonly Said[]): boolean => {
  const last = said.findLast(({ saying }) => !(saying instanceof Error))?.saying;
  return last !== undefined && last !== null && last !== toBelieved(said)?.saying;
};

const checkAnswer = (task: Task, said: readonly Said[], now: number): void => {
  const believed = toBelieved(said);
  if (task.problem) {
    expect({ status: task.status, fetchedAt: task.fetchedAt }).toEqual({});
    const failed = said.at(-1)?.saying;
    expect(failed === null || failed instanceof Error || believed?.saying === null).toBe(true);
    return;
  }
  const fetchedAt = Date.parse(task.fetchedAt ?? '');
  const snapshot = believed?.saying instanceof Error ? null : believed?.saying;
  expect({ at: fetchedAt, status: task.status }).toEqual({
    at: believed?.at,
    status: snapshot?.status,
  });
  if (!isFinalStatus(task.status ?? null)) expect(now - fetchedAt).toBeLessThan(graceMs);
};

const checkCalls = (calls: readonly { at: number }[], said: readonly Said[]): void => {
  for (const [index, { at }] of calls.entries()) {
    const before = said.slice(0, index);
    const last = before.at(-1);
    if (!last) continue;
    const isDoubted = !(last.saying instanceof Error) && isTakenBack(before);
    const freshMs = isDoubted ? 2_000 : windowMs(last.saying);
    expect(at - last.at).toBeGreaterThanOrEqual(freshMs);
  }
};

type Action =
  | { readonly what: 'ask'; readonly task: number }
  | { readonly what: 'advance'; readonly ms: number }
  | { readonly what: 'says'; readonly saying: Saying };

const anyTime = fc.oneof(
  // Around the ends of freshness, backoff, doubt and grace.
  fc.constantFrom(1_000, 2_000, 10_000, 29_999, 59_999, 60_000, 285_000, 295_000, 300_000),
  fc.integer({ min: 1, max: 3_000 }),
  fc.integer({ min: 1, max: 70_000 }),
  fc.integer({ min: 1, max: 11 * minute }),
);
const anySaying: fc.Arbitrary<Saying> = fc.oneof(
  fc.constantFrom<MediaTaskStatus>(...statuses).map((status) => snapshotOf(status)),
  fc.constant(null),
  fc.constantFrom(
    failureOf('UNAVAILABLE'),
    failureOf('TIMEOUT'),
    failureOf('BAD_RESPONSE'),
    failureOf('RATE_LIMITED', { retryAfterMs: 30_000 }),
  ),
);
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('ask' as const), task: fc.integer({ min: 0, max: 1 }) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('advance' as const), ms: anyTime }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('says' as const), saying: anySaying }) },
);

/** Lives through the actions, and checks each answer and each call against the model. */
const live = async (actions: readonly Action[], latencyMs: number): Promise<void> => {
  const { clock, vendor, lookup } = openLookup();
  const said = new Map<string, Said[]>();
  const { ask } = vendor.account;
  vendor.latencyMs = latencyMs;
  const saidOf = (id: string): Said[] => said.get(id) ?? said.set(id, []).get(id) ?? [];
  Object.assign(vendor.account, {
    ask: (...question: Parameters<typeof ask>) => {
      const note = (saying: Saying) => saidOf(question[0].id).push({ at: clock.now(), saying });
      return ask(...question).then(
        (snapshot) => {
          note(snapshot);
          return snapshot;
        },
        (error: Error) => {
          note(error);
          throw error;
        },
      );
    },
  });
  for (const action of actions) {
    if (action.what === 'says') vendor.says = action.saying;
    else if (action.what === 'advance') await clock.advance(action.ms);
    else {
      const ref = refOf(`task-${action.task}`);
      await clock.settle();
      const answer = lookup.find(ref);
      if (!(answer instanceof Promise)) checkAnswer(answer, saidOf(ref.id), clock.now());
      else {
        await clock.advance(latencyMs);
        checkAnswer(await answer, saidOf(ref.id), clock.now());
      }
    }
  }
  await clock.advance(latencyMs);
  for (const [id, words] of said)
    checkCalls(
      vendor.calls.filter((call) => call.id === id),
      words,
    );
};

describe('Whatever happens', () => {
  test('answers are the last to be believed and within their grace, and calls as few as the table allows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAction, { minLength: 5, maxLength: 60, size: 'max' }),
        fc.constantFrom(0, 50, 1_500),
        live,
      ),
      { numRuns: 400 },
    );
  });

  test('once the vendor fails for good, its last answer is gone with its grace', async () => {
    const ask: Action = { what: 'ask', task: 0 };
    const anyWait = fc.integer({ min: 1, max: 40_000 }).map((ms): Action => ({ what: 'advance', ms }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyWait, { minLength: 20, maxLength: 40 }),
        fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
        (waits, retryAfterMs) => {
          const outage: Action = { what: 'says', saying: failureOf('UNAVAILABLE', { retryAfterMs }) };
          return live([ask, outage, ...waits.flatMap((wait) => [wait, ask])], 0);
        },
      ),
    );
  });
});
