import { describe, expect, test } from '@jest/globals';
import { createTrial } from '../../src/lookup/trial.ts';
import { failureOf } from './builders.ts';
import { createFakeClock } from './fake-clock.ts';

/** Calls that the vendor answers when the test says so. */
const open = () => {
  const clock = createFakeClock();
  const trial = createTrial(clock);
  const calls: PromiseWithResolvers<string>[] = [];
  const ask = (): Promise<unknown> =>
    trial
      .run(() => {
        const call = Promise.withResolvers<string>();
        calls.push(call);
        return call.promise;
      }, clock.now() + 5_000)
      .catch((error: unknown) => error);
  return { clock, calls, ask };
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
    ['wrong', failureOf('ACCESS_DENIED', { wrongCredentials: true }), 2],
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
});
