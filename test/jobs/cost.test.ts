import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';
import { askJobs, createJobIds, jobFields, succeeded } from './ask-jobs.ts';

/** The vendor calls for jobs, counted at the vendor: ten jobs share one call. */

let stack: Stack;
let clock: SteppedClock;
const newIds = createJobIds();

beforeAll(async () => {
  clock = createSteppedClock(1);
  stack = await openStack({ clock });
});

afterAll(() => stack.close());

beforeEach(() => stack.resetStats());

afterEach(() => stack.endFaults());

const calls = async (): Promise<number> => (await stack.calls())['aliyun-vod'];

describe('a query for jobs', () => {
  it.each([
    [1, 1],
    [10, 1],
    [11, 2],
    [25, 3],
  ])('of %d ids costs %d calls, and gives as many answers in the same order', async (count, cost) => {
    const ids = newIds(count);
    const { data, errors } = await askJobs(stack, ids);
    expect(errors).toBeUndefined();
    expect(data.aliyunTranscodeJobs).toEqual(ids.map(succeeded));
    expect(await calls()).toBe(cost);
  });

  it('of no ids costs nothing', async () => {
    const { data, errors } = await askJobs(stack, []);
    expect([data.aliyunTranscodeJobs, errors, await calls()]).toEqual([[], undefined, 0]);
  });

  it('costs nothing for duplicates, and answers each at its position', async () => {
    const distinct = newIds(10);
    const ids = [...distinct, ...distinct.toReversed(), distinct[3] ?? ''];
    const { data, errors } = await askJobs(stack, ids);
    expect(errors).toBeUndefined();
    expect(data.aliyunTranscodeJobs).toEqual(ids.map(succeeded));
    expect(await calls()).toBe(1);
  });

  it('combines the ids of several fields and _entities into the same calls', async () => {
    const [a = '', b = '', c = '', d = ''] = newIds(4);
    const query = `query ($a: [ID!]!, $b: [ID!]!, $representations: [_Any!]!) {
      first: aliyunTranscodeJobs(transcodeJobIds: $a) { ${jobFields} }
      second: aliyunTranscodeJobs(transcodeJobIds: $b) { ${jobFields} }
      _entities(representations: $representations) { ... on TranscodeJobInfo { ${jobFields} } }
    }`;
    const representations = [c, d].map((transcodeJobId) => ({
      __typename: 'TranscodeJobInfo',
      transcodeJobId,
    }));
    const { data, errors } = await stack.ask(query, { a: [a, b], b: [b, c], representations });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      first: [a, b].map(succeeded),
      second: [b, c].map(succeeded),
      _entities: [c, d].map(succeeded),
    });
    expect(await calls()).toBe(1);
  });

  it('for the key alone costs nothing', async () => {
    const ids = newIds(3);
    const query = `query ($ids: [ID!]!, $representations: [_Any!]!, $more: Boolean!) {
      aliyunTranscodeJobs(transcodeJobIds: $ids) { __typename key: transcodeJobId ...more @include(if: $more) }
      _entities(representations: $representations) { __typename ... on TranscodeJobInfo { transcodeJobId } }
    }
    fragment more on TranscodeJobInfo { status }`;
    const representations = ids.map((transcodeJobId) => ({ __typename: 'TranscodeJobInfo', transcodeJobId }));
    const { data, errors } = await stack.ask(query, { ids, representations, more: false });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      aliyunTranscodeJobs: ids.map((key) => ({ __typename: 'TranscodeJobInfo', key })),
      _entities: representations,
    });
    expect(await calls()).toBe(0);
  });
});

describe('jobs that are known', () => {
  it('cost nothing while they are fresh, and one call for those that are not', async () => {
    const running = Array.from({ length: 3 }, (_, n) => `evolving-${n}-job-1`);
    const ids = [...newIds(3), ...running];
    await askJobs(stack, ids);
    await askJobs(stack, ids.toReversed());
    expect(await calls()).toBe(1);
    clock.putForward(30_000);
    const { data } = await askJobs(stack, ids);
    expect(data.aliyunTranscodeJobs).toEqual(ids.map(succeeded));
    expect(await calls()).toBe(2);
  });

  it('that do not exist cost no further call for a while, either', async () => {
    const ids = ['no-such-task-job-1', 'done-1-job-9'];
    const first = await askJobs(stack, ids);
    const second = await askJobs(stack, ids);
    expect(second.data).toEqual(first.data);
    expect(await calls()).toBe(1);
  });

  it.each<[string, (taskId: string) => string]>([
    ['mediaTask', (taskId) => `mediaTask(id: "aliyun-vod:${taskId}") { status }`],
    ['mediaTasks', (taskId) => `mediaTasks(ids: ["aliyun-vod:${taskId}"]) { status }`],
    ['aliyunTranscodeTask', (taskId) => `aliyunTranscodeTask(transcodeTaskId: "${taskId}") { status }`],
    [
      '_entities',
      (taskId) =>
        `_entities(representations: [{ __typename: "AliyunTranscodeTask", transcodeTaskId: "${taskId}" }]) { ... on MediaTask { status } }`,
    ],
  ])('from the answer about their task cost nothing (%s)', async (field, select) => {
    const taskId = `done-9${[...field].reduce((sum, character) => sum + character.charCodeAt(0), 0)}`;
    await stack.ask(`{ ${select(taskId)} }`);
    expect(await calls()).toBe(1);
    const ids = [`${taskId}-job-1`, `${taskId}-job-2`];
    const { data } = await askJobs(stack, ids);
    expect(data.aliyunTranscodeJobs).toEqual(ids.map(succeeded));
    expect(await calls()).toBe(1);
  });

  it('have the same fields by their own ids as inside their task', async () => {
    const fields = `${jobFields} vendorStatus progress createdAt finishedAt definition inputFileUrl priority
      failure { code message } outputFile { outputFileUrl format filesize duration videoStreamList { codecName } }`;
    for (const taskId of ['partial-success', 'all-succeeded']) {
      const own = await openStack();
      const inside = await own.ask<{
        aliyunTranscodeTask: { transcodeJobInfoList: { transcodeJobId: string }[] };
      }>(`{ aliyunTranscodeTask(transcodeTaskId: "${taskId}") { transcodeJobInfoList { ${fields} } } }`);
      await own.close();
      const jobs = inside.data.aliyunTranscodeTask.transcodeJobInfoList;
      const query = `query ($ids: [ID!]!) { aliyunTranscodeJobs(transcodeJobIds: $ids) { ${fields} } }`;
      const byId = await stack.ask<{ aliyunTranscodeJobs: unknown[] }>(query, {
        ids: jobs.map(({ transcodeJobId }) => transcodeJobId),
      });
      const withoutTimes = (text: unknown) =>
        JSON.stringify(text).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');
      expect(jobs.length).toBeGreaterThan(0);
      expect(withoutTimes(byId.data.aliyunTranscodeJobs)).toBe(withoutTimes(jobs));
    }
  });
});

describe('two queries at once', () => {
  it('for the same jobs share the call, and for overlapping ones share what overlaps', async () => {
    await stack.switchFault('aliyun-vod', { fault: 'slow', ms: 400 });
    const ids = newIds(10);
    const [first, second] = await Promise.all([askJobs(stack, ids), askJobs(stack, ids)]);
    expect(first.data).toEqual(second.data);
    expect(await calls()).toBe(1);

    const more = newIds(9);
    // So many that a call is left for them, whether or not they come in time for the first one.
    const others = newIds(6);
    const answers = await Promise.all([
      askJobs(stack, more),
      askJobs(stack, [...more.slice(0, 5), ...others]),
    ]);
    expect(answers.map(({ data }) => data.aliyunTranscodeJobs)).toEqual([
      more.map(succeeded),
      [...more.slice(0, 5), ...others].map(succeeded),
    ]);
    expect(await calls()).toBe(3);
  });
});

describe('_entities', () => {
  it('of jobs among tasks are answered in their order, ten jobs with one call', async () => {
    const jobs = newIds(12);
    const representations = jobs.flatMap((transcodeJobId, index) => [
      { __typename: 'TranscodeJobInfo', transcodeJobId },
      ...(index % 4 === 0 ? [{ __typename: 'MediaTask', id: `zego:tencent:done-${index}` }] : []),
      ...(index === 5 ? [{ __typename: 'AliyunTranscodeTask', transcodeTaskId: 'all-failed' }] : []),
    ]);
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on TranscodeJobInfo { transcodeJobId jobStatus: status } ... on MediaTask { id status } } }`;
    const { data, errors } = await stack.ask<{ _entities: Record<string, string>[] }>(query, {
      representations,
    });
    expect(errors).toBeUndefined();
    expect(data._entities.map((entity) => entity.transcodeJobId ?? entity.id)).toEqual(
      representations.map((one) =>
        'transcodeJobId' in one ? one.transcodeJobId : (one.id ?? 'aliyun-vod:all-failed'),
      ),
    );
    expect(new Set(data._entities.map(({ jobStatus, status }) => jobStatus ?? status))).toEqual(
      new Set(['SUCCEEDED', 'FAILED']),
    );
    expect(await stack.calls()).toMatchObject({ 'aliyun-vod': 3, zego: 3 });
  });
});
