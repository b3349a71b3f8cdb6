import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findSecrets } from '../support/secrets.ts';
import { selectEverything } from '../support/selection.ts';
import { openStack, type Stack, type StackOptions } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { askJobs, createJobIds, jobFields, succeeded } from './ask-jobs.ts';

/** The problem of a job whose data is missing, and the jobs beside it. */

const newIds = createJobIds();
const opened: Stack[] = [];

const open = async (options: StackOptions): Promise<Stack> => {
  const stack = await openStack(options);
  opened.push(stack);
  return stack;
};

let stack: Stack;

beforeAll(async () => {
  stack = await open({ variables: { MAX_IDS_PER_QUERY: '30' } });
});

afterAll(async () => {
  for (const each of opened) await each.close();
});

beforeEach(() => stack.resetStats());

afterEach(() => stack.endFaults());

describe('a job that the vendor does not know', () => {
  const unknown = 'no-such-task-job-1';
  const notFound = {
    transcodeJobId: unknown,
    status: null,
    problem: { code: 'TASK_NOT_FOUND', retryable: false, retryAfterMs: null },
  };

  it('is an object with a problem among the others, never null and never an error', async () => {
    const [a = '', b = ''] = newIds(2);
    const { data, errors } = await askJobs(stack, [a, unknown, b]);
    expect(errors).toBeUndefined();
    expect(data.aliyunTranscodeJobs).toEqual([succeeded(a), notFound, succeeded(b)]);
  });

  it('is the same as an entity, so that a list of jobs that must not be null survives', async () => {
    const representations = [{ __typename: 'TranscodeJobInfo', transcodeJobId: unknown }];
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on TranscodeJobInfo { ${jobFields} } } }`;
    const { data, errors } = await stack.ask(query, { representations });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ _entities: [{ __typename: 'TranscodeJobInfo', ...notFound }] });
  });

  it('has null for every other field of the schema, without an error', async () => {
    const query = `query ($ids: [ID!]!) { aliyunTranscodeJobs(transcodeJobIds: $ids) ${selectEverything('TranscodeJobInfo')} }`;
    const { data, errors } = await stack.ask<{ aliyunTranscodeJobs: Record<string, unknown>[] }>(query, {
      ids: [unknown],
    });
    expect(errors).toBeUndefined();
    const { transcodeJobId, problem, ...others } = data.aliyunTranscodeJobs[0] ?? {};
    expect([transcodeJobId, problem]).toEqual([unknown, expect.objectContaining({ code: 'TASK_NOT_FOUND' })]);
    expect(Object.keys(others).length).toBeGreaterThan(10);
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
  });
});

describe('an invalid id', () => {
  const malformed: [string, string, RegExp][] = [
    ['that is empty', '', /TranscodeJobInfo\.transcodeJobId .*not empty/],
    ['that is too long', 'x'.repeat(513), /at most 512/],
    ['with a comma', 'done-1-job-1,done-1-job-2', /must not hold ","/],
    ['that is only a comma', ',', /must not hold ","/],
    ['with a lone surrogate', 'job-\ud83d', /lone surrogates/],
  ];

  it.each(malformed)(
    '%s is null with BAD_USER_INPUT at its path, and does not affect the others',
    async (_, id, fault) => {
      const [a = '', b = ''] = newIds(2);
      const { httpStatus, data, errors } = await askJobs(stack, [a, id, b]);
      expect(httpStatus).toBe(200);
      expect(data.aliyunTranscodeJobs).toEqual([succeeded(a), null, succeeded(b)]);
      expect(errors).toEqual([
        {
          message: expect.stringMatching(fault),
          path: ['aliyunTranscodeJobs', 1],
          locations: expect.any(Array),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
      expect((await stack.calls())['aliyun-vod']).toBe(1);
    },
  );

  it.each([
    ...malformed.map(([name, id]): [string, unknown] => [name, id]),
    ['that is missing', undefined],
    ['that is null', null],
    ['that is a number', 5],
    ['that is a list', ['done-1-job-1']],
  ])('%s affects only its own entity', async (_, transcodeJobId) => {
    const [a = '', b = ''] = newIds(2);
    const representations = [a, transcodeJobId, b].map((id) => ({
      __typename: 'TranscodeJobInfo',
      transcodeJobId: id,
    }));
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on TranscodeJobInfo { ${jobFields} } } }`;
    const { data, errors } = await stack.ask(query, { representations });
    expect(data).toEqual({ _entities: [succeeded(a), null, succeeded(b)] });
    expect(errors).toEqual([
      expect.objectContaining({ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }),
    ]);
  });

  it.each([
    ['with special characters of URLs', 'a&b=c#d?e/f%2C+g h'],
    ['in other scripts', '任务-😀-job-1'],
    ['of 512 characters', 'x'.repeat(512)],
    ['of the prototype', '__proto__'],
    ['that looks like a parameter', '&TranscodeTaskId=all-succeeded'],
  ])('does not include one %s: that is sent unchanged', async (_, id) => {
    const { data, errors } = await askJobs(stack, [id, ...newIds(1)]);
    expect(errors).toBeUndefined();
    expect(
      data.aliyunTranscodeJobs.map((job) => [job?.transcodeJobId, job?.problem?.code ?? job?.status]),
    ).toEqual([
      [id, 'TASK_NOT_FOUND'],
      [expect.any(String), 'SUCCEEDED'],
    ]);
  });

  it('among more than MAX_IDS_PER_QUERY is refused as a whole, once, without a call', async () => {
    const { data, errors } = await askJobs(stack, [...newIds(30), '']);
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toMatch(/31.*30/);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect((await stack.calls())['aliyun-vod']).toBe(0);
    const enough = await askJobs(stack, newIds(30));
    expect(enough.data.aliyunTranscodeJobs).toHaveLength(30);
  });
});

describe('a vendor that does not answer', () => {
  it.each([
    ['down', 'UNAVAILABLE'],
    ['garbage', 'BAD_RESPONSE'],
    ['throttled', 'RATE_LIMITED'],
    ['wrong-credentials', 'ACCESS_DENIED'],
  ] as const)('(%s) is a problem of each job, and no error; no secret shows', async (fault, code) => {
    const own = await open({ variables: { LOOKUP_DEADLINE_MS: '500' } });
    await own.switchFault('aliyun-vod', fault);
    const ids = newIds(25);
    const { data, errors, text } = await askJobs(own, ids);
    expect(errors).toBeUndefined();
    expect(
      data.aliyunTranscodeJobs.map((job) => [job?.transcodeJobId, job?.status, job?.problem?.code]),
    ).toEqual(ids.map((id) => [id, null, code]));
    expect(findSecrets(own, [text])).toEqual([]);
  });

  it('is asked again once it has recovered', async () => {
    const own = await open({});
    const ids = newIds(3);
    await own.switchFault('aliyun-vod', 'down');
    await askJobs(own, ids);
    await own.endFaults();
    const isAnswered = ({ data }: Awaited<ReturnType<typeof askJobs>>) =>
      data.aliyunTranscodeJobs.every((job) => job?.status === 'SUCCEEDED');
    const { data } = await waitFor(() => askJobs(own, ids), isAnswered, { everyMs: 200 });
    expect(data.aliyunTranscodeJobs).toEqual(ids.map(succeeded));
  });

  it('does not affect tasks of other vendors', async () => {
    const own = await open({});
    await own.switchFault('aliyun-vod', 'down');
    const { data, errors } = await own.ask(
      '{ aliyunTranscodeJobs(transcodeJobIds: ["done-1-job-1"]) { problem { code } } mediaTask(id: "zego:tencent:compose") { status } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      aliyunTranscodeJobs: [{ problem: { code: 'UNAVAILABLE' } }],
      mediaTask: { status: 'SUCCEEDED' },
    });
  });
});

describe('without a call', () => {
  it('jobs of a provider that is not configured are PROVIDER_NOT_CONFIGURED', async () => {
    const own = await open({
      variables: { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' },
    });
    const ids = newIds(11);
    const { data, errors } = await askJobs(own, ids);
    expect(errors).toBeUndefined();
    expect(data.aliyunTranscodeJobs).toEqual(
      ids.map((transcodeJobId) => ({
        transcodeJobId,
        status: null,
        problem: { code: 'PROVIDER_NOT_CONFIGURED', retryable: false, retryAfterMs: null },
      })),
    );
    expect((await own.calls())['aliyun-vod']).toBe(0);
  });

  it('jobs beyond our own quota are RATE_LIMITED with the time to wait, and are fetched after it', async () => {
    const own = await open({ variables: { ALIYUN_VOD_QPS: '1', LOOKUP_DEADLINE_MS: '1000' } });
    const ids = newIds(30);
    const { data, errors } = await askJobs(own, ids);
    expect(errors).toBeUndefined();
    expect(data.aliyunTranscodeJobs.slice(0, 10)).toEqual(ids.slice(0, 10).map(succeeded));
    for (const job of data.aliyunTranscodeJobs.slice(10)) {
      expect(job?.problem).toEqual({
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterMs: expect.any(Number),
      });
      expect(job?.problem?.retryAfterMs).toBeGreaterThan(0);
    }
    expect((await own.calls())['aliyun-vod']).toBe(1);
    // The refusal is not kept: the next request gets the next permit.
    const next = await waitFor(
      () => askJobs(own, ids.slice(10, 20)),
      (answer) => answer.data.aliyunTranscodeJobs[0]?.problem === null,
    );
    expect(next.data.aliyunTranscodeJobs).toEqual(ids.slice(10, 20).map(succeeded));
    expect((await own.calls())['aliyun-vod']).toBe(2);
  });
});
