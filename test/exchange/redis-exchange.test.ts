import { describe, expect, test } from '@jest/globals';
import { createWorld, toWant } from './support/replicas.ts';

describe('an account over Redis', () => {
  test('has an owner within a second of the first start', async () => {
    const world = createWorld();
    const replica = world.start();
    replica.exchange.want(toWant('a', 1_000));
    await world.clock.advance(1_000);
    expect(world.owners()).toEqual([replica]);
    expect(replica.received).toMatchObject([{ kind: 'answer', id: 'a' }]);
  });

  test('has one owner, and one call serves the wants of all replicas', async () => {
    const world = createWorld();
    const replicas = [world.start(), world.start(), world.start()];
    await world.clock.advance(1_500);
    expect(world.owners()).toHaveLength(1);
    for (const { exchange } of replicas) exchange.want(toWant('a'));
    await world.clock.advance(200);
    expect(world.vendor.calls).toHaveLength(1);
    for (const { received } of replicas) expect(received).toMatchObject([{ kind: 'answer', id: 'a' }]);
  });

  test('stores its answers, and a replica that comes later reads them with their age', async () => {
    const world = createWorld();
    world.start().exchange.want(toWant('a'));
    await world.clock.advance(3_000);
    const late = world.start();
    const reading = late.exchange.read(toWant('a'));
    await world.clock.advance(50);
    const answer = await reading;
    expect(answer?.content).toEqual({ status: 'RUNNING' });
    const [call] = world.vendor.calls;
    expect(answer?.fetchedAt).toBeCloseTo((call?.at ?? 0) + 40, -1);
  });

  test('has another owner within 4.5 s after the owner was killed', async () => {
    const world = createWorld();
    const replicas = [world.start(), world.start(), world.start()];
    await world.clock.advance(2_000);
    const [owner] = world.owners();
    owner?.kill();
    const killedAt = world.clock.elapsed();
    const survivor = replicas.find((replica) => replica !== owner);
    survivor?.exchange.want(toWant('a'));
    await world.clock.advance(5_000);
    expect(survivor?.received).toMatchObject([{ kind: 'answer', id: 'a' }]);
    expect((survivor?.received[0]?.at ?? 0) - killedAt).toBeLessThan(4_500);
    expect(world.owners()).toHaveLength(1);
  });

  test('serves the first wants of a replica that has just started, though it has not heard the owner yet', async () => {
    const world = createWorld();
    world.start();
    await world.clock.advance(2_600);
    const late = world.start();
    await world.clock.advance(50);
    const wantedAt = world.clock.elapsed();
    late.exchange.want(toWant('a', 2_000));
    await world.clock.advance(2_000);
    expect(late.received).toMatchObject([{ kind: 'answer', id: 'a' }]);
    expect((late.received[0]?.at ?? 0) - wantedAt).toBeLessThan(700);
  });

  test('does not refuse the first wants because the first reply of Redis takes a while', async () => {
    const world = createWorld();
    const replica = world.start({ network: { latencyMs: () => 260 } });
    await world.clock.advance(510);
    replica.exchange.want(toWant('a', 4_500));
    await world.clock.advance(5_000);
    expect(replica.received).toMatchObject([{ kind: 'answer', id: 'a' }]);
  });
});
