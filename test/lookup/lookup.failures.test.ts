import { describe, expect, test } from '@jest/globals';
import type { LookupError } from '../../src/domain/errors.ts';
import { dawn } from '../support/fake-clock.ts';
import { failureOf, refOf, snapshotOf } from './builders.ts';
import { openLookup, openWarmLookup } from './fake-vendor.ts';

const ref = refOf();
const minute = 60_000;
const day = 24 * 60 * minute;
const ownRefusal = failureOf('RATE_LIMITED', { reason: { kind: 'own-quota' }, retryAfterMs: 700 });

describe('While the vendor fails', () => {
  test('it gets one attempt in each backoff, not one for each who asks', async () => {
    const { clock, vendor, lookup } = openLookup();
    vendor.says = failureOf('UNAVAILABLE');
    for (let tenth = 0; tenth < 50; tenth++) {
      const tasks = await Promise.all(Array.from({ length: 20 }, () => lookup.find(ref)));
      for (const task of tasks) expect(task).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
      await clock.advance(100);
    }
    expect(vendor.calls).toHaveLength(5);
  });

  test('it is left alone for as long as it asks', async () => {
    const { clock, vendor, lookup } = openLookup();
    vendor.says = failureOf('RATE_LIMITED', { retryAfterMs: 10_000 });
    for (let second = 0; second < 20; second++) {
      await lookup.find(ref);
      await clock.advance(1_000);
    }
    expect(vendor.calls.map(({ at }) => at - dawn)).toEqual([0, 10_000]);
  });

  test('the last answer stays, with its age, and is gone when its grace is over', async () => {
    const { clock, vendor, lookup } = await openWarmLookup();
    vendor.says = failureOf('UNAVAILABLE');
    for (let second = 3; second < 300; second += 3) {
      await clock.advance(3_000);
      expect(lookup.find(ref)).toMatchObject({
        status: 'RUNNING',
        stale: true,
        fetchedAt: new Date(dawn).toISOString(),
        problem: null,
      });
    }
    await clock.advance(3_000);
    expect(await lookup.find(ref)).toMatchObject({ problem: { code: 'UNAVAILABLE' } });
  });

  test.each([
    ['refuses for a minute', failureOf('RATE_LIMITED', { retryAfterMs: minute })],
    ['is out', failureOf('UNAVAILABLE')],
  ])('and %s, no answer older than its grace is shown', async (_, failure: LookupError) => {
    const { clock, vendor, lookup } = await openWarmLookup();
    vendor.says = failure;
    await clock.advance(5 * minute - 500);
    lookup.find(ref);
    await clock.advance(499);
    expect(await lookup.find(ref)).toMatchObject({ stale: true });
    await clock.advance(1);
    expect(await lookup.find(ref)).toMatchObject({ problem: { code: failure.code } });
  });

  test.each(['ACCESS_DENIED', 'REJECTED', 'BAD_RESPONSE'] as const)(
    'with %s, the answer does not change between the last state and the problem',
    async (code) => {
      const { clock, vendor, lookup } = await openWarmLookup();
      vendor.says = failureOf(code);
      await clock.advance(3_000);
      const seen: string[] = [];
      for (let second = 0; second < 60; second++) {
        const task = await lookup.find(ref);
        seen.push(task.problem?.code ?? 'data');
        await clock.advance(1_000);
      }
      const changes = seen.filter((what, index) => index > 0 && what !== seen[index - 1]);
      expect(changes.length).toBeLessThanOrEqual(1);
    },
  );

  test('a final task stays, however it fails and however long', async () => {
    const { clock, vendor, lookup } = await openWarmLookup(snapshotOf('SUCCEEDED'));
    for (const says of [failureOf('UNAVAILABLE'), failureOf('ACCESS_DENIED'), null]) {
      vendor.says = says;
      for (let time = 0; time < 3; time++) {
        await clock.advance(day);
        lookup.find(ref);
        await clock.advance(1_000);
        expect(await lookup.find(ref)).toMatchObject({ status: 'SUCCEEDED', problem: null });
      }
    }
  });

  test('with words that repeat a secret, nobody sees the secret', async () => {
    const { vendor, lookup } = openLookup();
    vendor.says = failureOf('REJECTED');
    vendor.says.message = 'The key s3cret is not known.';
    expect((await lookup.find(ref)).problem?.message).toBe('The key [redacted] is not known.');
  });

  test('with anything but a LookupError, that is a bug, told to each who waits, and not remembered', async () => {
    const { vendor, lookup } = openLookup();
    vendor.says = new TypeError('undefined is not a function');
    await expect(Promise.all([lookup.find(ref), lookup.find(ref)])).rejects.toThrow(TypeError);
    vendor.says = snapshotOf('RUNNING');
    expect(await lookup.find(ref)).toMatchObject({ status: 'RUNNING' });
  });
});

describe('A refusal by our own quota', () => {
  test('is told with its time, and not remembered: the next who asks is tried at once', async () => {
    const { vendor, lookup } = openLookup();
    vendor.says = ownRefusal;
    expect(await lookup.find(ref)).toMatchObject({
      problem: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 700 },
      nextPollAfterMs: 700,
    });
    vendor.says = snapshotOf('RUNNING');
    expect(await lookup.find(ref)).toMatchObject({ status: 'RUNNING' });
  });

  test('leaves the last answer, and its renewal is tried again when it said', async () => {
    const { clock, vendor, lookup } = await openWarmLookup();
    vendor.says = failureOf('RATE_LIMITED', { reason: { kind: 'own-quota' }, retryAfterMs: 300 });
    await clock.advance(2_000);
    lookup.find(ref);
    await clock.settle();
    expect(lookup.find(ref)).toMatchObject({ status: 'RUNNING', stale: true });
    vendor.says = snapshotOf('SUCCEEDED');
    await clock.advance(300);
    expect(lookup.find(ref)).toMatchObject({ status: 'SUCCEEDED', stale: false });
  });
});
