import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TaskRef } from '../../src/domain/task-id.ts';
import { createRefresher, type Refreshed } from '../../src/lookup/refresher.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { refOf } from './builders.ts';

const spacingMs = 100;

/** A refresher whose refreshes take this long, and come to this. */
const open = (takesMs = spacingMs, outcome: () => Refreshed = () => 'done') => {
  const clock = createFakeClock();
  const refreshed: { readonly id: string; readonly at: number }[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const refresher = createRefresher(
    async (ref) => {
      refreshed.push({ id: ref.id, at: clock.now() - dawn });
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      await clock.sleep(takesMs);
      atOnce -= 1;
      return outcome();
    },
    spacingMs,
    clock,
  );
  return {
    clock,
    refresher,
    refreshed,
    ids: () => refreshed.map(({ id }) => id),
    mostAtOnce: () => mostAtOnce,
  };
};

const idOf = (taskId: string): string => refOf(taskId).id;

describe('The refresher', () => {
  test('renews what is wanted, at once when it has nothing else to do', async () => {
    const { clock, refresher, refreshed } = open();
    refresher.want(refOf('a'), 0);
    await clock.settle();
    expect(refreshed).toEqual([{ id: idOf('a'), at: 0 }]);
  });

  test('takes the oldest answer first, whoever asked first', async () => {
    const { clock, refresher, ids } = open();
    for (const [taskId, checkedAt] of [
      ['first', 50],
      ['young', 40],
      ['oldest', 10],
      ['old', 20],
    ] as const)
      refresher.want(refOf(taskId), checkedAt);
    await clock.advance(1_000);
    expect(ids()).toEqual(['first', 'oldest', 'old', 'young'].map(idOf));
  });

  test('renews once what is wanted many times while it waits', async () => {
    const { clock, refresher, ids } = open();
    refresher.want(refOf('busy'), 0);
    for (let time = 0; time < 50; time++) refresher.want(refOf(`task-${time % 5}`), 0);
    await clock.advance(10_000);
    expect(ids()).toEqual(['busy', ...Array.from({ length: 5 }, (_, index) => `task-${index}`)].map(idOf));
  });

  test('renews one at a time', async () => {
    const { clock, refresher, refreshed, mostAtOnce } = open();
    for (let index = 0; index < 20; index++) refresher.want(refOf(`task-${index}`), index);
    await clock.advance(5_000);
    expect(refreshed).toHaveLength(20);
    expect(mostAtOnce()).toBe(1);
  });

  test('tells how long it takes to renew all that is waiting', async () => {
    const { clock, refresher } = open();
    expect(refresher.backlogMs).toBe(0);
    for (let index = 0; index < 21; index++) refresher.want(refOf(`task-${index}`), index);
    expect(refresher.backlogMs).toBe(20 * spacingMs);
    await clock.advance(10 * spacingMs);
    expect(refresher.backlogMs).toBe(10 * spacingMs);
    await clock.advance(60_000);
    expect(refresher.backlogMs).toBe(0);
  });

  test('is bounded: ten thousand may wait, the others ask again with the next poll', async () => {
    const { refresher } = open();
    for (let index = 0; index < 30_000; index++) refresher.want(refOf(`task-${index}`), index);
    expect(refresher.backlogMs).toBe(10_000 * spacingMs);
  });

  test('pauses for as long as a refusal says, and tries the same task again', async () => {
    let refusals = 2;
    const { clock, refresher, refreshed } = open(0, () => (refusals-- > 0 ? { retryAfterMs: 300 } : 'done'));
    refresher.want(refOf('a'), 0);
    await clock.advance(10_000);
    expect(refreshed).toEqual([0, 300, 600].map((at) => ({ id: idOf('a'), at })));
  });

  test('looks again after half a second at the latest, and after 20 ms at the soonest', async () => {
    const waits = [60_000, 0];
    const { clock, refresher, refreshed } = open(0, () => {
      const retryAfterMs = waits.shift();
      return retryAfterMs === undefined ? 'done' : { retryAfterMs };
    });
    refresher.want(refOf('a'), 0);
    await clock.advance(10_000);
    expect(refreshed.map(({ at }) => at)).toEqual([0, 500, 520]);
  });

  test('after a refusal still takes the oldest first', async () => {
    let refusals = 1;
    const { clock, refresher, ids } = open(0, () => (refusals-- > 0 ? { retryAfterMs: 100 } : 'done'));
    refresher.want(refOf('young'), 20);
    await clock.advance(50);
    refresher.want(refOf('old'), 10);
    await clock.advance(1_000);
    expect(ids()).toEqual(['young', 'old', 'young'].map(idOf));
  });

  test('forgets nobody, in whatever moment he comes', async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const clock = createFakeClock();
      const refreshed: string[] = [];
      let finish = (): void => {};
      const refresh = ({ id }: TaskRef) =>
        new Promise<Refreshed>((resolve) => {
          refreshed.push(id);
          finish = () => resolve('done');
        });
      const refresher = createRefresher(refresh, spacingMs, clock);
      refresher.want(refOf('a'), 0);
      await clock.settle();
      finish();
      // So many promises after the first is done.
      for (let tick = 0; tick < ticks; tick++) await undefined;
      refresher.want(refOf('b'), 0);
      await clock.advance(10);
      expect({ ticks, refreshed }).toEqual({ ticks, refreshed: ['a', 'b'].map(idOf) });
    }
  });

  test('starves nobody: of many tasks that are wanted all the time, none is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 99 }),
        async (tasks, everyMs) => {
          const { clock, refresher, refreshed } = open();
          const checkedAt = new Map<string, number>();
          for (let moment = 0; moment < tasks * spacingMs * 4; moment += everyMs) {
            for (const { id, at } of refreshed) checkedAt.set(id, at);
            for (let index = 0; index < tasks; index++) {
              const ref = refOf(`task-${index}`);
              refresher.want(ref, checkedAt.get(ref.id) ?? 0);
            }
            await clock.advance(everyMs);
          }
          const counts = new Map<string, number>();
          for (const { id } of refreshed) counts.set(id, (counts.get(id) ?? 0) + 1);
          expect(counts.size).toBe(tasks);
          expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 20 },
    );
  });
});
