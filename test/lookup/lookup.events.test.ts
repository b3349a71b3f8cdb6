import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { Caller } from '../../src/lookup/lookup.ts';
import { refOf } from './builders.ts';
import { deadlineMs, openAccount } from './open-account.ts';

/** What a lookup tells of those who wait, and counts of those who do not. */

const first = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const second = '00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01';

let requests = 0;
const open = () => {
  const account = openAccount();
  const callerOf = (trace?: string): Caller => {
    requests += 1;
    const deadlineAt = account.clock.elapsed() + deadlineMs;
    return { identity: '', request: `${requests}`, deadlineAt, trace };
  };
  const lookups = () => account.events.flatMap((event) => (event.kind === 'lookup-finished' ? [event] : []));
  return { ...account, callerOf, lookups };
};

describe('A lookup tells', () => {
  test('of each caller that waited for how long, and which one joined the wait of another', async () => {
    const { lookup, clock, vendor, lookups, callerOf, events } = open();
    vendor.latencyMs = 100;
    void lookup.find(refOf('a'), callerOf(first));
    await clock.advance(30);
    void lookup.find(refOf('a'), callerOf(second));
    await clock.advance(200);
    const told = { typename: 'ZegoMediaTask', outcome: 'OK', source: 'vendor', reason: undefined };
    expect(lookups()).toMatchObject([
      { ...told, durationMs: 100, trace: first, joined: undefined },
      { ...told, durationMs: 70, trace: second, joined: { trace: first } },
    ]);
    // The call is made for the first.
    expect(events).toContainEqual(expect.objectContaining({ kind: 'vendor-call-finished', trace: first }));
  });

  test('why there was no answer, and that an earlier one was shown', async () => {
    const { lookup, clock, vendor, lookups, callerOf } = open();
    vendor.answer = new LookupError('ACCESS_DENIED', 'No.', { reason: { kind: 'wrong-credentials' } });
    void lookup.find(refOf('a'), callerOf());
    await clock.advance(10);
    expect(lookups()).toMatchObject([
      { outcome: 'ACCESS_DENIED', reason: 'wrong-credentials', source: 'none' },
    ]);
  });

  test('of nobody who did not have to wait, but counts what was shown, and how old it was', async () => {
    const { lookup, clock, lookups, callerOf, shownCounts } = open();
    void lookup.find(refOf('a'), callerOf());
    await clock.advance(100);
    expect(lookups()).toHaveLength(1);
    expect(shownCounts).toEqual({ outcomes: {}, ageMs: 0 });
    await lookup.find(refOf('a'), callerOf());
    await clock.advance(200);
    await lookup.find(refOf('a'), callerOf());
    expect(lookups()).toHaveLength(1);
    expect(shownCounts).toEqual({ outcomes: { OK: 2 }, ageMs: 100 + 300 });
  });
});
