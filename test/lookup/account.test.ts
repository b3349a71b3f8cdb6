import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createAccount } from '../../src/lookup/account.ts';
import { createMemorySlots, createQuotaGate } from '../../src/lookup/quota.ts';
import { createVendorClock } from '../../src/lookup/skew.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { failureOf, refOf } from './builders.ts';
import { openAccount, passing, quota, running } from './open-account.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('An account', () => {
  test('answers what the vendor says, and tells when the question leaves', async () => {
    const { ask, attempts } = openAccount(() => running);
    const onDeparture = jest.fn();
    expect(await ask({ onDeparture })).toBe(running);
    expect(onDeparture).toHaveBeenCalledTimes(1);
    expect(attempts).toEqual([0]);
  });

  test('gives the vendor until the deadline, and tells it by a signal', async () => {
    const clock = createFakeClock();
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const account = createAccount({
      fetchTask: async (_, { signal }) => (signal.aborted ? null : running),
      gate: createQuotaGate(createMemorySlots(20, clock), quota, clock),
      vendorClock: createVendorClock(clock),
      clock,
      random: () => 0,
    });
    await account.ask(refOf(), { deadline: clock.now() + 1_234, maxWaitMs: 100 });
    expect(timeout).toHaveBeenCalledWith(1_234);
  });

  test('makes at most 1.1 attempts a lookup while the vendor is out, and leaves it alone soon', async () => {
    const { clock, account, ask, attempts } = openAccount(() => failureOf('UNAVAILABLE'));
    for (let lookup = 0; lookup < 100; lookup++) await passing(clock, ask(), 300);
    expect(attempts.length).toBeLessThanOrEqual(110);
    expect(attempts.length).toBeLessThan(40);
    expect(account.breakerState).not.toBe('CLOSED');
  });

  test('makes at most 1.1 attempts a lookup in an outage, also after a long time without one', async () => {
    const { clock, ask, attempts } = openAccount((attempt) =>
      attempt <= 500 ? running : failureOf('UNAVAILABLE'),
    );
    for (let lookup = 0; lookup < 500; lookup++) await passing(clock, ask(), 30);
    for (let lookup = 0; lookup < 100; lookup++) await passing(clock, ask(), 300);
    expect(attempts.length - 500).toBeLessThanOrEqual(110);
  });

  test('answers again once the vendor is back', async () => {
    let isBack = false;
    const { clock, account, ask } = openAccount(() => (isBack ? running : failureOf('UNAVAILABLE')));
    for (let lookup = 0; lookup < 12; lookup++) await passing(clock, ask(), 150);
    isBack = true;
    await clock.advance(60_000);
    expect(await ask()).toBe(running);
    expect(account.breakerState).toBe('CLOSED');
  });

  test('takes no slot of the quota while the vendor is left alone', async () => {
    const { clock, account, ask, gate } = openAccount(() => failureOf('UNAVAILABLE'));
    for (let lookup = 0; lookup < 12; lookup++) await passing(clock, ask(), 150);
    expect(account.breakerState).toBe('OPEN');
    const pass = jest.spyOn(gate, 'pass');
    expect(await ask()).toMatchObject({ code: 'UNAVAILABLE' });
    expect(pass).not.toHaveBeenCalled();
  });

  test('takes a refusal by its own quota for no sign that the vendor is back', async () => {
    const { clock, account, ask, gate } = openAccount(() => failureOf('UNAVAILABLE'));
    for (let lookup = 0; lookup < 12; lookup++) await passing(clock, ask(), 150);
    expect(account.breakerState).toBe('OPEN');
    gate.pause(60_000);
    await clock.advance(5_000);
    await ask();
    expect(account.breakerState).not.toBe('CLOSED');
  });
});

describe('A vendor that throttles', () => {
  test.each([
    ['for as long as it says', failureOf('RATE_LIMITED', { retryAfterMs: 3_000 }), 3_000],
    ['for a second when it does not say', failureOf('RATE_LIMITED'), 1_000],
    ['also when it calls it an outage', failureOf('UNAVAILABLE', { retryAfterMs: 2_000 }), 2_000],
  ])('is left alone %s', async (_, refusal, pauseMs) => {
    const { clock, ask, attempts } = openAccount((attempt) => (attempt === 1 ? refusal : running));
    expect(await ask()).toBe(refusal);
    expect(await passing(clock, ask())).toBe(running);
    expect(attempts).toEqual([0, pauseMs]);
  });

  test('is not asked by those who were waiting for their turn when it said so', async () => {
    const { clock, ask, attempts } = openAccount((attempt) =>
      attempt === 1 ? failureOf('RATE_LIMITED', { retryAfterMs: 3_000 }) : running,
    );
    const answers = [ask(), ask(), ask()];
    await clock.advance(10_000);
    await Promise.all(answers);
    expect(attempts[1]).toBeGreaterThanOrEqual(3_000);
  });

  test('is not asked again in the same lookup', async () => {
    const { clock, ask, attempts } = openAccount((attempt) =>
      attempt <= 30 ? running : failureOf('RATE_LIMITED'),
    );
    for (let lookup = 0; lookup < 31; lookup++) await passing(clock, ask(), 150);
    await clock.advance(10_000);
    expect(attempts).toHaveLength(31);
  });
});

describe('Wrong credentials', () => {
  const wrong = () =>
    failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-credentials' }, vendorCode: 'InvalidAccessKeyId' });

  test('are tried once a minute, however often anybody asks', async () => {
    const { clock, ask, attempts } = openAccount(wrong);
    for (let second = 0; second < 300; second++) {
      expect(await ask()).toMatchObject({
        code: 'ACCESS_DENIED',
        details: { vendorCode: 'InvalidAccessKeyId' },
      });
      await clock.advance(1_000);
    }
    expect(attempts).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  });

  test('are tried once, though many were waiting for their turn', async () => {
    const { clock, ask, attempts } = openAccount(wrong);
    const answers = Array.from({ length: 20 }, () => ask());
    await clock.advance(5_000);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(attempts).toEqual([0]);
  });

  test('that have been mended are noticed within the minute', async () => {
    const { clock, ask } = openAccount((attempt) => (attempt === 1 ? wrong() : running));
    for (let second = 0; second < 60; second++) {
      await ask();
      await clock.advance(1_000);
    }
    expect(await ask()).toBe(running);
  });

  test('are not what a refusal of one task is', async () => {
    const { clock, ask, attempts } = openAccount(() => failureOf('ACCESS_DENIED'));
    await passing(clock, ask());
    await passing(clock, ask());
    expect(attempts).toHaveLength(2);
  });
});

describe('A vendor that is slow to connect to', () => {
  test('is asked in another slot', async () => {
    const { clock, ask, attempts, vendor } = openAccount(() => running);
    vendor.connectMs = 300;
    expect(await passing(clock, ask())).toBe(running);
    expect(attempts).toEqual([300]);
  });

  test('and whose quota has no other slot, does not answer in time', async () => {
    const { clock, gate, ask, attempts, vendor } = openAccount(() => running);
    vendor.connectMs = 300;
    const answer = ask({ maxWaitMs: 1_000 });
    await clock.advance(10);
    for (let taken = 0; taken < 100; taken++) gate.pass(5_000).catch(() => {});
    expect(await passing(clock, answer)).toMatchObject({ code: 'TIMEOUT' });
    expect(attempts).toEqual([]);
  });
});

describe('A deadline', () => {
  test('that has passed keeps a retry from leaving: nobody would hear the answer', async () => {
    const { clock, ask, attempts, vendor } = openAccount((attempt) =>
      attempt <= 30 ? running : failureOf('UNAVAILABLE'),
    );
    for (let lookup = 0; lookup < 30; lookup++) await passing(clock, ask(), 150);
    vendor.latencyMs = 4_950;
    const deadline = clock.now() + 5_000;
    const answer = ask({ deadline });
    await clock.advance(20_000);
    await answer;
    for (const attempt of attempts) expect(attempt + dawn).toBeLessThan(deadline);
  });
});
