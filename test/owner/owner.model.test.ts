import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Want } from '../../src/exchange/exchange.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import {
  coldWant,
  createFakeVendor,
  hotWant,
  mostWithin,
  openOwner,
  type Published,
  taskOf,
} from './open-owner.ts';

const patienceMs = 5_000;

/** While an answer is fresh, nobody has to ask the vendor again. */
const freshMs = 2_000;

const anyId = fc.integer({ min: 0, max: 60 }).map((index) => `task-${index}`);
const anyCaller = fc.integer({ min: 0, max: 5 }).map((index) => `caller-${index}`);

const anyEvent = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('cold' as const),
      ids: fc.uniqueArray(anyId, { minLength: 1, maxLength: 40 }),
      caller: anyCaller,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('hot' as const),
      ids: fc.uniqueArray(anyId, { minLength: 1, maxLength: 20 }),
      dueInMs: fc.integer({ min: 0, max: 2_000 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('stall' as const), ms: fc.integer({ min: 1, max: 1_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('hold' as const), ms: fc.integer({ min: 1, max: 8_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('share' as const), share: fc.constantFrom(1 / 6, 0.5, 1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('connect' as const), ms: fc.constantFrom(0, 5, 40, 300) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('handOver' as const) }) },
);
type Event = typeof anyEvent extends fc.Arbitrary<infer Value> ? Value : never;

interface Waiting {
  readonly want: Want;
  readonly until: number;
}

/**
 * Two processes, one of which owns the account at a time, and one replica that wants: it hears what is published,
 * and repeats what is unanswered when the owner changes.
 */
const createWorld = (calls: number, latencyMs: number) => {
  const clock = createFakeClock();
  const vendor = createFakeVendor();
  vendor.latencyMs = latencyMs;
  const waiting = new Map<string, Waiting>();
  const overdue: string[] = [];
  let current = 0;

  const onPublished = (by: number) => (one: Published) => {
    const waiter = waiting.get(one.id);
    if (waiter && clock.elapsed() > waiter.until) overdue.push(one.id);
    waiting.delete(one.id);
    if (one.kind === 'refusal') return;
    // Answers are pushed to all replicas.
    owners[1 - by]?.owner.settled(taskOf(one.id), one.kind === 'answer' ? one.answer : undefined);
  };

  const owners = [0, 1].map((index) =>
    openOwner({ clock, vendor, quota: { calls, perMs: 1_000 }, onPublished: onPublished(index) }),
  );
  owners[1]?.owner.setShare(0);

  const want = (wanted: Want): void => owners[current]?.owner.want(wanted, 'replica');

  return {
    clock,
    vendor,
    waiting,
    overdue,
    want,
    bugs: () => owners.flatMap(({ bugs }) => bugs),
    current: () => owners[current]?.owner,
    wantCold: (id: string, caller: string): void => {
      // A replica that wants it again waits as long as the last who wants it.
      waiting.set(id, { want: coldWant(id, { caller }), until: clock.elapsed() + patienceMs });
      want(coldWant(id, { caller }));
    },
    handOver: (): void => {
      const state = owners[current]?.owner.handOver();
      current = 1 - current;
      if (state) owners[current]?.owner.takeOver(state);
      owners[current]?.owner.setShare(1);
      for (const { want: wanted, until } of waiting.values()) {
        const restMs = until - clock.elapsed();
        if (restMs > 0) want({ ...wanted, patienceMs: restMs });
      }
    },
  };
};

const live = async (calls: number, latencyMs: number, events: readonly Event[]) => {
  const world = createWorld(calls, latencyMs);
  const { clock, vendor } = world;
  for (const event of events) {
    if (event.what === 'cold') for (const id of event.ids) world.wantCold(id, event.caller);
    else if (event.what === 'hot') for (const id of event.ids) world.want(hotWant(id, event.dueInMs));
    else if (event.what === 'time') await clock.advance(event.ms);
    else if (event.what === 'stall') {
      for (const [id, { want, until }] of world.waiting)
        world.waiting.set(id, { want, until: until + event.ms });
      await clock.stall(event.ms);
    } else if (event.what === 'hold') world.current()?.hold(event.ms);
    else if (event.what === 'share') world.current()?.setShare(event.share);
    else if (event.what === 'connect') vendor.connectMs = event.ms;
    else world.handOver();
  }
  world.current()?.setShare(1);
  await clock.advance(10_000);

  expect(
    mostWithin(
      1_000,
      vendor.calls.map(({ at }) => at),
    ),
  ).toBeLessThanOrEqual(calls);
  expect(world.bugs()).toEqual([]);
  // Answered, failed or refused.
  expect([...world.waiting.keys()]).toEqual([]);
  const lastAt = new Map<string, number>();
  const repeated: unknown[] = [];
  for (const { ids, at } of vendor.calls)
    for (const id of ids) {
      const before = lastAt.get(id) ?? Number.NEGATIVE_INFINITY;
      if (at - before < freshMs) repeated.push({ id, before, at });
      lastAt.set(id, at);
    }
  expect(repeated).toEqual([]);
  return world;
};

const anyEvents = fc.array(anyEvent, { minLength: 5, maxLength: 30, size: 'max' });

describe('Whatever happens, an owner', () => {
  test('keeps the limit, serves or refuses all who wait, and asks for nothing twice, also when it is handed over', async () => {
    const anyLimit = fc.integer({ min: 5, max: 60 });
    const anyLatencyMs = fc.integer({ min: 0, max: 300 });
    await fc.assert(
      fc.asyncProperty(anyLimit, anyLatencyMs, anyEvents, async (calls, latencyMs, events) => {
        await live(calls, latencyMs, events);
      }),
      { numRuns: 25 },
    );
  });

  test('serves or refuses in time all who wait for a vendor that answers promptly', async () => {
    const isPrompt = (event: Event): boolean =>
      event.what === 'connect' ? event.ms < 20 : event.what !== 'share';
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 60 }), anyEvents, async (calls, events) => {
        const { overdue } = await live(calls, 100, events.filter(isPrompt));
        expect(overdue).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
