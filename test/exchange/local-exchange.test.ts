import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { Exchange } from '../../src/exchange/exchange.ts';
import { createLocalExchange } from '../../src/exchange/local-exchange.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeOwner, createFakeVendor, type FakeVendor } from './support/fake-owner.ts';
import { toWant } from './support/replicas.ts';

const open = (): { exchange: Exchange; clock: FakeClock; vendor: FakeVendor; received: string[] } => {
  const clock = createFakeClock();
  const vendor = createFakeVendor();
  const received: string[] = [];
  const quota = { calls: 10, perMs: 1_000 };
  const exchange = createLocalExchange({
    createOwner: (links) =>
      createFakeOwner({ name: 'own', clock, vendor, quota, links, isKilled: () => false }),
  });
  exchange.listen({
    onNewOwner: () => {},
    onAnswer: ({ id }, { content }) => received.push(`${id} ${content?.status}`),
    onFailure: ({ id }, { code }, restMs) => received.push(`${id} ${code} ${restMs}`),
    onRefusal: ({ id }, { code }) => received.push(`${id} refused: ${code}`),
  });
  return { exchange, clock, vendor, received };
};

describe('without Redis', () => {
  test('this process owns the account from the first moment, and what it wants is answered', async () => {
    const { exchange, clock, received } = open();
    expect(exchange.state).toEqual({ kind: 'owner' });
    exchange.want(toWant('a'));
    await clock.advance(200);
    expect(received).toEqual(['a RUNNING']);
    expect(await exchange.read(toWant('a'))).toBeUndefined();
  });

  test('failures and refusals are received, too; nobody else has better credentials', async () => {
    const { exchange, clock, vendor, received } = open();
    vendor.refuses = () => new LookupError('ACCESS_DENIED', 'No.', { reason: { kind: 'wrong-credentials' } });
    for (const id of ['a', 'b', 'c']) exchange.want(toWant(id, 200));
    await clock.advance(100);
    expect(received).toEqual(['c refused: RATE_LIMITED', 'a ACCESS_DENIED 1000']);
  });

  test('closing waits for what is under way, and starts nothing more', async () => {
    const { exchange, clock, vendor, received } = open();
    for (const id of ['a', 'b']) exchange.want(toWant(id));
    await clock.advance(50);
    const closing = exchange.close();
    await clock.advance(1_000);
    await closing;
    expect(received).toEqual(['a RUNNING']);
    expect(vendor.calls).toHaveLength(1);
  });
});
