import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../src/domain/clock.ts';
import { LookupError } from '../../src/domain/errors.ts';
import { holdMs } from '../../src/lookup/failover-slots.ts';
import { connectSharedMemory, type SharedMemory, SharedMemoryDown } from '../../src/lookup/shared-memory.ts';
import { createSharedSlots } from '../../src/lookup/shared-slots.ts';
import { describeWithRedis, openRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { mostWithin } from './departures.ts';
import {
  createReplica,
  quota,
  quotaKey,
  type Replica,
  spacingMs,
  take,
  takeAll,
  untilUp,
} from './replica-slots.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const longestWaitMs = 4_000;
const denial = new LookupError('ACCESS_DENIED', 'No such key.', {
  reason: { kind: 'wrong-credentials' },
  vendorCode: 'InvalidAccessKeyId',
});

const open = async (...options: string[]) => {
  const redis = await openRedis(...options);
  closers.push(redis.close);
  const start = async (): Promise<Replica> => {
    const replica = createReplica(redis, longestWaitMs);
    closers.push(replica.memory.close);
    await untilUp(replica);
    return replica;
  };
  return { redis, start, a: await start(), b: await start(), c: await start() };
};

/** The first connection takes a moment. */
const untilAnswered = (memory: SharedMemory) =>
  waitFor(
    () => memory.run("return 'up'", [], []).catch(() => 'down'),
    (answer) => answer === 'up',
    { everyMs: 20 },
  );

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What Redis is told without waiting for it has arrived when the key is there. */
const untilTold = (redis: Awaited<ReturnType<typeof open>>['redis'], field: string) =>
  waitFor(
    () => redis.client.hexists(quotaKey, field),
    (exists) => exists === 1,
    { everyMs: 5 },
  );

describeWithRedis('Slots of several replicas', () => {
  test('lie evenly spaced, whoever takes them', async () => {
    const { a, b, c } = await open();
    const first = Date.now();
    for (let place = 0; place < 30; place++) {
      const { slots } = [a, b, c][place % 3] ?? a;
      const [moment = 0] = await take(slots, 1);
      // Redis gave it while we waited for the answer.
      expect(moment).toBeGreaterThanOrEqual(first + place * spacingMs - 5);
      expect(moment).toBeLessThanOrEqual(Date.now() + place * spacingMs);
    }
  });

  test('never hold more than the limit in any second, over random waits, pauses and replicas', async () => {
    const { redis, a, b, c } = await open();
    const anyStep = fc.record({
      replica: fc.constantFrom(a, b, c),
      count: fc.integer({ min: 1, max: 25 }),
      maxWaitMs: fc.integer({ min: 0, max: longestWaitMs }),
      pauseMs: fc.constantFrom(0, 0, 0, 300, 1_500),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 8 }), async (steps) => {
        await redis.client.hdel(quotaKey, 'nextSlot');
        const moments: number[] = [];
        const asked = steps.map(async ({ replica, count, maxWaitMs, pauseMs }) => {
          if (pauseMs > 0) replica.slots.pause(pauseMs);
          for (let call = 0; call < count; call++) {
            const reservation = await replica.slots.reserve(maxWaitMs);
            if (reservation.kind === 'granted') {
              expect(reservation.at - Date.now()).toBeLessThanOrEqual(maxWaitMs);
              moments.push(reservation.at);
            }
          }
        });
        await Promise.all(asked);
        expect(mostWithin(1_000, moments)).toBeLessThanOrEqual(quota.calls);
      }),
      { numRuns: 30 },
    );
  });

  test('are refused at once when taken, cost nothing then, and the time to ask again is honest', async () => {
    const { a, b } = await open();
    await takeAll(a.slots, 300);
    const refusals = await Promise.all(Array.from({ length: 50 }, () => b.slots.reserve(300)));
    const [refused] = refusals;
    if (refused?.kind !== 'refused') throw new Error('There should be no slot left.');
    for (const { kind } of refusals) expect(kind).toBe('refused');
    expect(refused.retryAfterMs).toBeLessThanOrEqual(spacingMs);
    await sleep(Math.ceil(refused.retryAfterMs) + 1);
    expect(await b.slots.reserve(300)).toMatchObject({ kind: 'granted' });
  });

  test('pause in all replicas when the vendor asks one of them to', async () => {
    const { redis, a, b } = await open();
    a.slots.pause(2_000);
    await untilTold(redis, 'pausedUntil');
    expect(await b.slots.reserve(1_000)).toMatchObject({ kind: 'refused' });
    expect(await b.slots.reserve(3_000)).toMatchObject({ kind: 'granted', at: expect.any(Number) });
  });

  test('are denied in all replicas when one has learnt that the credentials are wrong', async () => {
    const { redis, a, b } = await open();
    a.slots.deny(denial, 300);
    await untilTold(redis, 'deniedUntil');
    expect(await b.slots.reserve(0)).toMatchObject({
      kind: 'denied',
      denial: {
        code: 'ACCESS_DENIED',
        message: 'No such key.',
        details: { vendorCode: 'InvalidAccessKeyId' },
      },
    });
    await sleep(310);
    expect(await b.slots.reserve(0)).toMatchObject({ kind: 'granted' });
  });

  test('leave a key that ends', async () => {
    const { redis, a } = await open();
    a.slots.pause(10);
    await untilTold(redis, 'pausedUntil');
    expect(await redis.client.pttl(quotaKey)).toBeGreaterThan(0);
    await redis.flush();
    a.slots.deny(denial, 10);
    await untilTold(redis, 'deniedUntil');
    expect(await redis.client.pttl(quotaKey)).toBeGreaterThan(0);
    await redis.flush();
    await a.slots.reserve(0);
    expect(await redis.client.pttl(quotaKey)).toBeGreaterThan(0);
  });
});

describeWithRedis('A reservation whose answer is lost', () => {
  test('is repeated, and takes no second slot', async () => {
    const { redis, b } = await open();
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    let lost = 0;
    const losing: SharedMemory = {
      ...memory,
      run: async (...question) => {
        const answer = await memory.run(...question);
        lost += 1;
        if (lost <= 2) throw new SharedMemoryDown('Lost on its way.');
        return answer;
      },
    };
    const slots = createSharedSlots(losing, { provider: 'zego', spacingMs, holdMs, clock: systemClock });
    await untilAnswered(memory);
    const taken = await Promise.all(Array.from({ length: 10 }, () => slots.reserve(1_000)));
    const next = await b.slots.reserve(2_000);
    const [first] = taken;
    if (first?.kind !== 'granted' || next.kind !== 'granted') throw new Error('There is room for eleven.');
    expect(lost).toBe(3);
    expect((next.at - first.at) / spacingMs).toBeCloseTo(10, 0);
  });
});

describeWithRedis('A replica that comes back from working alone', () => {
  const aloneMs = 10_000;

  test('makes all wait for those who may still work alone, and the next one not again', async () => {
    const { a, b, redis } = await open();
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    await untilAnswered(memory);
    const slots = createSharedSlots(memory, { provider: 'zego', spacingMs, holdMs, clock: systemClock });
    expect(await slots.reserve(0, { aloneMs, hasOwnDue: false })).toMatchObject({ kind: 'refused' });
    const [held] = await take(a.slots, 1, holdMs + 100);
    expect((held ?? 0) - Date.now()).toBeGreaterThan(holdMs - 1_000);
    await slots.reserve(0, { aloneMs, hasOwnDue: false });
    const [next] = await take(b.slots, 1, holdMs + 1_000);
    expect((next ?? 0) - (held ?? 0)).toBeLessThan(spacingMs * 1.5);
  });

  test('makes all wait again while calls of its own are due', async () => {
    const { a, redis } = await open();
    const memory = connectSharedMemory(redis.url, () => {});
    closers.push(memory.close);
    await untilAnswered(memory);
    const slots = createSharedSlots(memory, { provider: 'zego', spacingMs, holdMs, clock: systemClock });
    await slots.reserve(0, { aloneMs, hasOwnDue: false });
    await sleep(500);
    await slots.reserve(0, { aloneMs, hasOwnDue: true });
    const [held] = await take(a.slots, 1, holdMs + 100);
    expect((held ?? 0) - Date.now()).toBeGreaterThan(holdMs - 300);
  });
});

describeWithRedis('A Redis that has lost its memory', () => {
  test('gives out no slot beside those it has forgotten', async () => {
    const { redis, a, b, c } = await open();
    const moments = [...(await takeAll(a.slots, longestWaitMs)), ...(await takeAll(b.slots, longestWaitMs))];
    await redis.flush();
    for (const { slots } of [a, b, c]) moments.push(...(await takeAll(slots, longestWaitMs)));
    expect(mostWithin(1_000, moments)).toBeLessThanOrEqual(quota.calls);
  });

  test('in part, as one restored from a copy, gives out no slot twice', async () => {
    const { redis, a, b } = await open();
    const moments = await take(a.slots, 20);
    const copy = await redis.client.hgetall(quotaKey);
    moments.push(...(await take(a.slots, 40)));
    await redis.client.hset(quotaKey, copy);
    moments.push(...(await takeAll(a.slots, longestWaitMs)), ...(await takeAll(b.slots, longestWaitMs)));
    expect(mostWithin(1_000, moments)).toBeLessThanOrEqual(quota.calls);
  });

  test('is made up for once: a replica that notices late holds up nobody', async () => {
    const { redis, a, b } = await open();
    await take(a.slots, 1);
    await take(b.slots, 1);
    await redis.flush();
    await a.slots.reserve(0);
    await sleep(longestWaitMs + 1_500);
    expect(await a.slots.reserve(0)).toMatchObject({ kind: 'granted' });
    await sleep(100);
    expect(await b.slots.reserve(200)).toMatchObject({ kind: 'granted' });
  });
});

describeWithRedis('A Redis that is of no use', () => {
  test.each([
    ['is full', ['--maxmemory', '1']],
    ['only lets itself be read', ['--replicaof', '127.0.0.1 1']],
  ])('because it %s leaves each replica on its own, with no error', async (_, options) => {
    const { a } = await open(...options);
    const reservation = await a.slots.reserve(longestWaitMs);
    if (reservation.kind !== 'refused') throw new Error('It must not know of any slots.');
    expect(reservation.retryAfterMs).toBeLessThanOrEqual(longestWaitMs + 1_000);
  });

  test('because its key holds something else leaves each replica on its own, with no error', async () => {
    const { redis, a } = await open();
    await redis.client.set(quotaKey, 'nonsense');
    expect(await a.slots.reserve(0)).toMatchObject({ kind: 'refused', retryAfterMs: expect.any(Number) });
  });

  test.each(['nonsense', '', 'nan', '-nan', 'inf', '-inf', '1e300', '-1', '99999999999999999'])(
    'because its next slot is %j is not believed for longer than a pause can last',
    async (nextSlot) => {
      const { redis, a } = await open();
      await redis.client.hset(quotaKey, { nextSlot, epoch: 'epoch' });
      const reservation = await a.slots.reserve(60_000 + longestWaitMs);
      expect(reservation).toMatchObject({ kind: 'granted' });
      expect(reservation.kind === 'granted' ? reservation.at - Date.now() : Number.NaN).toBeLessThan(65_000);
    },
  );

  test.each([
    ['nonsense', 'nonsense'],
    ['inf', '{}'],
    ['99999999999999999', '{"code":"NONSENSE","message":"m"}'],
    ['99999999999999999', 'null'],
  ])('because it denies until %j with %j denies nothing', async (deniedUntil, text) => {
    const { redis, a } = await open();
    await redis.client.hset(quotaKey, { deniedUntil, denial: text });
    expect((await a.slots.reserve(60_000)).kind).not.toBe('denied');
  });
});
