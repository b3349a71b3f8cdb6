import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { Exchange } from '../../src/exchange/exchange.ts';
import { createLocalExchange } from '../../src/exchange/local-exchange.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeOwner, createFakeVendor, type FakeVendor } from './fake-owner.ts';
import { toWant } from './replicas.ts';

const open = (): { exchange: Exchange; clock: FakeClock; vendor: FakeVendor; heard: string[] } => {
  const clock = createFakeClock();
  const vendor = createFakeVendor();
  const heard: string[] = [];
  const quota = { calls: 10, perMs: 1_000 };
  const exchange = createLocalExchange({
    createOwner: (links) =>
      createFakeOwner({ name: 'own', clock, vendor, quota, links, isKilled: () => false }),
  });
  exchange.listen({
    onNewOwner: () => {},
    onAnswer: ({ id }, { content }) => heard.push(`${id} ${content?.status}`),
    onFailure: ({ id }, { code }, restMs) => heard.push(`${id} ${code} ${restMs}`),
    onRefusal: ({ id }, { code }) => heard.push(`${id} refused: ${code}`),
  });
  return { exchange, clock, vendor, heard };
};

describe('without Redis', () => {
  test('this process owns the account from the first moment, and what it wants is answered', async () => {
    const { exchange, clock, heard } = open();
    expect(exchange.state).toEqual({ kind: 'owner' });
    exchange.want(toWant('a'));
    await clock.advance(200);
    expect(heard).toEqual(['a RUNNING']);
    expect(await exchange.read(toWant('a'))).toBeUndefined();
  });

  test('failures and refusals are heard, too; nobody else has better credentials', async () => {
    const { exchange, clock, vendor, heard } = open();
    vendor.refuses = () => new LookupError('ACCESS_DENIED', 'No.', { reason: { kind: 'wrong-credentials' } });
    for (const id of ['a', 'b', 'c']) exchange.want(toWant(id, 200));
    await clock.advance(100);
    expect(heard).toEqual(['c refused: RATE_LIMITED', 'a ACCESS_DENIED 1000']);
  });

  test('closing waits for what is under way, and starts nothing more', async () => {
    const { exchange, clock, vendor, heard } = open();
    for (const id of ['a', 'b']) exchange.want(toWant(id));
    await clock.advance(50);
    const closing = exchange.close();
    await clock.advance(1_000);
    await closing;
    expect(heard).toEqual(['a RUNNING']);
    expect(vendor.calls).toHaveLength(1);
  });
});
