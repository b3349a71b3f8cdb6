import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import { createMemorySlots, createQuotaGate, toSpacingMs } from '../../src/lookup/quota.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { mostWithin, send, toSentMoments } from './departures.ts';

const quota = { calls: 10, perMs: 1_000 };
const spacingMs = toSpacingMs(quota);
const denial = new LookupError('ACCESS_DENIED', 'The vendor refused our credentials.');

const open = () => {
  const clock = createFakeClock();
  const slots = createMemorySlots(spacingMs, clock);
  return { clock, slots, gate: createQuotaGate(slots, quota, clock) };
};

/** Takes the next slots, so many of them. */
const takeSlots = async (slots: ReturnType<typeof open>['slots'], count: number): Promise<void> => {
  for (let taken = 0; taken < count; taken++) await slots.reserve(Number.POSITIVE_INFINITY);
};

describe('A quota', () => {
  test('is used to more than 90 percent, and not to the full: networks deliver calls together', () => {
    for (const [calls, perMs] of [
      [10, 1_000],
      [30, 60_000],
    ] as const) {
      const share = perMs / (calls * toSpacingMs({ calls, perMs }));
      expect(share).toBeGreaterThan(0.9);
      expect(share).toBeLessThanOrEqual(0.95);
    }
  });
});

describe('Slots in memory', () => {
  test('lie evenly spaced, the first at once', async () => {
    const { slots } = open();
    const waits = [];
    for (let index = 0; index < 4; index++) waits.push(await slots.reserve(1_000));
    expect(waits).toEqual(
      [0, 1, 2, 3].map((place) => ({ kind: 'granted', at: expect.closeTo(dawn + place * spacingMs) })),
    );
  });

  test('do not pile up while nobody asks', async () => {
    const { clock, slots } = open();
    await clock.advance(60_000);
    await takeSlots(slots, 1);
    expect(await slots.reserve(1_000)).toEqual({
      kind: 'granted',
      at: expect.closeTo(clock.now() + spacingMs),
    });
  });

  test('are granted at the very end of the wait, and refused past it', async () => {
    const { slots } = open();
    await takeSlots(slots, 3);
    expect(await slots.reserve(3 * spacingMs - 0.01)).toMatchObject({ kind: 'refused' });
    expect(await slots.reserve(3 * spacingMs + 0.01)).toMatchObject({ kind: 'granted' });
  });

  test('are not taken by a refusal', async () => {
    const { slots } = open();
    await takeSlots(slots, 3);
    for (let index = 0; index < 100; index++) await slots.reserve(0);
    expect(await slots.reserve(10_000)).toEqual({
      kind: 'granted',
      at: expect.closeTo(dawn + 3 * spacingMs),
    });
  });

  test('lie behind a pause, and a shorter pause does not cut a longer one', async () => {
    const { slots } = open();
    slots.pause(5_000);
    slots.pause(1_000);
    expect(await slots.reserve(4_999)).toEqual({ kind: 'refused', retryAfterMs: 1 });
    expect(await slots.reserve(5_000)).toEqual({ kind: 'granted', at: dawn + 5_000 });
  });

  test('are denied to everybody for as long as was said, and then given out again', async () => {
    const { clock, slots } = open();
    slots.deny(denial, 60_000);
    await clock.advance(59_999);
    expect(await slots.reserve(10_000)).toEqual({ kind: 'denied', denial });
    await clock.advance(1);
    expect(await slots.reserve(10_000)).toEqual({ kind: 'granted', at: clock.now() });
  });
});

describe('The gate', () => {
  test('lets a call leave in its slot, not before', async () => {
    const { clock, gate, slots } = open();
    await takeSlots(slots, 2);
    const left: number[] = [];
    const start = clock.now();
    send(gate, 1_000, clock).then(({ at }) => left.push(at - start));
    await clock.advance(Math.floor(2 * spacingMs));
    expect(left).toEqual([]);
    await clock.advance(2);
    expect(left).toEqual([Math.ceil(2 * spacingMs)]);
  });

  test('refuses at once, without any time passing, with a time to ask again', async () => {
    const { clock, gate, slots } = open();
    await takeSlots(slots, 10);
    const refused = await send(gate, 200, clock);
    expect(refused).toMatchObject({
      kind: 'refused',
      error: {
        code: 'RATE_LIMITED',
        details: { reason: { kind: 'own-quota' }, retryAfterMs: Math.ceil(10 * spacingMs - 200) },
      },
    });
    expect(refused.at).toBe(refused.askedAt);
  });

  test('tells the denial to those who ask', async () => {
    const { gate } = open();
    gate.deny(denial, 60_000);
    await expect(gate.pass(10_000)).rejects.toBe(denial);
  });

  test('holds back who asks during a pause until it is over', async () => {
    const { clock, gate } = open();
    const start = clock.now();
    gate.pause(2_000);
    const call = send(gate, 4_000, clock);
    await clock.advance(3_000);
    expect((await call).at - start).toBe(2_000);
  });

  test('holds back during a pause who had a slot before it: the vendor has asked for quiet', async () => {
    const { clock, gate, slots } = open();
    await takeSlots(slots, 5);
    const start = clock.now();
    const call = send(gate, 4_000, clock);
    await clock.advance(100);
    gate.pause(2_000);
    await clock.advance(4_000);
    expect((await call).at - start).toBeGreaterThanOrEqual(2_100);
  });

  test('tells the denial to those who wait for their slots when it comes: wrong credentials are not tried again', async () => {
    const { clock, gate } = open();
    const calls = Array.from({ length: 20 }, () =>
      send(gate, 4_000, clock).then((outcome) => (outcome.kind === 'left' ? 'left' : outcome.error)),
    );
    await clock.advance(10);
    gate.deny(denial, 60_000);
    await clock.advance(4_000);
    expect(await Promise.all(calls)).toEqual(['left', ...Array.from({ length: 19 }, () => denial)]);
  });

  test('gives a call that slept past its slot a new one', async () => {
    const { clock, gate, slots } = open();
    await takeSlots(slots, 3);
    const call = send(gate, 4_000, clock);
    await takeSlots(slots, 20);
    await clock.stall(1_500);
    const wokeAt = clock.now();
    await clock.advance(4_000);
    // Its new slot is behind the twenty that others have taken meanwhile.
    expect(await call).toMatchObject({ kind: 'left' });
    expect((await call).at - wokeAt).toBeGreaterThan(24 * spacingMs - 1_500 - 1);
  });

  test('refuses a call that slept past its slot and its time', async () => {
    const { clock, gate, slots } = open();
    await takeSlots(slots, 10);
    const call = send(gate, 1_500, clock);
    await takeSlots(slots, 40);
    await clock.stall(2_000);
    await clock.advance(10);
    expect(await call).toMatchObject({ kind: 'refused', error: { code: 'RATE_LIMITED' } });
  });

  test('lets calls that come due together after a hold-up leave one by one', async () => {
    const clock = createFakeClock();
    const fast = { calls: 60, perMs: 1_000 };
    const gate = createQuotaGate(createMemorySlots(toSpacingMs(fast), clock), fast, clock);
    const calls = Array.from({ length: 6 }, () => send(gate, 4_000, clock));
    // Three are late, by less than the gate minds, and come due in the same moment.
    await clock.stall(Math.ceil(3 * toSpacingMs(fast)));
    await clock.advance(4_000);
    const moments = (await Promise.all(calls)).map(({ at }) => at).sort((left, right) => left - right);
    const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000 / 60);
  });

  test('counts a call from when it has been sent, however slow it was to connect', async () => {
    const { clock, gate } = open();
    const calls = Array.from({ length: 11 }, (_, index) => send(gate, 4_000, clock, index === 0 ? 900 : 0));
    await clock.advance(6_000);
    const outcomes = await Promise.all(calls);
    expect(mostWithin(1_000, toSentMoments(outcomes))).toBeLessThanOrEqual(quota.calls);
  });

  test('gives a call that was so slow to connect that its slot has passed another one', async () => {
    const { clock, gate } = open();
    const slow = send(gate, 4_000, clock, 300);
    await clock.advance(100);
    const others = Array.from({ length: 5 }, () => send(gate, 4_000, clock));
    await clock.advance(4_000);
    const outcomes = await Promise.all([slow, ...others]);
    const [slowest, ...rest] = toSentMoments(outcomes);
    expect(slowest).toBeGreaterThan(Math.max(...rest));
  });

  test('refuses a call that was slow to connect when there is no other slot', async () => {
    const { clock, gate, slots } = open();
    const slow = send(gate, 500, clock, 300);
    await clock.advance(10);
    await takeSlots(slots, 20);
    await clock.advance(1_000);
    expect(await slow).toMatchObject({ kind: 'refused', error: { code: 'RATE_LIMITED' } });
  });

  test('keeps a call that is connecting from leaving in a pause, or with credentials that were refused meanwhile', async () => {
    const { clock, gate } = open();
    const start = clock.now();
    const paused = send(gate, 4_000, clock, 20);
    await clock.advance(10);
    gate.pause(2_000);
    await clock.advance(4_000);
    expect(await paused).toMatchObject({ kind: 'left' });
    expect(toSentMoments([await paused])[0]).toBeGreaterThanOrEqual(start + 2_010);
    const refused = send(gate, 4_000, clock, 20);
    await clock.advance(10);
    gate.deny(denial, 60_000);
    await clock.advance(100);
    expect(await refused).toMatchObject({ kind: 'refused', error: denial });
  });

  test('has no hidden queue: when calls are slow to connect, those behind them leave in time or are refused', async () => {
    const { clock, gate } = open();
    const calls = Array.from({ length: 10 }, () => send(gate, 4_000, clock, 30_000));
    await clock.advance(1_200);
    calls.push(...Array.from({ length: 10 }, () => send(gate, 1_000, clock)));
    await clock.advance(60_000);
    for (const { kind, at, askedAt } of (await Promise.all(calls)).slice(10)) {
      expect({ kind, late: Math.max(0, at - askedAt - 1_300) }).toEqual({ kind, late: 0 });
    }
  });
});
