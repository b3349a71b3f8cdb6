import { expect, test } from '@jest/globals';
import { createContext } from '../../src/graphql/context.ts';
import type { TimeSlices } from '../../src/graphql/time-slices.ts';
import type { TaskLookup } from '../../src/lookup/lookup.ts';
import { createFollowers } from '../../src/subscriptions/followers.ts';
import { refOf } from '../lookup/builders.ts';
import { deadlineMs, openAccount } from '../lookup/open-account.ts';

test('A request has one deadline, however its loads are nested', async () => {
  const { lookup, clock, vendor } = openAccount();
  vendor.latencyMs = 60_000;
  const followers = createFollowers(lookup, clock);
  const context = createContext({ lookup, jobs: new Map(), followers, clock, deadlineMs });
  const ends: number[] = [];
  const load = async (name: string): Promise<void> => {
    const { problem } = await context.load(refOf(name));
    expect(problem?.code).toBe('TIMEOUT');
    ends.push(clock.elapsed());
  };
  const nested = clock.sleep(3_000).then(() => load('outer').then(() => load('inner')));
  await clock.advance(60_000);
  await nested;
  expect(ends).toEqual([deadlineMs, deadlineMs]);
});

test('Requests of one identity, and only these, share the quota as one caller', () => {
  const { lookup, clock } = openAccount();
  const followers = createFollowers(lookup, clock);
  const sources = { lookup, jobs: new Map(), followers, clock, deadlineMs };
  const [known, again, unknown] = [
    createContext(sources, undefined, 'alice'),
    createContext(sources, undefined, 'alice'),
    createContext(sources),
  ];
  expect([known.caller.identity, again.caller.identity, unknown.caller.identity]).toEqual([
    'alice',
    'alice',
    '',
  ]);
  expect(new Set([known, again, unknown].map(({ caller }) => caller.request)).size).toBe(3);
});

test('An answer is returned while others of the same request are waited for', async () => {
  const { lookup, clock } = openAccount(10);
  const followers = createFollowers(lookup, clock);
  const context = createContext({ lookup, jobs: new Map(), followers, clock, deadlineMs });
  const ends: number[] = [];
  for (const name of ['first', 'second'])
    void Promise.resolve(context.load(refOf(name))).then(() => ends.push(clock.elapsed()));
  await clock.advance(1_000);
  const [first = Number.NaN, second] = ends;
  expect(first).toBeLessThan(second ?? Number.NaN);
});

test('What a request waited for and gets together is completed in one time slice', async () => {
  const { lookup, clock, vendor } = openAccount();
  vendor.latencyMs = 60_000;
  const followers = createFollowers(lookup, clock);
  const granted = Promise.withResolvers<void>();
  let asked = 0;
  const slices: TimeSlices = {
    run: (_, work) => work(),
    next: () => {
      asked += 1;
      return granted.promise;
    },
    pause: () => undefined,
  };
  const context = createContext({ lookup, jobs: new Map(), followers, clock, deadlineMs, slices });
  let completed = 0;
  for (const name of ['first', 'second', 'third'])
    void Promise.resolve(context.load(refOf(name))).then(() => (completed += 1));
  await clock.advance(deadlineMs);
  expect([asked, completed]).toEqual([1, 0]);
  granted.resolve();
  await clock.settle();
  expect([asked, completed]).toEqual([1, 3]);
});

test('After each ten tasks that it looks up, a request goes on when there is time', async () => {
  const { lookup, clock } = openAccount();
  const followers = createFollowers(lookup, clock);
  const turns: (() => void)[] = [];
  const pause = () => new Promise<void>((resolve) => turns.push(resolve));
  const slices: TimeSlices = { run: (_, work) => work(), next: () => undefined, pause };
  let found = 0;
  const counted: TaskLookup = {
    ...lookup,
    find: (...parameters) => {
      found += 1;
      return lookup.find(...parameters);
    },
  };
  const context = createContext({ lookup: counted, jobs: new Map(), followers, clock, deadlineMs, slices });
  for (let n = 0; n < 25; n += 1) void context.load(refOf(`task-${n}`));
  const counts: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    await clock.settle();
    counts.push(found);
    turns[n]?.();
  }
  expect([counts, turns.length]).toEqual([[10, 20, 25], 2]);
});
