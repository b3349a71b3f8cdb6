import { expect, test } from '@jest/globals';
import { createContext } from '../../src/graphql/context.ts';
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
