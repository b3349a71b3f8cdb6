import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../../src/domain/errors.ts';
import { createLatency } from '../support/incidents.ts';
import { createWorld, type Replica, toWant, type World } from '../support/replicas.ts';

const followersOf = (world: World): Replica[] =>
  world.replicas.filter((replica) => !replica.isKilled && replica.exchange.state.kind === 'follower');

const onlyOwnerOf = (world: World): Replica => {
  const [owner, ...others] = world.owners();
  if (!owner || others.length > 0) throw new Error(`${others.length + (owner ? 1 : 0)} owners.`);
  return owner;
};

/** The longest time in which the vendor saw no call, in ms. */
const longestGap = ({ vendor }: World, since: number): number => {
  const times = vendor.calls.map(({ at }) => at).filter((at) => at >= since);
  return Math.max(...times.map((at, index) => at - (times[index - 1] ?? since)));
};

describe.each([0, 25, 125])('at %i ms to Redis and as much back', (oneWayMs) => {
  const network = { latencyMs: () => oneWayMs };

  test('a killed owner is replaced within 4.5 s', async () => {
    const world = createWorld();
    for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, network });
    await world.clock.advance(6_000);
    const owner = onlyOwnerOf(world);
    owner.kill();
    const killedAt = world.clock.elapsed();
    await world.clock.advance(8_000);
    const next = world.vendor.calls.find(({ by }) => by !== owner.name);
    expect((next?.at ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThan(4_500);
  });

  test('an account that is handed over goes on at once', async () => {
    const world = createWorld();
    for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, network });
    await world.clock.advance(6_000);
    const owner = onlyOwnerOf(world);
    const closedAt = world.clock.elapsed();
    void owner.exchange.close().then(owner.kill);
    await world.clock.advance(3_000);
    expect(onlyOwnerOf(world)).not.toBe(owner);
    // Two ways to Redis and back: that it is vacant, and that it is taken.
    expect(longestGap(world, closedAt)).toBeLessThan(4 * oneWayMs + 150);
    expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
  });

  test('the whole quota is used while all is well', async () => {
    const world = createWorld();
    for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, replicas: 3, network });
    await world.clock.advance(6_000);
    const before = world.vendor.calls.length;
    await world.clock.advance(10_000);
    expect(world.vendor.calls.length - before).toBeGreaterThan(0.9 * 10 * world.quota.calls);
  });
});

test('the whole quota is used though messages take half a second longer now and then', async () => {
  const world = createWorld();
  let count = 0;
  const latencyMs = () => {
    count += 1;
    return 125 + (count % 100 === 0 ? 500 : 0);
  };
  for (let of = 0; of < 3; of += 1) world.start({ isGreedy: true, replicas: 3, network: { latencyMs } });
  await world.clock.advance(6_000);
  const before = world.vendor.calls.length;
  await world.clock.advance(60_000);
  expect(world.vendor.calls.length - before).toBeGreaterThan(0.9 * 60 * world.quota.calls);
});

test.each([
  ['2 s forward', 2_000],
  ['60 s back', -60_000],
  ['so far forward that the lease is forgotten', 8 * 24 * 3_600_000],
])('a clock of Redis that is put %s neither stops the calls nor adds one', async (_, ms) => {
  const world = createWorld();
  for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, replicas: 3 });
  await world.clock.advance(6_000);
  const owner = onlyOwnerOf(world);
  const putAt = world.clock.elapsed();
  world.redis.putForward(ms);
  await world.clock.advance(5_000);
  expect(onlyOwnerOf(world)).toBe(owner);
  expect(longestGap(world, putAt)).toBeLessThan(150);
  expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
});

test('messages that take half a second longer are not taken for a loss, even one in ten: each want is answered', async () => {
  const world = createWorld();
  const latencyMs = createLatency({ oneWayMs: 125, jitterMs: 0, tail: 0.1 }, 1);
  for (let count = 0; count < 3; count += 1) world.start({ replicas: 3, network: { latencyMs } });
  await world.clock.advance(6_000);
  const ids = Array.from({ length: 150 }, (_, n) => `task-${n}`);
  for (const id of ids) {
    for (const { exchange } of world.replicas) exchange.want(toWant(id));
    await world.clock.advance(200);
  }
  await world.clock.advance(5_000);
  for (const { received, events } of world.replicas) {
    expect(received.filter(({ kind }) => kind !== 'answer')).toEqual([]);
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set(ids));
    expect(events.filter(({ kind }) => kind !== 'lease-taken')).toEqual([]);
  }
});

test('what was under way when the account was handed over is stored and pushed before the end', async () => {
  const world = createWorld();
  const [first, second] = [world.start({ callMs: 800 }), world.start()];
  await world.clock.advance(2_000);
  const owner = onlyOwnerOf(world);
  expect(owner).toBe(first);
  owner.exchange.want(toWant('slow'));
  await world.clock.advance(100);
  void owner.exchange.close().then(owner.kill);
  await world.clock.advance(1_500);
  expect(second.received).toMatchObject([{ kind: 'answer', id: 'slow' }]);
  expect(world.redis.get('media-tasks:1:{vendor-a1}:answer:Task:slow')).toBeDefined();
  expect(owner.isKilled).toBe(true);
});

test('wants that were sent to a killed owner are served by the next', async () => {
  const world = createWorld();
  for (let count = 0; count < 3; count += 1) world.start();
  await world.clock.advance(2_000);
  onlyOwnerOf(world).kill();
  const [first, second] = followersOf(world);
  first?.exchange.want(toWant('a', 6_000));
  second?.exchange.want(toWant('b', 6_000));
  await world.clock.advance(6_000);
  expect(first?.received.filter(({ id }) => id === 'a')).toMatchObject([{ kind: 'answer' }]);
  expect(second?.received.filter(({ id }) => id === 'b')).toMatchObject([{ kind: 'answer' }]);
});

test('who takes an account over unasked makes no call for a span after the last owner may have made one', async () => {
  const world = createWorld();
  for (let count = 0; count < 2; count += 1) world.start({ isGreedy: true, replicas: 2 });
  await world.clock.advance(3_000);
  const owner = onlyOwnerOf(world);
  owner.link.cut();
  await world.clock.advance(5_000);
  const lastOld = world.vendor.calls.filter(({ by }) => by === owner.name).at(-1);
  const firstNew = world.vendor.calls.find(({ by }) => by !== owner.name);
  expect((firstNew?.at ?? 0) - (lastOld?.at ?? 0)).toBeGreaterThanOrEqual(world.quota.perMs);
});

test('a want that was lost on the way is sent again after a second', async () => {
  const world = createWorld();
  for (let count = 0; count < 2; count += 1) world.start();
  await world.clock.advance(2_000);
  const [follower] = followersOf(world);
  follower?.link.cut();
  follower?.exchange.want(toWant('a'));
  await world.clock.advance(100);
  follower?.link.mend();
  await world.clock.advance(1_500);
  expect(follower?.received).toMatchObject([{ kind: 'answer', id: 'a' }]);
});

describe('a Redis that has lost its memory', () => {
  test('costs nothing while the owner lives', async () => {
    const world = createWorld();
    for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true });
    await world.clock.advance(3_000);
    const owner = onlyOwnerOf(world);
    const lostAt = world.clock.elapsed();
    world.redis.flush();
    await world.clock.advance(6_000);
    expect(onlyOwnerOf(world)).toBe(owner);
    expect(longestGap(world, lostAt)).toBeLessThan(150);
  });

  test('does not let a replica that has only just started call beside an owner that others know', async () => {
    const world = createWorld();
    const [first, second] = [
      world.start({ isGreedy: true, replicas: 2 }),
      world.start({ isGreedy: true, replicas: 2 }),
    ];
    await world.clock.advance(4_000);
    const owner = onlyOwnerOf(world);
    expect([first, second]).toContain(owner);
    owner.link.cut();
    world.redis.flush();
    world.start({ isGreedy: true, replicas: 2 });
    await world.clock.advance(10_000);
    expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
    expect(world.owners()).toHaveLength(1);
  });
});

describe('while Redis is lost, three replicas make calls by themselves within half of the quota, and together afterwards,', () => {
  const isAlone = ({ exchange }: Replica): boolean => exchange.state.kind === 'alone';
  /** As it is, when it is lost, and when it is back. */
  const ways: Record<string, [lose: (replica: Replica) => void, mend: (replica: Replica) => void]> = {
    'when it is killed': [({ link }) => link.cut(), ({ link }) => link.mend()],
    'when it hangs, and goes on with what it was sent meanwhile': [
      ({ link, clock }) => {
        link.network.stalledUntil = clock.elapsed() + 15_000;
      },
      () => {},
    ],
  };

  test.each(Object.entries(ways))('%s, however many REPLICAS says', async (_, [lose, mend]) => {
    const world = createWorld();
    for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, replicas: 1 });
    await world.clock.advance(4_000);
    world.replicas.forEach(lose);
    await world.clock.advance(9_000);
    expect(world.replicas.map(isAlone)).toEqual([true, true, true]);
    const before = world.vendor.calls.length;
    await world.clock.advance(5_000);
    const alone = world.vendor.calls.length - before;
    expect(alone).toBeGreaterThan(0);
    expect(alone).toBeLessThanOrEqual((5 * world.quota.calls) / 2);
    world.replicas.forEach(mend);
    await world.clock.advance(8_000);
    expect(world.owners()).toHaveLength(1);
    expect(world.replicas.map(isAlone)).toEqual([false, false, false]);
    expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
  });

  test('when it is away at their start', async () => {
    const world = createWorld();
    for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, replicas: 3 }).link.cut();
    await world.clock.advance(10_000);
    expect(world.replicas.map(isAlone)).toEqual([true, true, true]);
    expect(world.vendor.calls.length).toBeGreaterThan(0);
    for (const { link } of world.replicas) link.mend();
    await world.clock.advance(8_000);
    expect(world.owners()).toHaveLength(1);
    expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
  });
});

test('who takes over what was handed over long ago leaves calls unused for those whom it has not heard', async () => {
  const world = createWorld({ calls: 10, perMs: 1_000 });
  // Found by the model test of the limit: the first call of the one that was frozen comes before its heartbeat.
  const latencyMs = createLatency({ oneWayMs: 0, jitterMs: 50, tail: 0 }, 264_548_383);
  const start = () => world.start({ isGreedy: true, replicas: 2, network: { latencyMs } });
  for (let count = 0; count < 2; count += 1) start();
  await world.clock.advance(3_000);
  const owner = onlyOwnerOf(world);
  const [frozen] = followersOf(world);
  frozen?.clock.holdUp(4_779);
  void owner.exchange.close().then(owner.kill);
  await world.clock.advance(2_631);
  const late = start();
  await world.clock.advance(6_000);
  expect(world.owners()).toEqual([late]);
  expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
});

test('the limit is kept while one that owns nothing is cut off, and makes calls by itself', async () => {
  const world = createWorld();
  for (let count = 0; count < 3; count += 1) world.start({ isGreedy: true, replicas: 3 });
  await world.clock.advance(4_000);
  const [follower] = followersOf(world);
  if (follower) follower.link.cut();
  await world.clock.advance(10_000);
  expect(follower?.exchange.state.kind).toBe('alone');
  expect(world.vendor.calls.some(({ by }) => by === follower?.name)).toBe(true);
  expect(world.mostCalls()).toBeLessThanOrEqual(world.quota.calls);
});

describe('credentials that the vendor refuses', () => {
  const refused = new LookupError('ACCESS_DENIED', 'No.', { reason: { kind: 'wrong-credentials' } });

  test('pass the account to a replica with others, and do not get it back while that one lives', async () => {
    const world = createWorld();
    const bad = world.start({ fingerprint: 'bad' });
    await world.clock.advance(1_500);
    const good = world.start({ fingerprint: 'good' });
    await world.clock.advance(2_000);
    expect(world.owners()).toEqual([bad]);
    world.vendor.refuses = (by) => (by === bad.name ? refused : undefined);
    good.exchange.want(toWant('a'));
    await world.clock.advance(1_000);
    expect(world.owners()).toEqual([good]);
    bad.exchange.want(toWant('b'));
    await world.clock.advance(20_000);
    expect(world.owners()).toEqual([good]);
    for (const { received } of [bad, good]) {
      expect(received.filter(({ kind }) => kind !== 'answer')).toEqual([]);
    }
    expect(good.received.some(({ id }) => id === 'a')).toBe(true);
    expect(bad.received.some(({ id }) => id === 'b')).toBe(true);
  });

  test('are given up as soon as a replica with others comes, though they were refused before', async () => {
    const world = createWorld();
    const bad = world.start({ fingerprint: 'bad' });
    world.vendor.refuses = (by) => (by === bad.name ? refused : undefined);
    bad.exchange.want(toWant('a'));
    await world.clock.advance(2_000);
    expect(bad.received).toMatchObject([{ kind: 'failure', id: 'a', code: 'ACCESS_DENIED' }]);
    const good = world.start({ fingerprint: 'good' });
    await world.clock.advance(2_000);
    expect(world.owners()).toEqual([good]);
    bad.exchange.want(toWant('b'));
    await world.clock.advance(20_000);
    expect(world.owners()).toEqual([good]);
    expect(bad.received.slice(1)).toMatchObject([{ kind: 'answer', id: 'b' }]);
  });

  test('are given up within a second, though they have owned the account for a moment only', async () => {
    const world = createWorld();
    const bad = world.start({ fingerprint: 'bad' });
    world.vendor.refuses = (by) => (by === bad.name ? refused : undefined);
    await world.clock.advance(700);
    bad.exchange.want(toWant('a'));
    await world.clock.advance(100);
    expect(bad.received).toMatchObject([{ kind: 'failure', id: 'a', code: 'ACCESS_DENIED' }]);
    const good = world.start({ fingerprint: 'good' });
    await world.clock.advance(1_000);
    expect(world.owners()).toEqual([good]);
  });

  test('fail the wants of all replicas when none has others', async () => {
    const world = createWorld();
    const [first, second] = [world.start({ fingerprint: 'bad' }), world.start({ fingerprint: 'bad' })];
    await world.clock.advance(2_000);
    world.vendor.refuses = () => refused;
    second.exchange.want(toWant('a'));
    await world.clock.advance(500);
    for (const { received } of [first, second]) {
      expect(received).toMatchObject([{ kind: 'failure', id: 'a', code: 'ACCESS_DENIED' }]);
    }
  });

  test('do not own the account for a minute while a replica with others is there, and do when it is alone', async () => {
    const world = createWorld();
    const bad = world.start({ fingerprint: 'bad' });
    await world.clock.advance(1_500);
    const good = world.start({ fingerprint: 'good' });
    await world.clock.advance(2_000);
    world.vendor.refuses = (by) => (by === bad.name ? refused : undefined);
    good.exchange.want(toWant('a'));
    await world.clock.advance(3_000);
    good.kill();
    await world.clock.advance(8_000);
    expect(world.owners()).toEqual([bad]);
  });
});

test('the newest version owns the account', async () => {
  const world = createWorld();
  world.start({ shape: 1 });
  await world.clock.advance(2_000);
  const newer = world.start({ shape: 2 });
  await world.clock.advance(3_000);
  expect(world.owners()).toEqual([newer]);
  world.start({ shape: 1 });
  await world.clock.advance(5_000);
  expect(world.owners()).toEqual([newer]);
});

test('a replica that cannot read the answers of a newer owner refuses its wants at once', async () => {
  const world = createWorld();
  const newer = world.start({ shape: 2 });
  await world.clock.advance(2_000);
  expect(world.owners()).toEqual([newer]);
  const older = world.start({ shape: 1 });
  await world.clock.advance(2_000);
  older.exchange.want(toWant('a', 60_000));
  expect(older.received).toMatchObject([
    { kind: 'refusal', id: 'a', code: 'RATE_LIMITED', reason: 'partitioned' },
  ]);
  await world.clock.advance(10_000);
  expect(older.received).toHaveLength(1);
  expect(world.vendor.calls).toEqual([]);
});

test('what waits at an older replica is refused when a newer one takes the account over', async () => {
  const world = createWorld({ calls: 1, perMs: 1_000 });
  const older = world.start({ shape: 1 });
  await world.clock.advance(2_000);
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const id of ids) older.exchange.want(toWant(id, 60_000));
  const newer = world.start({ shape: 2 });
  await world.clock.advance(4_000);
  expect(world.owners()).toEqual([newer]);
  expect(older.received.map(({ id }) => id).sort()).toEqual(ids);
  expect(older.received.at(-1)).toMatchObject({ kind: 'refusal', reason: 'partitioned' });
});
