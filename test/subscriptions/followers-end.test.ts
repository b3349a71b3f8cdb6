import { describe, expect, it } from '@jest/globals';
import { toProblemTask } from '../../src/lookup/entry.ts';
import { createWatchers } from '../../src/subscriptions/followers.ts';
import { failureOf, refOf } from '../lookup/builders.ts';
import { dawn } from '../support/fake-clock.ts';
import { createScriptedLookup, taskOf } from './scripted-lookup.ts';
import { openWatchers } from './watching.ts';

/** When following a task ends, and when it must not. */

describe('the end', () => {
  it('comes when all tasks are final, and not before', async () => {
    const { clock, watch, tell } = openWatchers();
    tell('a', taskOf('a', 'SUCCEEDED'));
    tell('b', taskOf('b'));
    const { tasks, reading } = watch('a', 'b');
    await clock.advance(3_500);
    expect(tasks.map(({ id }) => id)).toEqual(['zego:tencent:a', 'zego:tencent:b']);
    expect(reading.ending).toBe('none');
    tell('b', taskOf('b', 'CANCELED'));
    await clock.advance(1_000);
    expect(reading.ending).toBe('done');
  });

  it('comes at once for a task whose problem nobody can wait away, and for no tasks', async () => {
    const { clock, watch, tell } = openWatchers();
    tell('a', toProblemTask(refOf('a'), failureOf('ACCESS_DENIED')));
    const denied = watch('a');
    const none = watch();
    await clock.settle();
    expect(denied.tasks.map(({ problem }) => problem?.code)).toEqual(['ACCESS_DENIED']);
    expect([denied.reading.ending, none.reading.ending]).toEqual(['done', 'done']);
  });

  it('does not come for a problem that passes', async () => {
    const { clock, watch, tell } = openWatchers();
    tell('a', toProblemTask(refOf('a'), failureOf('UNAVAILABLE', { retryAfterMs: 3_000 })));
    const { tasks, reading } = watch('a');
    await clock.advance(2_999);
    tell('a', taskOf('a', 'SUCCEEDED'));
    expect(reading.ending).toBe('none');
    await clock.advance(1);
    expect(tasks.map(({ problem, status }) => problem?.code ?? status)).toEqual(['UNAVAILABLE', 'SUCCEEDED']);
    expect(reading.ending).toBe('done');
  });

  it('is an error for those who follow a task whose lookup has a bug, and for nobody else', async () => {
    const { clock, watch, tell, lookedUpAt } = openWatchers();
    tell('a', taskOf('a'));
    tell('b', taskOf('b'));
    const [both, onlyB] = [watch('a', 'b'), watch('b')];
    await clock.settle();
    tell('a', new TypeError('a bug'));
    await clock.advance(5_500);
    expect([both.reading.ending, onlyB.reading.ending]).toEqual(['a bug', 'none']);
    expect(lookedUpAt('a')).toEqual([0, 1_000]);
    tell('a', taskOf('a', 'SUCCEEDED'));
    const again = watch('a');
    await clock.settle();
    expect(again.reading.ending).toBe('done');
    await onlyB.leave();
  });

  it('of all watching lets each reader read what is there, and asks no more', async () => {
    const { clock, watchers, watch, tell, lookedUpAt } = openWatchers();
    tell('a', taskOf('a'));
    const unread = watchers.watch([refOf('a')]);
    const { reading } = watch('a');
    await clock.settle();
    watchers.close();
    await clock.settle();
    expect(reading.ending).toBe('done');
    expect(await unread.next()).toEqual({ done: false, value: taskOf('a') });
    expect(await unread.next()).toEqual({ done: true, value: undefined });
    await clock.advance(10_000);
    expect(lookedUpAt('a')).toEqual([0]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'does not come to somebody who joins %d steps after a watcher woke for nobody',
    async (steps) => {
      const sleepers: (() => void)[] = [];
      const clock = { now: () => dawn, sleep: () => new Promise<void>((wake) => sleepers.push(wake)) };
      const lookup = createScriptedLookup(clock);
      lookup.tells.set(refOf('a').id, taskOf('a'));
      const watchers = createWatchers(lookup, clock);
      const leaver = watchers.watch([refOf('a')]);
      await leaver.next();
      await leaver.return?.();
      for (const wake of sleepers.splice(0)) wake();
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const newcomer = watchers.watch([refOf('a')]);
      expect(await newcomer.next()).toEqual({ done: false, value: taskOf('a') });
      const changed = newcomer.next();
      lookup.tells.set(refOf('a').id, taskOf('a', 'SUCCEEDED'));
      await new Promise((resolve) => setImmediate(resolve));
      for (const wake of sleepers.splice(0)) wake();
      expect(await changed).toEqual({ done: false, value: taskOf('a', 'SUCCEEDED') });
    },
  );
});
