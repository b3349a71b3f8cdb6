import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MediaTaskProblemCode } from '../../src/generated/model.ts';
import { createRetry } from '../../src/owner/calls.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { failureOf } from './open-owner.ts';

type Retry = ReturnType<typeof createRetry>;

const open = (random = () => 0.5) => {
  const clock = createFakeClock();
  return { clock, retry: createRetry(clock, random) };
};

const succeed = async (): Promise<string> => 'answer';

/** Earns retries by so many calls that need none. */
const earn = async (retry: Retry, calls: number): Promise<void> => {
  for (let made = 0; made < calls; made++) await retry(succeed);
};

/** A call that fails with these errors in turn, and then succeeds. */
const failingWith = (...errors: Error[]) => {
  const call = async (): Promise<string> => {
    call.attempts += 1;
    const error = errors[call.attempts - 1];
    if (error) throw error;
    return 'answer';
  };
  call.attempts = 0;
  return call;
};

describe('A retry', () => {
  test('mends a call that failed at the network or inside the vendor', async () => {
    const { clock, retry } = open();
    await earn(retry, 9);
    const answer = retry(failingWith(failureOf('UNAVAILABLE')));
    await clock.advance(200);
    expect(await answer).toBe('answer');
  });

  test('is made once, and its failure is the one that is thrown', async () => {
    const { clock, retry } = open();
    await earn(retry, 100);
    const last = failureOf('UNAVAILABLE');
    const call = failingWith(failureOf('UNAVAILABLE'), last, failureOf('UNAVAILABLE'));
    const answer = retry(call).catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await answer).toBe(last);
    expect(call.attempts).toBe(2);
  });

  test.each<MediaTaskProblemCode>([
    'TIMEOUT',
    'RATE_LIMITED',
    'BAD_RESPONSE',
    'ACCESS_DENIED',
    'REJECTED',
    'TASK_NOT_FOUND',
  ])('is not made after %s', async (code) => {
    const { clock, retry } = open();
    await earn(retry, 100);
    const call = failingWith(failureOf(code));
    const answer = retry(call).catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await answer).toMatchObject({ code });
    expect(call.attempts).toBe(1);
  });

  test('is not made for a bug in this program', async () => {
    const { retry } = open();
    await earn(retry, 100);
    const call = failingWith(new TypeError('undefined is not a function'));
    await expect(retry(call)).rejects.toThrow(TypeError);
    expect(call.attempts).toBe(1);
  });

  test('is sent at a random moment within 200 ms', async () => {
    for (const random of [0, 0.25, 0.999]) {
      const { clock, retry } = open(() => random);
      await earn(retry, 10);
      const call = failingWith(failureOf());
      const answer = retry(call);
      await clock.advance(Math.max(0, random * 200 - 1));
      if (random > 0) expect(call.attempts).toBe(1);
      await clock.advance(1);
      expect(call.attempts).toBe(2);
      await answer;
    }
  });

  test('must be earned: the tenth call pays for the first retry', async () => {
    const { clock, retry } = open();
    await earn(retry, 8);
    const ninth = failingWith(failureOf());
    await expect(retry(ninth)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(ninth.attempts).toBe(1);
    const tenth = failingWith(failureOf());
    const answer = retry(tenth);
    await clock.advance(200);
    expect(await answer).toBe('answer');
  });

  test('is made at most ten times in a row, however long all went well before', async () => {
    const { clock, retry } = open(() => 0);
    await earn(retry, 100_000);
    let attempts = 0;
    const lookups = Array.from({ length: 11 }, () =>
      retry(async () => {
        attempts += 1;
        throw failureOf();
      }).catch(() => undefined),
    );
    await clock.advance(200);
    await Promise.all(lookups);
    expect(attempts).toBe(11 + 10);
  });

  test('never makes more than 1.1 attempts per call while everything fails, however many fail together', async () => {
    const anyBursts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(anyBursts, async (bursts) => {
        const { clock, retry } = open();
        let attempts = 0;
        let lookups = 0;
        for (const burst of bursts) {
          lookups += burst;
          const failures = Array.from({ length: burst }, () =>
            retry(async () => {
              attempts += 1;
              throw failureOf();
            }).catch(() => undefined),
          );
          await clock.advance(200);
          await Promise.all(failures);
        }
        expect(attempts).toBeLessThanOrEqual(lookups * 1.1 + 1e-9);
      }),
    );
  });
});
