import { describe, expect, it } from '@jest/globals';
import type { MediaTaskStatus } from '../../src/generated/model.ts';
import { failureOf } from '../lookup/builders.ts';
import { createFakeClock, dawn } from '../support/fake-clock.ts';
import { jobsOf, openParts, partOf } from './jobs-bench.ts';

/** Jobs of tasks by their own ids, without a graph above and a vendor below. */

const open = (options?: { configured: boolean }) => {
  const clock = createFakeClock();
  return { clock, ...openParts(clock, options) };
};

describe('finding jobs', () => {
  it('fills calls with as many ids as the vendor takes, and keeps order and length', async () => {
    const { jobs, calls, terms } = open();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(await jobs.find(ids)).toEqual(ids.map((id) => partOf(id)));
    expect(calls).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
    expect(terms[0]).toEqual({ deadline: dawn + 5_000, maxWaitMs: 4_000 });
  });

  it('asks once for an id that is wanted twice', async () => {
    const { jobs, calls } = open();
    expect(await jobs.find(['b', 'a', 'b', 'b'])).toEqual([
      partOf('b'),
      partOf('a'),
      partOf('b'),
      partOf('b'),
    ]);
    expect(calls).toEqual([['b', 'a']]);
  });

  it('of nothing asks nobody', async () => {
    const { jobs, calls } = open();
    expect([await jobs.find([]), calls]).toEqual([[], []]);
  });

  it('joins what is under way, and asks only for the rest', async () => {
    const { jobs, vendor, calls } = open();
    const answers: (() => void)[] = [];
    vendor.say = (ids) => new Promise((resolve) => answers.push(() => resolve(jobsOf(ids))));
    const first = jobs.find(['a', 'b']);
    const second = jobs.find(['b', 'c', 'a']);
    expect(calls).toEqual([['a', 'b'], ['c']]);
    for (const answer of answers) answer();
    expect(await first).toEqual([partOf('a'), partOf('b')]);
    expect(await second).toEqual([partOf('b'), partOf('c'), partOf('a')]);
  });

  it('ignores what the vendor says of jobs that were not asked for', async () => {
    const { jobs, vendor, calls } = open();
    vendor.say = () => jobsOf(['a', 'other']);
    await jobs.find(['a']);
    await jobs.find(['other']);
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
    const { clock, jobs, vendor, calls } = open();
    vendor.say = (ids) => jobsOf(ids, status);
    await jobs.find(['a']);
    await clock.advance(ms - 1);
    expect(await jobs.find(['a'])).toEqual([partOf('a', status)]);
    expect(calls).toHaveLength(1);
    await clock.advance(2);
    vendor.say = (ids) => jobsOf(ids, 'FAILED');
    expect(await jobs.find(['a'])).toEqual([partOf('a', 'FAILED')]);
    expect(calls).toHaveLength(2);
  });

  it.each(kept)('from a task is fresh as long: %s for %d ms', async (status, ms) => {
    const { clock, jobs, calls, learn } = open();
    learn(['a', 'b'], status);
    await clock.advance(ms - 1);
    expect(await jobs.find(['b', 'a'])).toEqual([partOf('b', status), partOf('a', status)]);
    expect(calls).toEqual([]);
    await clock.advance(2);
    await jobs.find(['a']);
    expect(calls).toEqual([['a']]);
  });

  it('is replaced by what a task says later', async () => {
    const { jobs, vendor, learn } = open();
    vendor.say = (ids) => jobsOf(ids, 'RUNNING');
    await jobs.find(['a']);
    learn(['a'], 'SUCCEEDED');
    expect(await jobs.find(['a'])).toEqual([partOf('a', 'SUCCEEDED')]);
  });

  it('is never nothing, at whatever moment it ceases to be fresh', async () => {
    let now = dawn;
    // Time passes while a question is being answered.
    const clock = { now: () => now++, elapsed: () => 0, sleep: () => Promise.resolve() };
    const { jobs, vendor, calls } = openParts(clock);
    vendor.say = (ids) => jobsOf(ids, 'RUNNING');
    for (let times = 0; times < 5_000; times += 1) {
      now += times % 3;
      expect(await jobs.find(['a', 'b'])).toEqual([partOf('a', 'RUNNING'), partOf('b', 'RUNNING')]);
    }
    expect(calls.length).toBeGreaterThan(2);
  });
});

describe('a job that the vendor does not know', () => {
  it('is told as a problem beside the others, and looked for again after ten seconds', async () => {
    const { clock, jobs, vendor, calls } = open();
    vendor.say = () => jobsOf(['b']);
    const [a, b] = await jobs.find(['a', 'b']);
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
    expect(await jobs.find(['a'])).toEqual([a]);
    expect(calls).toHaveLength(1);
    await clock.advance(2);
    vendor.say = (ids) => jobsOf(ids);
    expect(await jobs.find(['a'])).toEqual([partOf('a')]);
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
    const { clock, jobs, vendor, calls } = open();
    vendor.say = () => Promise.reject(failureOf(...failure));
    const found = await jobs.find(['a', 'b', 'c', 'd']);
    expect(found.map((job) => job.problem?.code)).toEqual(Array.from({ length: 4 }, () => failure[0]));
    expect(calls).toHaveLength(2);
    await clock.advance(ms - 1);
    expect(await jobs.find(['d', 'a'])).toEqual([found[3], found[0]]);
    expect(calls).toHaveLength(2);
    await clock.advance(2);
    vendor.say = (ids) => jobsOf(ids);
    expect(await jobs.find(['a'])).toEqual([partOf('a')]);
  });

  it('of our own quota is not kept: whoever asks next may find room', async () => {
    const { jobs, vendor, calls } = open();
    vendor.say = () =>
      Promise.reject(failureOf('RATE_LIMITED', { retryAfterMs: 900, reason: { kind: 'own-quota' } }));
    const [a] = await jobs.find(['a']);
    expect(a?.problem).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 900 });
    vendor.say = (ids) => jobsOf(ids);
    expect(await jobs.find(['a'])).toEqual([partOf('a')]);
    expect(calls).toHaveLength(2);
  });

  it('of one call leaves the jobs of the others alone', async () => {
    const { jobs, vendor } = open();
    vendor.say = (ids) => (ids.includes('b') ? Promise.reject(failureOf('TIMEOUT')) : jobsOf(ids));
    const found = await jobs.find(['a', 'b', 'c', 'd']);
    expect(found.map((job) => job.problem?.code ?? job.status)).toEqual([
      'TIMEOUT',
      'TIMEOUT',
      'TIMEOUT',
      'SUCCEEDED',
    ]);
  });

  it('is told without the secrets in it', async () => {
    const { jobs, vendor } = open();
    vendor.say = () =>
      Promise.reject(failureOf('REJECTED', { vendorCode: 'Wrong.secret', vendorRequestId: 'secret-1' }));
    const [a] = await jobs.find(['a']);
    expect(a?.problem).toMatchObject({ vendorCode: 'Wrong.***', vendorRequestId: '***-1' });
  });

  it('does not take the place of what a task has told in the meantime', async () => {
    const { jobs, vendor, learn } = open();
    const { promise, reject } = Promise.withResolvers<ReadonlyMap<string, ReturnType<typeof partOf>>>();
    vendor.say = () => promise;
    const early = jobs.find(['a']);
    learn(['a']);
    reject(failureOf('TIMEOUT'));
    await early;
    expect(await jobs.find(['a'])).toEqual([partOf('a')]);
  });

  it('for want of credentials is told of each, without a call', async () => {
    const { jobs, calls } = open({ configured: false });
    const found = await jobs.find(['a', 'b']);
    expect(found.map((job) => job.problem?.code)).toEqual([
      'PROVIDER_NOT_CONFIGURED',
      'PROVIDER_NOT_CONFIGURED',
    ]);
    expect(calls).toEqual([]);
  });
});

describe('a bug', () => {
  it('is thrown to all who wait for it, and not kept', async () => {
    const { jobs, vendor } = open();
    vendor.say = () => Promise.reject(new TypeError('a bug'));
    const both = await Promise.allSettled([jobs.find(['a']), jobs.find(['a', 'b'])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    vendor.say = (ids) => jobsOf(ids);
    expect(await jobs.find(['a', 'b'])).toEqual([partOf('a'), partOf('b')]);
  });
});
