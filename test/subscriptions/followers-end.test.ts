import { describe, expect, it } from '@jest/globals';

import { createFollowers } from '../../src/subscriptions/followers.ts';
import { failureOf, refOf } from '../lookup/builders.ts';
import { dawn } from '../support/fake-clock.ts';
import { openFollowers } from './open-followers.ts';
import { createScriptedLookup, problemTaskOf, taskOf } from './scripted-lookup.ts';

/** When following a task ends, and when it must not. */

describe('the end', () => {
  it('comes when all tasks are final, and not before', async () => {
    const { clock, follow, setTask } = openFollowers();
    setTask('a', taskOf('a', 'SUCCEEDED'));
    setTask('b', taskOf('b'));
    const { tasks, reading } = follow('a', 'b');
    await clock.advance(3_500);
    expect(tasks.map(({ id }) => id)).toEqual(['zego:tencent:a', 'zego:tencent:b']);
    expect(reading.ending).toBe('none');
    setTask('b', taskOf('b', 'CANCELED'));
    await clock.advance(1_000);
    expect(reading.ending).toBe('done');
  });

  it('comes at once for a task whose problem is permanent, and for no tasks', async () => {
    const { clock, follow, setTask } = openFollowers();
    setTask('a', problemTaskOf('a', failureOf('ACCESS_DENIED')));
    const denied = follow('a');
    const none = follow();
    await clock.settle();
    expect(denied.tasks.map(({ problem }) => problem?.code)).toEqual(['ACCESS_DENIED']);
    expect([denied.reading.ending, none.reading.ending]).toEqual(['done', 'done']);
  });

  it('does not come for a temporary problem', async () => {
    const { clock, follow, setTask } = openFollowers();
    setTask('a', problemTaskOf('a', failureOf('UNAVAILABLE', { retryAfterMs: 3_000 })));
    const { tasks, reading } = follow('a');
    await clock.advance(2_999);
    setTask('a', taskOf('a', 'SUCCEEDED'));
    expect(reading.ending).toBe('none');
    await clock.advance(1);
    expect(tasks.map(({ problem, status }) => problem?.code ?? status)).toEqual(['UNAVAILABLE', 'SUCCEEDED']);
    expect(reading.ending).toBe('done');
  });

  it('is an error for the followers of a task whose lookup throws, and only for them', async () => {
    const { clock, follow, setTask, lookedUpAt } = openFollowers();
    setTask('a', taskOf('a'));
    setTask('b', taskOf('b'));
    const [both, onlyB] = [follow('a', 'b'), follow('b')];
    await clock.settle();
    setTask('a', new TypeError('a bug'));
    await clock.advance(5_500);
    expect([both.reading.ending, onlyB.reading.ending]).toEqual(['a bug', 'none']);
    expect(lookedUpAt('a')).toEqual([0, 1_000]);
    setTask('a', taskOf('a', 'SUCCEEDED'));
    const again = follow('a');
    await clock.settle();
    expect(again.reading.ending).toBe('done');
    await onlyB.unsubscribe();
  });

  it('of all streams lets each reader read what is queued, and makes no further lookup', async () => {
    const { clock, followers, follow, setTask, lookedUpAt } = openFollowers();
    setTask('a', taskOf('a'));
    const unread = followers.follow(1, () => [refOf('a')]);
    const { reading } = follow('a');
    await clock.settle();
    followers.close();
    await clock.settle();
    expect(reading.ending).toBe('done');
    expect(await unread.next()).toEqual({ done: false, value: taskOf('a') });
    expect(await unread.next()).toEqual({ done: true, value: undefined });
    await clock.advance(10_000);
    expect(lookedUpAt('a')).toEqual([0]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'does not come for a follower that joins %d steps after a lookup without followers',
    async (steps) => {
      const sleepers: (() => void)[] = [];
      const clock = {
        now: () => dawn,
        elapsed: () => 0,
        sleep: () => new Promise<void>((wake) => sleepers.push(wake)),
      };
      const lookup = createScriptedLookup(clock);
      lookup.finds.set(refOf('a').id, taskOf('a'));
      const followers = createFollowers(lookup, clock);
      const leaver = followers.follow(1, () => [refOf('a')]);
      await leaver.next();
      await leaver.return?.();
      for (const wake of sleepers.splice(0)) wake();
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const newcomer = followers.follow(1, () => [refOf('a')]);
      expect(await newcomer.next()).toEqual({ done: false, value: taskOf('a') });
      const changed = newcomer.next();
      lookup.finds.set(refOf('a').id, taskOf('a', 'SUCCEEDED'));
      await new Promise((resolve) => setImmediate(resolve));
      for (const wake of sleepers.splice(0)) wake();
      expect(await changed).toEqual({ done: false, value: taskOf('a', 'SUCCEEDED') });
    },
  );
});
