import { describe, expect, test } from '@jest/globals';
import { coldWant, hotWant, idsOf, mostWithin, openOwner, type Published } from './open-owner.ts';

const freshMs = 2_000;

type Opened = ReturnType<typeof openOwner>;

/** Replicas with viewers for these tasks: each answer is wanted again when it is no longer fresh. */
const renewForEver = (ids: readonly string[], calls = 10) => {
  const hot = new Set(ids);
  const renewedAt = new Map<string, number[]>(ids.map((id) => [id, []]));
  const onPublished = (one: Published): void => {
    if (one.kind !== 'answer' || !hot.has(one.id)) return;
    renewedAt.get(one.id)?.push(one.at);
    opened.owner.want(hotWant(one.id, freshMs, { knownAgeMs: 0 }), 'one');
  };
  const opened: Opened = openOwner({ onPublished, quota: { calls, perMs: 1_000 } });
  for (const id of ids) opened.owner.want(hotWant(id), 'one');
  return { ...opened, renewedAt };
};

/** How old each answer was when the next came, of all tasks. */
const agesOf = (renewedAt: ReadonlyMap<string, readonly number[]>, from: number): number[] =>
  [...renewedAt.values()].flatMap((moments) =>
    moments
      .slice(1)
      .map((moment, index) => ({ moment, age: moment - (moments[index] ?? 0) }))
      .filter(({ moment }) => moment >= from)
      .map(({ age }) => age),
  );

describe('Renewals', () => {
  test('of more tasks than the quota can renew keep all ages even', async () => {
    const ids = idsOf(100, 'hot');
    const { clock, vendor, renewedAt } = renewForEver(ids);
    await clock.advance(60_000);
    const ages = agesOf(renewedAt, 20_000);
    const leastMs = 100 * (1_000 / 9.3);
    expect(Math.min(...ages)).toBeGreaterThan(leastMs * 0.95);
    expect(Math.max(...ages)).toBeLessThan(leastMs * 1.05);
    expect(vendor.calls.length).toBeGreaterThanOrEqual(60 * 9);
  });

  test('keep half of the quota beside a flood of cold wants, and the cold ones the other half', async () => {
    const { owner, clock, vendor, renewedAt } = renewForEver(idsOf(10, 'hot'));
    for (let tenth = 0; tenth < 600; tenth++) {
      for (const id of idsOf(3, `cold-${tenth}`)) owner.want(coldWant(id, { caller: id }), 'one');
      await clock.advance(100);
    }
    const cold = vendor.calls.filter(({ ids }) => ids[0]?.startsWith('cold')).length;
    expect(cold).toBeGreaterThanOrEqual(vendor.calls.length * 0.45);
    const ages = agesOf(renewedAt, 5_000).sort((left, right) => left - right);
    // Alone they are 2 s old when they are renewed.
    expect(ages[Math.floor(ages.length * 0.95)]).toBeLessThanOrEqual(3 * freshMs);
    expect(
      mostWithin(
        1_000,
        vendor.calls.map(({ at }) => at),
      ),
    ).toBeLessThanOrEqual(10);
  });
});

describe('Three hundred cold tasks', () => {
  test('asked for by a client that comes back after retryAfterMs, are all answered as fast as the quota allows', async () => {
    const ids = idsOf(300);
    const answeredAt = new Map<string, number>();
    const toldMs = new Map<string, number>();
    const onPublished = (one: Published): void => {
      if (one.kind === 'answer') answeredAt.set(one.id, one.at);
      if (one.kind !== 'refusal') return;
      const retryAfterMs = one.error.details.retryAfterMs ?? 0;
      toldMs.set(one.id, toldMs.get(one.id) ?? retryAfterMs);
      clock.sleep(retryAfterMs).then(() => owner.want(coldWant(one.id), 'one'));
    };
    const { owner, clock, vendor } = openOwner({ onPublished });
    vendor.latencyMs = 50;
    for (const id of ids) owner.want(coldWant(id), 'one');
    await clock.advance((300 / 9.3) * 1_000 + 2_000);
    expect(answeredAt.size).toBe(300);
    expect(vendor.calls).toHaveLength(300);
    const wrong = [...toldMs].filter(([id, ms]) => Math.abs((answeredAt.get(id) ?? 0) - ms) > ms * 0.2);
    expect(wrong).toEqual([]);
  });
});

describe('A flood', () => {
  test.each([10, 60, 1_000])(
    'gets 90 percent of %i calls a second, though the process wakes late',
    async (calls) => {
      const { owner, clock, vendor } = openOwner({ quota: { calls, perMs: 1_000 } });
      for (let wake = 0; clock.elapsed() < 5_000; wake++) {
        for (const id of idsOf(Math.ceil(calls / 20), `${wake}`)) owner.want(coldWant(id), 'one');
        await clock.stall(5 + ((wake * 7) % 16));
      }
      expect(vendor.calls.length).toBeGreaterThanOrEqual(calls * 5 * 0.9);
      expect(
        mostWithin(
          1_000,
          vendor.calls.map(({ at }) => at),
        ),
      ).toBeLessThanOrEqual(calls);
    },
  );
});
