import { describe, expect, test } from '@jest/globals';
import { refOf, snapshotOf } from './builders.ts';
import { openLookup } from './fake-vendor.ts';

const limit = 20;
const everyMs = 250;

/** Viewers who poll all of these tasks every quarter of a second, at a vendor with 20 calls a second. */
const open = async (tasks: number, latencyMs: number) => {
  const opened = openLookup({ calls: limit });
  const { clock, vendor, lookup } = opened;
  vendor.latencyMs = latencyMs;
  const refs = Array.from({ length: tasks }, (_, index) => refOf(`task-${index}`));
  const poll = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += everyMs) {
      for (const ref of refs) void lookup.find(ref);
      await clock.advance(everyMs);
    }
  };
  await poll(20_000);
  /** The calls that leave while viewers poll for so long. */
  const measure = async (ms: number) => {
    const from = vendor.calls.length;
    await poll(ms);
    return vendor.calls.slice(from);
  };
  return { ...opened, refs, poll, measure };
};

const countsOf = (calls: readonly { readonly id: string }[]): number[] => {
  const counts = new Map<string, number>();
  for (const { id } of calls) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()];
};

describe('When more is watched than the quota allows', () => {
  test.each([0, 100, 1_000])('the quota is used to 0.9, though the vendor takes %i ms', async (latencyMs) => {
    const { measure } = await open(100, latencyMs);
    expect((await measure(20_000)).length).toBeGreaterThanOrEqual(20 * limit * 0.9);
  });

  test('all answers get older alike: no task is asked for twice more often than another', async () => {
    const { measure } = await open(100, 50);
    const counts = countsOf(await measure(30_000));
    expect(counts).toHaveLength(100);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2 * Math.min(...counts));
  });

  test('every answer is stale data, never a problem', async () => {
    const { lookup, refs, poll } = await open(100, 50);
    await poll(5_000);
    for (const ref of refs) {
      expect(lookup.find(ref)).toMatchObject({ status: 'RUNNING', problem: null });
    }
  });

  test('clients are told the honest interval: who comes back then finds something new', async () => {
    const { lookup, refs, poll } = await open(100, 50);
    const told = refs.map((ref) => lookup.find(ref));
    const pollMs = Math.max(...told.map((task) => ('then' in task ? 0 : (task.nextPollAfterMs ?? 0))));
    expect(pollMs).toBeGreaterThan(0.5 * ((100 * 1_000) / limit));
    expect(pollMs).toBeLessThan(2 * ((100 * 1_000) / limit));
    await poll(pollMs + 1_000);
    for (const [index, ref] of refs.entries()) {
      const now = await lookup.find(ref);
      expect(now.fetchedAt).not.toBe((await told[index])?.fetchedAt);
    }
  });

  test('a task that nobody knows yet still finds room within the deadline', async () => {
    const { clock, lookup, poll } = await open(100, 50);
    const fresh = Promise.resolve(lookup.find(refOf('fresh')));
    await poll(5_000);
    await clock.settle();
    expect(await fresh).toMatchObject({ status: 'RUNNING', problem: null });
  });
});

describe('When less is watched than the quota allows', () => {
  test.each([0, 50, 1_000])(
    'no task is asked for twice while its answer is fresh (vendor takes %i ms)',
    async (latencyMs) => {
      const { vendor, measure } = await open(20, latencyMs);
      await measure(20_000);
      const last = new Map<string, number>();
      for (const { id, at } of vendor.calls) {
        expect(at - (last.get(id) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(2_000 + latencyMs);
        last.set(id, at);
      }
    },
  );

  test('each is asked for about as often as it may: every two seconds while it runs', async () => {
    const { measure } = await open(10, 50);
    const counts = countsOf(await measure(20_000));
    expect(counts).toHaveLength(10);
    for (const count of counts) expect(count).toBeGreaterThanOrEqual(20_000 / (2_000 + 50 + 3 * everyMs));
  });
});

describe('When all is final', () => {
  test('watching costs nothing', async () => {
    const { vendor, poll, measure } = await open(30, 50);
    vendor.says = snapshotOf('SUCCEEDED');
    await poll(10_000);
    expect(await measure(60_000)).toEqual([]);
  });
});
