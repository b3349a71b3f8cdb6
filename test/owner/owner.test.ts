import { describe, expect, test } from '@jest/globals';
import type { Content } from '../../src/domain/answer.ts';
import {
  coldWant,
  contentOf,
  failureOf,
  hotWant,
  idsOf,
  jobOf,
  jobTypename,
  openOwner,
  running,
  taskOf,
} from './open-owner.ts';

describe('A want', () => {
  test('that somebody waits for is asked of the vendor at once, and the answer is published', async () => {
    const { owner, clock, vendor, published } = openOwner();
    vendor.latencyMs = 50;
    owner.want(coldWant('a'), 'one');
    await clock.advance(100);
    expect(vendor.calls).toEqual([{ ids: ['a'], at: 0 }]);
    expect(published).toEqual([
      { kind: 'answer', id: 'a', at: 50, answer: { content: running, fetchedAt: 50, checkedAt: 50 } },
    ]);
  });

  test('for a task that the vendor does not know is answered with no content', async () => {
    const { owner, clock, vendor, published } = openOwner();
    vendor.says = () => null;
    owner.want(coldWant('a'), 'one');
    await clock.advance(0);
    expect(published).toMatchObject([{ kind: 'answer', answer: { content: null } }]);
  });

  test('of many replicas costs one call, while it is queued and while it is under way', async () => {
    const { owner, clock, vendor, of } = openOwner();
    vendor.latencyMs = 300;
    owner.want(coldWant('first'), 'one');
    for (const replica of ['one', 'two', 'three']) owner.want(coldWant('a'), replica);
    await clock.advance(200);
    for (const replica of ['one', 'two', 'three']) owner.want(coldWant('a'), replica);
    await clock.advance(1_000);
    expect(vendor.countOf('a')).toBe(1);
    expect(of('a')).toHaveLength(1);
  });

  test('is answered without a call when the owner has a fresh answer that the replica has not', async () => {
    const { owner, clock, vendor, of } = openOwner();
    owner.want(coldWant('a'), 'one');
    await clock.advance(1_000);
    owner.want(coldWant('a', { knownAgeMs: 3_000 }), 'two');
    expect(of('a')).toHaveLength(2);
    expect(vendor.countOf('a')).toBe(1);
  });

  test('of a replica that has the newest answer is asked of the vendor', async () => {
    const { owner, clock, vendor } = openOwner();
    owner.want(coldWant('a'), 'one');
    await clock.advance(1_000);
    owner.want(coldWant('a', { knownAgeMs: 1_000 }), 'one');
    await clock.advance(1_000);
    expect(vendor.countOf('a')).toBe(2);
  });

  test('for what failed just now hears of the failure again, without a call, until it may be tried again', async () => {
    const { owner, clock, vendor, of } = openOwner();
    vendor.says = () => failureOf('BAD_RESPONSE');
    owner.want(coldWant('a'), 'one');
    await clock.advance(400);
    owner.want(coldWant('a'), 'two');
    expect(of('a')).toMatchObject([
      { kind: 'failure', restMs: 1_000 },
      { kind: 'failure', restMs: 600 },
    ]);
    await clock.advance(600);
    owner.want(coldWant('a'), 'two');
    await clock.advance(0);
    expect(vendor.countOf('a')).toBe(2);
  });

  test.each([
    ['TIMEOUT', {}, 1_000],
    ['UNAVAILABLE', { retryAfterMs: 3_000 }, 3_000],
    ['RATE_LIMITED', { retryAfterMs: 10 }, 1_000],
    ['REJECTED', {}, 10_000],
    ['ACCESS_DENIED', {}, 10_000],
  ] as const)('that fails with %s %o is not tried again for %i ms', async (code, details, restMs) => {
    const { owner, clock, vendor, of } = openOwner();
    vendor.says = () => failureOf(code, details);
    owner.want(coldWant('a'), 'one');
    await clock.advance(0);
    expect(of('a')).toMatchObject([{ kind: 'failure', error: { code }, restMs }]);
  });

  test('that fails is published without secrets', async () => {
    const { owner, clock, vendor, of } = openOwner();
    vendor.says = () => failureOf('REJECTED', { vendorCode: 'no s3cret' });
    owner.want(coldWant('a'), 'one');
    await clock.advance(0);
    expect(of('a')).toMatchObject([{ error: { details: { vendorCode: 'no [redacted]' } } }]);
  });

  test('in the background is asked of the vendor when it falls due', async () => {
    const { owner, clock, vendor } = openOwner();
    owner.want(hotWant('a', 2_000), 'one');
    await clock.advance(5_000);
    expect(vendor.calls).toEqual([{ ids: ['a'], at: 2_000 }]);
  });

  test('that somebody waits for does not wait for a renewal that is due later', async () => {
    const { owner, clock, vendor } = openOwner();
    owner.want(hotWant('a', 2_000), 'one');
    owner.want(coldWant('a'), 'two');
    await clock.advance(5_000);
    expect(vendor.calls).toEqual([{ ids: ['a'], at: 0 }]);
  });

  test('whose call ends in a bug of this program gets an error, and the next want is served', async () => {
    const { owner, clock, vendor, of, bugs } = openOwner();
    const bug = new TypeError('undefined is not a function');
    vendor.says = (id) => (id === 'a' ? bug : running);
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b'), 'one');
    await clock.advance(1_000);
    expect(bugs).toEqual([bug]);
    expect(of('a')).toMatchObject([
      { kind: 'failure', error: { code: 'UNAVAILABLE', message: 'Internal error.' } },
    ]);
    expect(of('b')).toMatchObject([{ kind: 'answer' }]);
  });

  test('for what this vendor does not have is ignored', async () => {
    const { owner, clock, vendor } = openOwner();
    owner.want(coldWant('a', { typename: 'Unheard' }), 'one');
    await clock.advance(1_000);
    expect(vendor.calls).toEqual([]);
  });
});

describe('A task that has ended', () => {
  const openEnded = async (options: Parameters<typeof openOwner>[0] = {}) => {
    const opened = openOwner(options);
    opened.vendor.says = (_, attempt) => contentOf(attempt === 1 ? 'SUCCEEDED' : 'RUNNING');
    opened.owner.want(coldWant('a'), 'one');
    await opened.clock.advance(1_000);
    return opened;
  };

  test('stays so for this owner, whatever the vendor says next', async () => {
    const { owner, clock, of } = await openEnded();
    owner.want(coldWant('a', { knownAgeMs: 1_000 }), 'one');
    await clock.advance(1_000);
    expect(of('a').at(-1)).toMatchObject({ answer: { content: { status: 'SUCCEEDED' }, fetchedAt: 0 } });
  });

  test('stays so for the next owner, which reads it from the store', async () => {
    const stored = { content: contentOf('SUCCEEDED'), fetchedAt: -9_000, checkedAt: -9_000 };
    const { owner, clock, vendor, of } = openOwner({ options: { read: async () => stored } });
    vendor.says = () => null;
    owner.want(coldWant('a', { knownAgeMs: 9_000 }), 'one');
    await clock.advance(1_000);
    expect(of('a')).toMatchObject([{ answer: { content: { status: 'SUCCEEDED' }, checkedAt: 0 } }]);
  });

  test('is not read from the store when no replica knows it', async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return undefined;
    };
    const { owner, clock } = openOwner({ options: { read } });
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b', { knownAgeMs: 9_000 }), 'one');
    await clock.advance(1_000);
    expect(reads).toBe(1);
  });
});

describe('Jobs', () => {
  const jobWant = (id: string, fields = {}) => coldWant(id, { typename: jobTypename, ...fields });

  test('that are wanted together go in one call, at most ten', async () => {
    const { owner, clock, vendor } = openOwner();
    for (const id of idsOf(25, 'job')) owner.want(jobWant(id), 'one');
    await clock.advance(5_000);
    expect(vendor.calls.map(({ ids }) => ids.length)).toEqual([10, 10, 5]);
  });

  test('of several callers and in the background go along in the same call', async () => {
    const { owner, clock, vendor } = openOwner();
    owner.want(coldWant('task'), 'one');
    owner.want(jobWant('a', { caller: 'first' }), 'one');
    owner.want(jobWant('b', { caller: 'second' }), 'two');
    owner.want(jobWant('c', { patienceMs: 0, dueInMs: 50 }), 'two');
    await clock.advance(5_000);
    expect(vendor.calls.map(({ ids }) => [...ids].sort())).toEqual([['task'], ['a', 'b', 'c']]);
  });

  test('count as one call in the estimate of their turn', async () => {
    const { owner, published } = openOwner();
    for (const id of idsOf(200, 'job')) owner.want(jobWant(id), 'one');
    expect(published).toEqual([]);
  });

  test('in a task are learnt from its answer: who wants them is answered without a call', async () => {
    const job = contentOf('SUCCEEDED');
    const { owner, clock, vendor, of } = openOwner({
      learn: (): [ReturnType<typeof jobOf>, Content][] => [[jobOf('j'), job]],
    });
    owner.want(coldWant('a'), 'one');
    owner.want(jobWant('j', { patienceMs: 0, dueInMs: 1_000 }), 'two');
    await clock.advance(50);
    expect(of('j')).toMatchObject([{ kind: 'answer', at: 0, answer: { content: job } }]);
    owner.want(jobWant('j'), 'three');
    await clock.advance(5_000);
    expect(of('j')).toHaveLength(2);
    expect(vendor.countOf('j')).toBe(0);
  });
});

describe('The status of an owner', () => {
  test('says how long renewals that are due will take, and how long everything', async () => {
    const { owner, clock } = openOwner();
    await clock.advance(1_000);
    owner.want(coldWant('taken'), 'one');
    await clock.advance(0);
    for (const id of idsOf(20, 'hot')) owner.want(hotWant(id), 'one');
    owner.want(hotWant('later', 9_000), 'one');
    for (const id of idsOf(10, 'cold')) owner.want(coldWant(id), 'one');
    const spacingMs = 1_000 / 0.93 / 10;
    expect(owner.status).toEqual({
      breaker: 'CLOSED',
      renewalBacklogMs: expect.closeTo(20 * spacingMs),
      backlogMs: expect.closeTo(30 * spacingMs),
      backlog: 30,
      callsInLastSecond: 1,
      lastSuccessAgeMs: 0,
    });
    await clock.advance(8_000);
    expect(owner.status).toMatchObject({ renewalBacklogMs: 0, backlogMs: 0 });
  });
});

describe('An answer of another replica', () => {
  test('is known to the owner: whoever lacks it is answered without a call', async () => {
    const { owner, clock, vendor, of } = openOwner();
    const answer = { content: running, fetchedAt: 0, checkedAt: 0 };
    owner.settled(taskOf('a'), answer);
    owner.want(coldWant('a'), 'two');
    await clock.advance(100);
    expect(of('a')).toMatchObject([{ kind: 'answer', answer }]);
    expect(vendor.calls).toEqual([]);
  });
});
