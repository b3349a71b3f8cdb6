import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';

/** Queries for key fields only cost no call, however they are written; any other field costs one. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(5) });
});

afterAll(() => stack.close());

beforeEach(() => stack.resetStats());

const allCalls = async () => Object.values(await stack.calls()).reduce((sum, calls) => sum + calls, 0);

let lastNumber = 0;
/** A task that was not looked up before. */
const newTask = () => {
  lastNumber += 1;
  return `evolving-${lastNumber}`;
};

interface Case {
  readonly name: string;
  /** On MediaTask. */
  readonly selection: string;
  readonly fragments?: string;
  readonly variables?: Readonly<Record<string, boolean>>;
}

interface CaseOfKeys extends Case {
  /** What it must show of a task of ZEGO at Tencent. */
  shows(id: string, taskId: string): object;
}

const keyFieldsOnly: readonly CaseOfKeys[] = [
  {
    name: 'id, provider and __typename',
    selection: 'id provider __typename',
    shows: (id) => ({ id, provider: 'ZEGO', __typename: 'ZegoMediaTask' }),
  },
  { name: 'nothing but __typename', selection: '__typename', shows: () => ({ __typename: 'ZegoMediaTask' }) },
  {
    name: 'the natural keys of every type',
    selection: `... on AliyunTranscodeTask { transcodeTaskId } ... on VisionularTranscodeTask { taskId }
      ... on WebCastTask { appId roomId webCast: taskId } ... on WhiteboardTranscodeTask { appId board: taskId }
      ... on ZegoMediaTask { vendor media: taskId }`,
    shows: (_, taskId) => ({ vendor: 'TENCENT', media: taskId }),
  },
  {
    name: 'aliases that are named after other fields',
    selection: 'status: id problem: provider outputs: __typename',
    shows: (id) => ({ status: id, problem: 'ZEGO', outputs: 'ZegoMediaTask' }),
  },
  {
    name: 'fragments in fragments',
    selection: '...Outer',
    fragments: 'fragment Outer on MediaTask { id ...Inner } fragment Inner on MediaTask { ... { provider } }',
    shows: (id) => ({ id, provider: 'ZEGO' }),
  },
  {
    name: 'a field left out by @include',
    selection: 'id status @include(if: $yes)',
    variables: { yes: false },
    shows: (id) => ({ id }),
  },
  {
    name: 'a field left out by @skip',
    selection: 'id status @skip(if: $yes)',
    variables: { yes: true },
    shows: (id) => ({ id }),
  },
  {
    name: 'a spread left out by @include',
    selection: 'id ...Rest @include(if: $yes)',
    fragments: 'fragment Rest on MediaTask { status problem { code } }',
    variables: { yes: false },
    shows: (id) => ({ id }),
  },
  {
    name: 'an inline fragment left out by @skip',
    selection: 'id ... @skip(if: $yes) { status }',
    variables: { yes: true },
    shows: (id) => ({ id }),
  },
];

const moreThanKeys: readonly Case[] = [
  { name: 'status under the alias id', selection: 'id: vendorStatus' },
  { name: 'problem alone', selection: 'problem { code }' },
  { name: 'stale alone', selection: 'stale' },
  { name: 'a field let in by @include', selection: 'id status @include(if: $yes)', variables: { yes: true } },
  {
    name: 'a field in a fragment in a fragment',
    selection: 'id ...Outer',
    fragments: 'fragment Outer on MediaTask { ...Inner } fragment Inner on MediaTask { status }',
  },
  { name: "a vendor's own field", selection: 'id ... on ZegoMediaTask { detail { __typename } }' },
];

const operation = (field: string, { fragments = '', variables = {} }: Case) => {
  const declared = Object.keys(variables).map((name) => `, $${name}: Boolean!`);
  return `query ($task: ID!${declared.join('')}) { ${field} } ${fragments}`;
};

/** Fields that lead to the same task of ZEGO. */
const fields: readonly { field: string; write(selection: string): string }[] = [
  { field: 'mediaTask', write: (selection) => `mediaTask(id: $task) { ${selection} }` },
  { field: 'mediaTasks', write: (selection) => `mediaTasks(ids: [$task, $task]) { ${selection} }` },
  {
    field: '_entities by the interface',
    write: (selection) =>
      `_entities(representations: [{ __typename: "MediaTask", id: $task }]) { ... on MediaTask { ${selection} } }`,
  },
  {
    field: '_entities by the type',
    write: (selection) =>
      `_entities(representations: [{ __typename: "ZegoMediaTask", id: $task }]) { ... on MediaTask { ${selection} } }`,
  },
];

describe.each(fields)('$field', ({ write }) => {
  it.each(keyFieldsOnly)('costs no call for $name', async (written) => {
    const query = operation(write(written.selection), written);
    const taskId = newTask();
    const task = `zego:tencent:${taskId}`;
    const { data, errors } = await stack.ask<object>(query, { task, ...written.variables });
    expect(errors).toBeUndefined();
    for (const answer of Object.values(data).flat()) expect(answer).toEqual(written.shows(task, taskId));
    expect(await allCalls()).toBe(0);
  });

  it.each(moreThanKeys)('costs one call for $name', async (written) => {
    const query = operation(write(written.selection), written);
    const variables = { task: `zego:tencent:${newTask()}`, ...written.variables };
    const { errors } = await stack.ask(query, variables);
    expect(errors).toBeUndefined();
    expect(await allCalls()).toBe(1);
  });
});

describe('every provider', () => {
  it('is not called by its root field when only key fields are selected', async () => {
    const { data, errors } = await stack.ask(`{
      aliyunTranscodeTask(transcodeTaskId: "unseen") { __typename id provider transcodeTaskId }
      visionularTranscodeTask(taskId: "unseen") { __typename id provider taskId }
      webCastTask(appId: "a", roomId: "r", taskId: "unseen") { __typename id provider appId roomId taskId }
      whiteboardTranscodeTask(appId: "a", taskId: "unseen") { __typename id provider appId taskId }
      zegoMediaTask(vendor: HUAWEI, taskId: "unseen") { __typename id provider vendor taskId }
    }`);
    expect(errors).toBeUndefined();
    const task = (typename: string, provider: string, id: string, key: object) => ({
      __typename: typename,
      id,
      provider,
      ...key,
      taskId: 'unseen',
    });
    expect(data).toEqual({
      aliyunTranscodeTask: {
        __typename: 'AliyunTranscodeTask',
        id: 'aliyun-vod:unseen',
        provider: 'ALIYUN_VOD',
        transcodeTaskId: 'unseen',
      },
      visionularTranscodeTask: task('VisionularTranscodeTask', 'VISIONULAR', 'visionular:unseen', {}),
      webCastTask: task('WebCastTask', 'VOLCENGINE_WEBCAST', 'volcengine-webcast:a:r:unseen', {
        appId: 'a',
        roomId: 'r',
      }),
      whiteboardTranscodeTask: task(
        'WhiteboardTranscodeTask',
        'VOLCENGINE_WHITEBOARD',
        'volcengine-whiteboard:a:unseen',
        { appId: 'a' },
      ),
      zegoMediaTask: task('ZegoMediaTask', 'ZEGO', 'zego:huawei:unseen', { vendor: 'HUAWEI' }),
    });
    expect(await allCalls()).toBe(0);
  });

  it('is called only if a selected field applies to its type', async () => {
    const ids = [`aliyun-vod:${newTask()}`, `visionular:${newTask()}`, `zego:tencent:${newTask()}`];
    await stack.ask(
      'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id ... on VisionularTranscodeTask { status } } }',
      { ids },
    );
    expect(await stack.calls()).toMatchObject({ 'aliyun-vod': 0, visionular: 1, zego: 0 });
  });
});

it("the selection of one operation is evaluated with each request's own variables", async () => {
  const query = 'query ($id: ID!, $full: Boolean!) { mediaTask(id: $id) { id status @include(if: $full) } }';
  const id = `zego:tencent:${newTask()}`;
  const calls: number[] = [];
  const answers: object[] = [];
  for (const full of [false, true, false]) {
    answers.push((await stack.ask<{ mediaTask: object }>(query, { id, full })).data.mediaTask);
    calls.push(await allCalls());
  }
  expect(answers).toEqual([{ id }, { id, status: 'QUEUED' }, { id }]);
  expect(calls).toEqual([0, 1, 1]);
});
