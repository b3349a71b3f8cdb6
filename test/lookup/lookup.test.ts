import { describe, expect, test } from '@jest/globals';
import type { Shared } from '../../src/lookup/shared-tasks.ts';
import { dawn } from '../support/fake-clock.ts';
import { finalStatuses, outputOf, refOf, snapshotOf } from './builders.ts';
import { deadlineMs, openLookup, openWarmLookup } from './fake-vendor.ts';

const ref = refOf();
const minute = 60_000;
const day = 24 * 60 * minute;

describe('A task that nobody has asked for yet', () => {
  test('is asked for once, however many want it', async () => {
    const { clock, vendor, lookup } = openLookup();
    vendor.latencyMs = 300;
    const finds = Array.from({ length: 1_000 }, () => lookup.find(ref));
    await clock.advance(100);
    finds.push(...Array.from({ length: 1_000 }, () => lookup.find(ref)));
    await clock.advance(300);
    const tasks = await Promise.all(finds);
    expect(vendor.calls).toHaveLength(1);
    for (const task of tasks) expect(task).toMatchObject({ status: 'RUNNING', stale: false, problem: null });
  });

  test('is asked for once, though the answer comes while a large caller has not come to it yet', async () => {
    const { clock, vendor, lookup } = openLookup();
    const small = lookup.find(ref);
    const large = Array.from({ length: 200 }, (_, rank) =>
      lookup.find(rank === 199 ? ref : refOf(`task-${rank}`), rank),
    );
    await clock.advance(100);
    await Promise.all([small, ...large]);
    expect(vendor.countOf(ref.id)).toBe(1);
  });

  test('is asked for apart from others', async () => {
    const { vendor, lookup } = openLookup();
    vendor.saysOf.set(refOf('other').id, snapshotOf('FAILED'));
    const [one, other] = await Promise.all([lookup.find(ref), lookup.find(refOf('other'))]);
    expect([one?.status, other?.status]).toEqual(['RUNNING', 'FAILED']);
  });

  test('is a problem where nobody has credentials for its provider', async () => {
    const { vendor, lookup } = openLookup();
    expect(await lookup.find(refOf('task-1', 'visionular'))).toMatchObject({
      problem: { code: 'PROVIDER_NOT_CONFIGURED', retryable: false },
      nextPollAfterMs: null,
    });
    expect(vendor.calls).toEqual([]);
  });

  test('may wait for its turn until the call itself needs the time; a large caller leaves room for small ones', async () => {
    const { vendor, lookup } = openLookup();
    for (let rank = 0; rank < 30; rank++) await lookup.find(refOf(`task-${rank}`), rank);
    const waits = vendor.calls.map(({ maxWaitMs }) => maxWaitMs);
    expect(new Set(waits.slice(0, 20))).toEqual(new Set([deadlineMs * 0.8]));
    expect(new Set(waits.slice(20))).toEqual(new Set([deadlineMs * 0.6]));
  });

  test('has waited for its turn while it waited for another replica, too', async () => {
    const othersFlight = Promise.withResolvers<void>();
    const lease = { store: () => {}, fail: () => {}, release: () => {} };
    const found: Shared[] = [
      { kind: 'busy', settled: othersFlight.promise },
      { kind: 'leased', lease, entry: undefined },
    ];
    const look = async () => found.shift() ?? { kind: 'unknown' as const, entry: undefined };
    const { clock, vendor, lookup } = openLookup({ sharedTasks: { look } });
    const task = lookup.find(ref);
    await clock.advance(1_000);
    othersFlight.resolve();
    expect(await task).toMatchObject({ status: 'RUNNING' });
    expect(vendor.calls.map(({ maxWaitMs }) => maxWaitMs)).toEqual([deadlineMs * 0.8 - 1_000]);
  });

  test('is found by a small caller though a large one has come first', async () => {
    const { clock, lookup } = openLookup({ calls: 10 });
    const large = Array.from({ length: 200 }, (_, rank) => lookup.find(refOf(`large-${rank}`), rank));
    const small = Array.from({ length: 5 }, (_, rank) => lookup.find(refOf(`small-${rank}`), rank));
    await clock.advance(deadlineMs);
    for (const task of await Promise.all(small)) expect(task.problem).toBeNull();
    const found = (await Promise.all(large)).filter(({ problem }) => problem === null);
    expect(found.length).toBeGreaterThan(20);
  });
});

describe('A fresh task', () => {
  test('is answered in the same breath, with the very same object, and costs nothing', async () => {
    const { clock, vendor, lookup } = await openWarmLookup();
    await clock.advance(1_999);
    const task = lookup.find(ref);
    expect(task).not.toBeInstanceOf(Promise);
    expect(lookup.find(ref)).toBe(task);
    expect(vendor.calls).toHaveLength(1);
  });

  test.each(finalStatuses)('that is %s costs one call in ten minutes', async (status) => {
    const { clock, vendor, lookup } = await openWarmLookup(snapshotOf(status));
    for (let second = 0; second < 599; second++) {
      await clock.advance(1_000);
      expect(lookup.find(ref)).toMatchObject({ status, isFinal: true, stale: false, nextPollAfterMs: null });
    }
    expect(vendor.calls).toHaveLength(1);
  });

  test('that does not exist is asked for every ten seconds', async () => {
    const { clock, vendor, lookup } = openLookup();
    vendor.says = null;
    for (let second = 0; second < 20; second++) {
      expect(await lookup.find(ref)).toMatchObject({
        problem: { code: 'TASK_NOT_FOUND' },
        nextPollAfterMs: 10_000,
      });
      await clock.advance(1_000);
    }
    expect(vendor.calls.map(({ at }) => at - dawn)).toEqual([0, 10_000]);
  });
});

describe('A task past its freshness', () => {
  test('is answered at once with its last state, marked stale, and renewed behind the back', async () => {
    const { clock, vendor, lookup } = await openWarmLookup();
    vendor.says = snapshotOf('SUCCEEDED');
    vendor.latencyMs = 200;
    await clock.advance(2_000);
    expect(lookup.find(ref)).toMatchObject({
      status: 'RUNNING',
      stale: true,
      fetchedAt: new Date(dawn).toISOString(),
    });
    await clock.advance(200);
    expect(lookup.find(ref)).toMatchObject({ status: 'SUCCEEDED', stale: false });
    expect(vendor.calls).toHaveLength(2);
  });

  test('that nobody asks for is not renewed', async () => {
    const { clock, vendor } = await openWarmLookup();
    await clock.advance(60 * minute);
    expect(vendor.calls).toHaveLength(1);
  });

  test('is waited for once its grace is over', async () => {
    const { clock, vendor, lookup } = await openWarmLookup();
    vendor.says = snapshotOf('SUCCEEDED');
    await clock.advance(5 * minute);
    expect(await lookup.find(ref)).toMatchObject({ status: 'SUCCEEDED', stale: false });
  });
});

describe('Presigned addresses', () => {
  const addressUntil = (moment: number) =>
    snapshotOf('SUCCEEDED', { outputs: [outputOf({ urlExpiresAt: new Date(moment).toISOString() })] });

  test('are renewed a minute before they expire', async () => {
    const { clock, vendor, lookup } = await openWarmLookup(addressUntil(dawn + 5 * minute));
    await clock.advance(4 * minute - 1);
    expect(lookup.find(ref)).toMatchObject({ stale: false });
    vendor.says = addressUntil(dawn + 60 * minute);
    await clock.advance(1);
    lookup.find(ref);
    await clock.advance(10);
    expect(lookup.find(ref)).toMatchObject({
      stale: false,
      outputs: [{ urlExpiresAt: '2026-03-01T01:00:00.000Z' }],
    });
  });

  test('that have expired are not handed out when the vendor can give new ones', async () => {
    const { clock, vendor, lookup } = await openWarmLookup(addressUntil(dawn + 5 * minute));
    vendor.says = addressUntil(dawn + 2 * day);
    await clock.advance(day);
    const task = await lookup.find(ref);
    expect(Date.parse(task.outputs?.[0]?.urlExpiresAt ?? '')).toBeGreaterThan(clock.now());
  });
});
