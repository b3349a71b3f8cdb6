import assert from 'node:assert/strict';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toCaller } from '../../src/exchange/exchange.ts';
import { createScheduler, type Refused } from '../../src/owner/scheduler.ts';
import { coldWant, hotWant, jobTypename } from './open-owner.ts';

const spacingMs = 100;

/** A scheduler whose permits fall due every 100 ms, the first at once. */
const open = () => {
  const clock = { at: 0, elapsed: () => clock.at };
  let nextAt = 0;
  const limiter = {
    spacingMs,
    get nextInMs() {
      return Math.max(0, nextAt - clock.at);
    },
  };
  const maxBatchOf = (typename: string): number => (typename === jobTypename ? 10 : 1);
  const scheduler = createScheduler({ limiter, clock, maxBatchOf });
  const takeIds = (): readonly string[] => {
    nextAt = clock.at + spacingMs;
    return scheduler.take().map(({ subject }) => subject.id);
  };
  /** Uses the next permit, when it is due. */
  const take = (): readonly string[] => {
    clock.at += limiter.nextInMs;
    return takeIds();
  };
  return { clock, scheduler, take };
};

const takeAll = (take: () => readonly string[]): string[] => {
  const taken: string[] = [];
  for (let ids = take(); ids.length > 0; ids = take()) taken.push(...ids);
  return taken;
};

describe('The scheduler', () => {
  test('serves callers in turn, and each in the order of its wants', () => {
    const { scheduler, take } = open();
    for (const caller of ['large', 'large', 'large', 'small', 'middle', 'middle']) {
      const index = scheduler.dueCold;
      scheduler.want(coldWant(`cold ${caller} ${index}`, { caller }), 'one');
    }
    expect(takeAll(take)).toEqual([
      'cold large 0',
      'cold small 3',
      'cold middle 4',
      'cold large 1',
      'cold middle 5',
      'cold large 2',
    ]);
  });

  test('serves a small caller before the rest of a large one, however full the queue is', () => {
    const { scheduler, take } = open();
    for (let index = 0; index < 1_000; index++)
      scheduler.want(coldWant(`cold large ${index}`, { caller: 'large' }), 'one');
    expect(scheduler.want(coldWant('cold small 0', { caller: 'small' }), 'one')).toBeUndefined();
    expect([take(), take()]).toEqual([['cold large 0'], ['cold small 0']]);
  });

  test('serves identities in turn, however many requests one sends, and then the requests of each', () => {
    const { scheduler, take } = open();
    const want = (identity: string, request: string, id: string) =>
      scheduler.want(coldWant(id, { caller: toCaller(identity, request) }), 'one');
    for (const request of ['a', 'b', 'c'])
      for (const n of [1, 2]) want('many', request, `many ${request}${n}`);
    want('one', 'a', 'one a1');
    want('one', 'a', 'one a2');
    expect(takeAll(take)).toEqual([
      'many a1',
      'one a1',
      'many b1',
      'one a2',
      'many c1',
      'many a2',
      'many b2',
      'many c2',
    ]);
  });

  test('gives half of the turns to those who want little, however many want and watch much', () => {
    const { scheduler, take } = open();
    for (const large of ['a', 'b', 'c'])
      for (let index = 0; index < 100; index++) {
        scheduler.want(coldWant(`cold ${large} ${index}`, { caller: toCaller(large, `${index}`) }), 'one');
        scheduler.want(hotWant(`hot ${large} ${index}`, 0, { caller: toCaller(large, '') }), 'one');
      }
    const refused = Array.from({ length: 20 }, (_, index) =>
      scheduler.want(coldWant(`small ${index}`, { caller: toCaller('small', '') }), 'one'),
    ).filter((refusal) => refusal);
    expect(refused).toEqual([]);
    const taken = Array.from({ length: 40 }, () => take()[0]);
    expect(taken.filter((id) => id?.startsWith('small'))).toHaveLength(20);
  });

  test('says whether it is the quota that is used up, or the share of a caller that others go before', () => {
    const { scheduler } = open();
    const wantAll = (caller: string) =>
      Array.from({ length: 100 }, (_, index) =>
        scheduler.want(coldWant(`${caller} ${index}`, { caller: toCaller(caller, '') }), 'one'),
      );
    expect(wantAll('first').at(-1)?.overShare).toBeUndefined();
    expect(wantAll('second').at(-1)?.overShare).toBe(100);
  });

  test('serves whoever joins a want in the turn of the caller whose turn is sooner', () => {
    const { scheduler, take } = open();
    for (let index = 0; index < 30; index++)
      scheduler.want(coldWant(`cold large ${index}`, { caller: 'large' }), 'one');
    scheduler.want(coldWant('cold large 29', { caller: 'small' }), 'two');
    expect([take(), take()]).toEqual([['cold large 0'], ['cold large 29']]);
    expect(takeAll(take)).toHaveLength(28);
  });

  test('tells who cannot be served in time when its turn is, and keeps it queued for that', () => {
    const { scheduler, take, clock } = open();
    const refused: Refused[] = [];
    for (let index = 0; index < 100; index++) {
      const refusal = scheduler.want(coldWant(`cold a ${index}`), 'one');
      if (refusal) refused.push(refusal);
    }
    // 4 s of 5 s may be spent waiting.
    expect(refused).toHaveLength(59);
    const turns = new Map<string, number>();
    for (let ids = take(); ids[0] !== undefined; ids = take()) turns.set(ids[0], clock.at);
    for (const { subject, retryAfterMs } of refused)
      expect(Math.abs((turns.get(subject.id) ?? 0) - retryAfterMs)).toBeLessThanOrEqual(spacingMs);
  });

  test('tells the same turn to whoever asks for it again, and refuses nobody whose want is repeated', () => {
    const { scheduler, clock, take } = open();
    const callerOf = (index: number) => toCaller('page', `${index}`);
    const want = (index: number, replica: string) =>
      scheduler.want(coldWant(`cold ${index}`, { caller: callerOf(index) }), replica);
    const first = Array.from({ length: 100 }, (_, index) => want(index, 'one')?.retryAfterMs);
    for (let index = 0; index < 100; index += 1) {
      const again = want(index, 'one')?.retryAfterMs;
      expect(again === undefined).toBe(first[index] === undefined);
      if (again !== undefined) expect(again).toBeCloseTo(first[index] ?? 0);
    }
    for (let taken = 0; taken < 20; taken += 1) take();
    expect(want(30, 'one')).toBeUndefined();
    expect(want(90, 'two')?.retryAfterMs).toBeCloseTo((first[90] ?? 0) - clock.at);
  });

  test('refuses again who comes back too early', () => {
    const { scheduler, clock } = open();
    for (let index = 0; index < 100; index++) scheduler.want(coldWant(`cold a ${index}`), 'one');
    clock.at += 50;
    expect(scheduler.want(coldWant('cold a 99'), 'one')).toMatchObject({ replica: 'one' });
    expect(scheduler.dueCold).toBe(100);
  });

  test('queues at most a minute of calls for which nobody can wait', () => {
    const { scheduler } = open();
    let refused = 0;
    for (let index = 0; index < 2_000; index++)
      if (scheduler.want(coldWant(`cold a ${index}`), 'one')) refused += 1;
    expect(scheduler.dueCold).toBe(600);
    expect(refused).toBe(2_000 - 41);
  });

  test('keeps at most ten thousand renewals', () => {
    const { scheduler } = open();
    for (let index = 0; index < 12_000; index++) scheduler.want(hotWant(`hot ${index}`), 'one');
    expect(scheduler.dueHot).toBe(10_000);
  });

  test('counts renewals that are due when it says when a turn is', () => {
    const { scheduler } = open();
    for (let index = 0; index < 50; index++) scheduler.want(hotWant(`hot ${index}`), 'one');
    for (let index = 0; index < 30; index++) scheduler.want(coldWant(`cold a ${index}`), 'one');
    expect(scheduler.want(coldWant('cold a 30'), 'one')).toMatchObject({
      retryAfterMs: expect.closeTo(6_100),
    });
  });
});

const anyStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('cold' as const),
      identity: fc.integer({ min: 0, max: 3 }),
      request: fc.integer({ min: 0, max: 2 }),
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 25 })),
      patienceMs: fc.integer({ min: 1, max: 8_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('hot' as const),
      identity: fc.integer({ min: 0, max: 3 }),
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 15 })),
      dueInMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 })),
      knownAgeMs: fc.integer({ min: 0, max: 10_000 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant('take' as const), times: fc.integer({ min: 1, max: 15 }) }),
  },
);
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** What is queued, as plainly as can be said. */
interface Queued {
  readonly id: string;
  readonly isHot: boolean;
  readonly identity: string;
  readonly request: string;
  readonly dueAt: number;
  readonly knownAt: number;
  latestAt: number | undefined;
}

/** Members that wait: none is passed twice by the same other one before it is served. */
const createTurns = () => {
  const passed = new Map<string, Set<string>>();
  return {
    /** @param waiting all members that have something, the served one included */
    serve: (served: string, waiting: ReadonlySet<string>): void => {
      passed.delete(served);
      for (const known of passed.keys()) if (!waiting.has(known)) passed.delete(known);
      for (const member of waiting) {
        if (member === served) continue;
        const by = passed.get(member) ?? new Set<string>();
        assert.ok(!by.has(served), `${served} is served twice while ${member} waits`);
        passed.set(member, by.add(served));
      }
    },
    forget: (member: string): void => {
      passed.delete(member);
    },
  };
};

const live = (steps: readonly Step[]): void => {
  const { clock, scheduler, take } = open();
  const queued = new Map<string, Queued>();
  const identityTurns = createTurns();
  const requestTurns = createTurns();
  const lastOf = { large: { isHot: false, both: false }, small: { isHot: false, both: false } };
  let wasLarge = { isLarge: false, both: false };
  let large = new Set<string>();
  let count = 0;

  const due = (): Queued[] => [...queued.values()].filter(({ dueAt }) => dueAt <= clock.at);

  /** Identities with more than twenty items. They begin a new round when they become large, or small. */
  const regroup = (): void => {
    const counts = new Map<string, number>();
    for (const { identity, dueAt } of queued.values())
      if (dueAt <= clock.at) counts.set(identity, (counts.get(identity) ?? 0) + 1);
    const next = new Set([...counts.keys()].filter((name) => (counts.get(name) ?? 0) > 20));
    for (const name of [...large, ...next])
      if (large.has(name) !== next.has(name)) identityTurns.forget(name);
    large = next;
  };

  const want = (step: Exclude<Step, { readonly what: 'take' }>): void => {
    count += 1;
    const isHot = step.what === 'hot';
    const id = `${step.what} ${count}`;
    const identity = `identity-${step.identity}`;
    const request = isHot ? '' : `${identity} ${step.request}`;
    const caller = toCaller(identity, request);
    const own = { id, isHot, identity, request, latestAt: undefined };
    if (isHot) {
      const { dueInMs, knownAgeMs } = step;
      scheduler.want(hotWant(id, dueInMs, { knownAgeMs, caller }), 'one');
      queued.set(id, { ...own, dueAt: clock.at + dueInMs, knownAt: clock.at - knownAgeMs });
      return;
    }
    const { patienceMs } = step;
    const before = scheduler.dueCold;
    const refusal = scheduler.want(coldWant(id, { caller, patienceMs }), 'one');
    const isQueued = scheduler.dueCold > before;
    assert.ok(refusal ? refusal.retryAfterMs > patienceMs * 0.8 : isQueued);
    const latestAt = refusal ? undefined : clock.at + patienceMs * 0.8;
    if (isQueued) queued.set(id, { ...own, dueAt: clock.at, knownAt: 0, latestAt });
    regroup();
  };

  /** Whoever waits is refused before it is too late, and only then. */
  const checkRefusals = (): void => {
    for (const { subject } of scheduler.takeRefused()) {
      const one = queued.get(subject.id);
      assert.ok(one?.latestAt);
      one.latestAt = undefined;
    }
    // Those who wait are looked through every ten milliseconds.
    const isLate = ({ latestAt }: Queued) => latestAt !== undefined && latestAt < clock.at - 10;
    assert.deepEqual([...queued.values()].filter(isLate), []);
  };

  const checkTaken = (one: Queued, all: readonly Queued[]): void => {
    const isLarge = large.has(one.identity);
    const bothSizes = all.some(({ identity }) => large.has(identity) !== isLarge);
    if (bothSizes && wasLarge.both) assert.equal(isLarge, !wasLarge.isLarge);
    wasLarge = { isLarge, both: bothSizes };
    const group = all.filter(({ identity }) => large.has(identity) === isLarge);
    const both = group.some(({ isHot }) => isHot !== one.isHot);
    const last = lastOf[isLarge ? 'large' : 'small'];
    if (both && last.both) assert.equal(one.isHot, !last.isHot);
    Object.assign(last, { isHot: one.isHot, both });
    const own = group.filter(({ identity, isHot }) => identity === one.identity && isHot === one.isHot);
    if (one.isHot) {
      assert.equal(one.knownAt, Math.min(...own.map(({ knownAt }) => knownAt)));
      return;
    }
    const cold = group.filter(({ isHot }) => !isHot);
    assert.equal(
      own.find(({ request }) => request === one.request),
      one,
    );
    identityTurns.serve(one.identity, new Set(cold.map(({ identity }) => identity)));
    requestTurns.serve(one.request, new Set(own.map(({ request }) => request)));
  };

  const takeOnce = (): void => {
    clock.at += Math.max(0, scheduler.isDue ? 0 : 10);
    const [id, ...more] = take();
    regroup();
    const all = due();
    assert.equal(more.length, 0);
    assert.equal(id !== undefined, all.length > 0);
    const one = queued.get(id ?? '');
    if (id === undefined) return;
    // Nothing is taken twice, nor what nobody wants.
    assert.ok(one);
    checkTaken(one, all);
    queued.delete(id);
    regroup();
  };

  for (const step of steps) {
    if (step.what === 'take')
      for (let time = 0; time < step.times; time += 1) {
        takeOnce();
        checkRefusals();
      }
    else for (let index = 0; index < step.count; index += 1) want(step);
  }
  clock.at += 10_000;
  scheduler.takeRefused();
  // Nothing is lost.
  expect(takeAll(take).sort()).toEqual([...queued.keys()].sort());
  expect(scheduler.dueCold + scheduler.dueHot).toBe(0);
};

describe('Whatever is wanted, the scheduler', () => {
  test('alternates, serves identities and requests in turn and the oldest renewal first, refuses in time, and loses nothing', () => {
    fc.assert(fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40, size: 'max' }), live), {
      numRuns: 100,
    });
  });

  test('puts jobs into as few calls as hold them, each once', () => {
    const anyJobs = fc.array(fc.record({ caller: fc.integer({ max: 5, min: 0 }), hot: fc.boolean() }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(anyJobs, (jobs) => {
        const { scheduler, take } = open();
        for (const [index, { caller, hot }] of jobs.entries()) {
          const fields = { typename: jobTypename, caller: `${caller}` };
          const id = `job ${index}`;
          scheduler.want(hot ? hotWant(id, 0, fields) : coldWant(id, fields), 'one');
        }
        const batches: (readonly string[])[] = [];
        for (let ids = take(); ids.length > 0; ids = take()) batches.push(ids);
        expect(batches).toHaveLength(Math.ceil(jobs.length / 10));
        expect(batches.flat().sort()).toEqual(jobs.map((_, index) => `job ${index}`).sort());
      }),
    );
  });
});
