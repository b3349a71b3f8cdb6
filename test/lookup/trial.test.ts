import { describe, expect, jest, test } from '@jest/globals';
import { createTrial, type Trials } from '../../src/lookup/trial.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { failureOf } from './builders.ts';

/** Calls that the vendor answers when the test says so. */
const open = (take?: Trials['take']) => {
  const distrust = jest.fn();
  const clock = createFakeClock();
  const trial = createTrial(clock, take && { take, distrust });
  const calls: PromiseWithResolvers<string>[] = [];
  /** Asks until the call was let through, as the account does with each new slot. */
  const ask = async (): Promise<unknown> => {
    const deadline = clock.now() + 5_000;
    const call = () => {
      const call = Promise.withResolvers<string>();
      calls.push(call);
      return call.promise;
    };
    try {
      for (;;) {
        const outcome = await trial.run(call, deadline);
        if (outcome) return outcome.answer;
      }
    } catch (error) {
      return error;
    }
  };
  return { clock, calls, ask, distrust };
};

describe('Credentials that were never tried', () => {
  test('are tried by one call, and then used by all who wait', async () => {
    const { clock, calls, ask } = open();
    const answers = [ask(), ask(), ask()];
    await clock.settle();
    expect(calls).toHaveLength(1);
    calls[0]?.resolve('answer');
    await clock.settle();
    expect(calls).toHaveLength(3);
    for (const call of calls) call.resolve('answer');
    expect(await Promise.all(answers)).toEqual(['answer', 'answer', 'answer']);
  });

  test.each([
    ['wrong', failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-credentials' } }), 2],
    ['not judged, for the vendor is out', failureOf('UNAVAILABLE'), 2],
    ['taken, for the vendor refused one task only', failureOf('REJECTED'), 3],
  ])('and are %s decide how many calls come next', async (_, error, callsAfter) => {
    const { clock, calls, ask } = open();
    void ask();
    void ask();
    void ask();
    await clock.settle();
    calls[0]?.reject(error);
    await clock.settle();
    expect(calls).toHaveLength(callsAfter);
  });

  test('keep nobody waiting past the deadline', async () => {
    const { clock, calls, ask } = open();
    void ask();
    const waiting = ask();
    await clock.advance(5_000);
    expect(await waiting).toMatchObject({ code: 'TIMEOUT' });
    expect(calls).toHaveLength(1);
  });

  test('are tried by one replica after the other', async () => {
    const theirs = Promise.withResolvers<void>();
    let isTheirs = true;
    const end = jest.fn();
    const { clock, calls, ask } = open(async () =>
      isTheirs ? { kind: 'theirs', over: theirs.promise } : { kind: 'ours', end },
    );
    const answers = [ask(), ask()];
    await clock.settle();
    expect(calls).toHaveLength(0);
    isTheirs = false;
    theirs.resolve();
    await clock.settle();
    expect([calls.length, end.mock.calls]).toEqual([1, []]);
    calls[0]?.resolve('answer');
    await clock.settle();
    expect([calls.length, end.mock.calls]).toEqual([2, [[true]]]);
    calls[1]?.resolve('answer');
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
  });

  test('keep nobody waiting past the deadline for another replica', async () => {
    const { clock, calls, ask } = open(async () => ({ kind: 'theirs', over: new Promise(() => {}) }));
    const waiting = ask();
    await clock.advance(5_000);
    expect(await waiting).toMatchObject({ code: 'TIMEOUT' });
    expect(calls).toHaveLength(0);
  });

  test('are not tried when another replica has found them to be right', async () => {
    const { clock, calls, ask } = open(async () => ({ kind: 'trusted' }));
    const answers = [ask(), ask(), ask()];
    await clock.settle();
    expect(calls).toHaveLength(3);
    for (const call of calls) call.resolve('answer');
    expect(await Promise.all(answers)).toEqual(['answer', 'answer', 'answer']);
  });

  test('that were trusted and are refused are trusted by no replica any more', async () => {
    const { clock, calls, ask, distrust } = open(async () => ({ kind: 'trusted' }));
    const answer = ask();
    await clock.settle();
    expect(distrust).not.toHaveBeenCalled();
    calls[0]?.reject(failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-credentials' } }));
    expect(await answer).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(distrust).toHaveBeenCalledTimes(1);
  });
});
