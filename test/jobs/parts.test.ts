import { describe, expect, it } from '@jest/globals';
import type { MediaTaskStatus } from '../../src/generated/model.ts';
import { failureOf } from '../lookup/builders.ts';
import { createFakeClock, dawn } from '../lookup/fake-clock.ts';
import { openParts, partOf, partsOf } from './parts-bench.ts';

/** Parts of tasks by their own ids, without a graph above and a vendor below. */

const open = (options?: { configured: boolean }) => {
  const clock = createFakeClock();
  return { clock, ...openParts(clock, options) };
};

describe('finding parts', () => {
  it('fills calls with as many ids as the vendor takes, and keeps order and length', async () => {
    const { parts, calls, terms } = open();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(await parts.find(ids)).toEqual(ids.map((id) => partOf(id)));
    expect(calls).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
    expect(terms[0]).toEqual({ deadline: dawn + 5_000, maxWaitMs: 4_000 });
  });

  it('asks once for an id that is wanted twice', async () => {
    const { parts, calls } = open();
    expect(await parts.find(['b', 'a', 'b', 'b'])).toEqual([
      partOf('b'),
      partOf('a'),
      partOf('b'),
      partOf('b'),
    ]);
    expect(calls).toEqual([['b', 'a']]);
  });

  it('of nothing asks nobody', async () => {
    const { parts, calls } = open();
    expect([await parts.find([]), calls]).toEqual([[], []]);
  });

  it('joins what is under way, and asks only for the rest', async () => {
    const { parts, vendor, calls } = open();
    const answers: (() => void)[] = [];
    vendor.say = (ids) => new Promise((resolve) => answers.push(() => resolve(partsOf(ids))));
    const first = parts.find(['a', 'b']);
    const second = parts.find(['b', 'c', 'a']);
    expect(calls).toEqual([['a', 'b'], ['c']]);
    for (const answer of answers) answer();
    expect(await first).toEqual([partOf('a'), partOf('b')]);
    expect(await second).toEqual([partOf('b'), partOf('c'), partOf('a')]);
  });

  it('ignores what the vendor says of parts that were not asked for', async () => {
    const { parts, vendor, calls } = open();
    vendor.say = () => partsOf(['a', 'other']);
    await parts.find(['a']);
    await parts.find(['other']);
    expect(calls).toEqual([['a'], ['other']]);
  });
});

describe('what is known', () => {
  const kept: [MediaTaskStatus, number][] = [
    ['RUNNING', 2_000],
    ['UNKNOWN', 2_000],
    ['QUEUED', 5_000],
    ['SUCCEEDED', 600_000],
    ['FAILED', 600_000],
  ];

  it.each(kept)('is asked for again when it is no longer fresh: %s after %d ms', async (status, ms) => {
    const { clock, parts, vendor, calls } = open();
    vendor.say = (ids) => partsOf(ids, status);
    await parts.find(['a']);
    await clock.advance(ms - 1);
    expect(await parts.find(['a'])).toEqual([partOf('a', status)]);
    expect(calls).toHaveLength(1);
    await clock.advance(2);
    vendor.say = (ids) => partsOf(ids, 'FAILED');
    expect(await parts.find(['a'])).toEqual([partOf('a', 'FAILED')]);
    expect(calls).toHaveLength(2);
  });

  it.each(kept)('from a task is fresh as long: %s for %d ms', async (status, ms) => {
    const { clock, parts, calls, learn } = open();
    learn(['a', 'b'], status);
    await clock.advance(ms - 1);
    expect(await parts.find(['b', 'a'])).toEqual([partOf('b', status), partOf('a', status)]);
    expect(calls).toEqual([]);
    await clock.advance(2);
    await parts.find(['a']);
    expect(calls).toEqual([['a']]);
  });

  it('is replaced by what a task says later', async () => {
    const { parts, vendor, learn } = open();
    vendor.say = (ids) => partsOf(ids, 'RUNNING');
    await parts.find(['a']);
    learn(['a'], 'SUCCEEDED');
    expect(await parts.find(['a'])).toEqual([partOf('a', 'SUCCEEDED')]);
  });

  it('is never nothing, at whatever moment it ceases to be fresh', async () => {
    let now = dawn;
    // Time passes while a question is being answered.
    const clock = { now: () => now++, sleep: () => Promise.resolve() };
    const { parts, vendor, calls } = openParts(clock);
    vendor.say = (ids) => partsOf(ids, 'RUNNING');
    for (let times = 0; times < 5_000; times += 1) {
      now += times % 3;
      expect(await parts.find(['a', 'b'])).toEqual([partOf('a', 'RUNNING'), partOf('b', 'RUNNING')]);
    }
    expect(calls.length).toBeGreaterThan(2);
  });
});

describe('a part that the vendor does not know', () => {
  it('is told as a problem beside the others, and looked for again after ten seconds', async () => {
    const { clock, parts, vendor, calls } = open();
    vendor.say = () => partsOf(['b']);
    const [a, b] = await parts.find(['a', 'b']);
    expect(a).toEqual({
      __typename: 'Job',
      jobId: 'a',
      status: null,
      problem: {
        code: 'TASK_NOT_FOUND',
        message: expect.any(String),
        retryable: false,
        retryAfterMs: null,
        vendorCode: null,
        vendorRequestId: null,
      },
    });
    expect(b).toEqual(partOf('b'));
    await clock.advance(9_999);
    expect(await parts.find(['a'])).toEqual([a]);
    expect(calls).toHaveLength(1);
    await clock.advance(2);
    vendor.say = (ids) => partsOf(ids);
    expect(await parts.find(['a'])).toEqual([partOf('a')]);
  });
});

describe('a failure', () => {
  it.each<[string, Parameters<typeof failureOf>, number]>([
    ['is not met again for a second', ['UNAVAILABLE'], 1_000],
    ['is not met again for as long as the vendor asks', ['RATE_LIMITED', { retryAfterMs: 7_000 }], 7_000],
    [
      'is not met again for a second, though the vendor asks for less',
      ['TIMEOUT', { retryAfterMs: 10 }],
      1_000,
    ],
  ])('%s', async (_, failure, ms) => {
    const { clock, parts, vendor, calls } = open();
    vendor.say = () => Promise.reject(failureOf(...failure));
    const found = await parts.find(['a', 'b', 'c', 'd']);
    expect(found.map((part) => part.problem?.code)).toEqual(Array.from({ length: 4 }, () => failure[0]));
    expect(calls).toHaveLength(2);
    await clock.advance(ms - 1);
    expect(await parts.find(['d', 'a'])).toEqual([found[3], found[0]]);
    expect(calls).toHaveLength(2);
    await clock.advance(2);
    vendor.say = (ids) => partsOf(ids);
    expect(await parts.find(['a'])).toEqual([partOf('a')]);
  });

  it('of our own quota is not kept: whoever asks next may find room', async () => {
    const { parts, vendor, calls } = open();
    vendor.say = () => Promise.reject(failureOf('RATE_LIMITED', { retryAfterMs: 900, ownQuota: true }));
    const [a] = await parts.find(['a']);
    expect(a?.problem).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 900 });
    vendor.say = (ids) => partsOf(ids);
    expect(await parts.find(['a'])).toEqual([partOf('a')]);
    expect(calls).toHaveLength(2);
  });

  it('of one call leaves the parts of the others alone', async () => {
    const { parts, vendor } = open();
    vendor.say = (ids) => (ids.includes('b') ? Promise.reject(failureOf('TIMEOUT')) : partsOf(ids));
    const found = await parts.find(['a', 'b', 'c', 'd']);
    expect(found.map((part) => part.problem?.code ?? part.status)).toEqual([
      'TIMEOUT',
      'TIMEOUT',
      'TIMEOUT',
      'SUCCEEDED',
    ]);
  });

  it('is told without the secrets in it', async () => {
    const { parts, vendor } = open();
    vendor.say = () =>
      Promise.reject(failureOf('REJECTED', { vendorCode: 'Wrong.secret', vendorRequestId: 'secret-1' }));
    const [a] = await parts.find(['a']);
    expect(a?.problem).toMatchObject({ vendorCode: 'Wrong.***', vendorRequestId: '***-1' });
  });

  it('does not take the place of what a task has told in the meantime', async () => {
    const { parts, vendor, learn } = open();
    const { promise, reject } = Promise.withResolvers<ReadonlyMap<string, ReturnType<typeof partOf>>>();
    vendor.say = () => promise;
    const early = parts.find(['a']);
    learn(['a']);
    reject(failureOf('TIMEOUT'));
    await early;
    expect(await parts.find(['a'])).toEqual([partOf('a')]);
  });

  it('for want of credentials is told of each, without a call', async () => {
    const { parts, calls } = open({ configured: false });
    const found = await parts.find(['a', 'b']);
    expect(found.map((part) => part.problem?.code)).toEqual([
      'PROVIDER_NOT_CONFIGURED',
      'PROVIDER_NOT_CONFIGURED',
    ]);
    expect(calls).toEqual([]);
  });
});

describe('a bug', () => {
  it('is thrown to all who wait for it, and not kept', async () => {
    const { parts, vendor } = open();
    vendor.say = () => Promise.reject(new TypeError('a bug'));
    const both = await Promise.allSettled([parts.find(['a']), parts.find(['a', 'b'])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    vendor.say = (ids) => partsOf(ids);
    expect(await parts.find(['a', 'b'])).toEqual([partOf('a'), partOf('b')]);
  });
});
