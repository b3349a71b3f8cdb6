import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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

/** A subject by its queue and caller: `cold 3 17` is the 17th of the third caller. */
const callerOf = (id: string): string => id.split(' ')[1] ?? '';

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
    // 4 s of 5 s may be spent waiting, and 3 s by a caller with more than twenty calls.
    expect(refused).toHaveLength(69);
    const turns = new Map<string, number>();
    for (let ids = take(); ids[0] !== undefined; ids = take()) turns.set(ids[0], clock.at);
    for (const { subject, retryAfterMs } of refused)
      expect(Math.abs((turns.get(subject.id) ?? 0) - retryAfterMs)).toBeLessThanOrEqual(spacingMs);
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
    expect(refused).toBe(2_000 - 31);
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
      caller: fc.integer({ min: 0, max: 4 }),
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 25 })),
      patienceMs: fc.integer({ min: 1, max: 8_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('hot' as const),
      id: fc.integer({ min: 0, max: 30 }),
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
  readonly dueAt: number;
  readonly knownAt: number;
  /** How often each other caller was served while this was its caller's first. */
  readonly passedBy: Map<string, number>;
  latestAt: number | undefined;
}

const live = (steps: readonly Step[]): void => {
  const { clock, scheduler, take } = open();
  const queued = new Map<string, Queued>();
  let count = 0;
  let coldCount = 0;
  let last: { readonly isHot: boolean; readonly bothWaited: boolean } | undefined;

  const wantCold = (caller: number, patienceMs: number): void => {
    count += 1;
    const id = `cold ${caller} ${count}`;
    const refusal = scheduler.want(coldWant(id, { caller: `${caller}`, patienceMs }), 'one');
    const isQueued = scheduler.dueCold > coldCount;
    coldCount = scheduler.dueCold;
    if (refusal) expect(refusal.retryAfterMs).toBeGreaterThan(patienceMs * 0.6);
    else expect(isQueued).toBe(true);
    const latestAt = refusal ? undefined : clock.at + patienceMs * 0.8;
    if (isQueued) queued.set(id, { id, isHot: false, dueAt: 0, knownAt: 0, passedBy: new Map(), latestAt });
  };

  const wantHot = (index: number, dueInMs: number, knownAgeMs: number): void => {
    const id = `hot ${index}`;
    scheduler.want(hotWant(id, dueInMs, { knownAgeMs }), 'one');
    const dueAt = clock.at + dueInMs;
    const known = queued.get(id);
    if (known && known.dueAt <= dueAt) return;
    const knownAt = clock.at - knownAgeMs;
    queued.set(id, { id, isHot: true, dueAt, knownAt, passedBy: new Map(), latestAt: undefined });
  };

  /** Whoever waits is refused before it is too late, and only then. */
  const checkRefusals = (): void => {
    for (const { subject } of scheduler.takeRefused()) {
      const one = queued.get(subject.id);
      expect(one?.latestAt).toBeDefined();
      if (one) one.latestAt = undefined;
    }
    const late = [...queued.values()].filter(({ latestAt }) => latestAt !== undefined && latestAt < clock.at);
    expect(late).toEqual([]);
  };

  const checkTaken = (one: Queued, wereDue: readonly Queued[], waitedCold: readonly Queued[]): void => {
    const bothWaited = wereDue.length > 0 && waitedCold.length > 0;
    if (bothWaited && last?.bothWaited) expect(one.isHot).toBe(!last.isHot);
    last = { isHot: one.isHot, bothWaited };
    if (one.isHot) {
      expect(one.dueAt).toBeLessThanOrEqual(clock.at);
      expect(one.knownAt).toBe(Math.min(...wereDue.map(({ knownAt }) => knownAt)));
      return;
    }
    const caller = callerOf(one.id);
    const firsts = new Map<string, Queued>();
    for (const each of waitedCold) if (!firsts.has(callerOf(each.id))) firsts.set(callerOf(each.id), each);
    expect(firsts.get(caller)).toBe(one);
    for (const first of firsts.values()) {
      if (first === one) continue;
      const passed = (first.passedBy.get(caller) ?? 0) + 1;
      expect(passed).toBeLessThanOrEqual(1);
      first.passedBy.set(caller, passed);
    }
  };

  const takeOnce = (): void => {
    clock.at += Math.max(0, scheduler.isDue ? 0 : 10);
    const before = [...queued.values()];
    const [id, ...more] = take();
    coldCount = scheduler.dueCold;
    const wereDue = before.filter(({ isHot, dueAt }) => isHot && dueAt <= clock.at);
    const waitedCold = before.filter(({ isHot }) => !isHot);
    expect(more).toEqual([]);
    expect(id !== undefined).toBe(wereDue.length + waitedCold.length > 0);
    const one = queued.get(id ?? '');
    if (id === undefined) return;
    // Nothing is taken twice, nor what nobody wants.
    expect(one).toBeDefined();
    if (one) checkTaken(one, wereDue, waitedCold);
    queued.delete(id);
  };

  for (const step of steps) {
    if (step.what === 'hot') wantHot(step.id, step.dueInMs, step.knownAgeMs);
    else if (step.what === 'cold')
      for (let index = 0; index < step.count; index += 1) wantCold(step.caller, step.patienceMs);
    else
      for (let time = 0; time < step.times; time += 1) {
        takeOnce();
        checkRefusals();
      }
  }
  clock.at += 10_000;
  scheduler.takeRefused();
  // Nothing is lost.
  expect(takeAll(take).sort()).toEqual([...queued.keys()].sort());
  expect(scheduler.dueCold + scheduler.dueHot).toBe(0);
};

describe('Whatever is wanted, the scheduler', () => {
  test('alternates, serves callers in turn and the oldest renewal first, refuses in time, and loses nothing', () => {
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
