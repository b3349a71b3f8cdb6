import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';

/** The root fields that take a vendor's own key, and ids with characters that have a meaning in URLs, headers or ids. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(5) });
});

afterAll(() => stack.close());

interface Hostile {
  /** As the vendor knows it; the sandbox has every task that begins so. */
  readonly taskId: string;
  /** As it stands in an id of the graph. */
  readonly encoded: string;
}

const hostileIds: readonly Hostile[] = [
  { taskId: 'evolving-a:b', encoded: 'evolving-a%3Ab' },
  { taskId: 'evolving-a/b', encoded: 'evolving-a%2Fb' },
  { taskId: 'evolving-100%', encoded: 'evolving-100%25' },
  { taskId: 'evolving-%3A', encoded: 'evolving-%253A' },
  { taskId: 'evolving-日本 é😀', encoded: 'evolving-%E6%97%A5%E6%9C%AC%20%C3%A9%F0%9F%98%80' },
  { taskId: 'evolving-1&TaskId=x&task_id=x', encoded: 'evolving-1%26TaskId%3Dx%26task_id%3Dx' },
  { taskId: 'evolving-+?#;,*~!\'()@\\"', encoded: "evolving-%2B%3F%23%3B%2C*~!'()%40%5C%22" },
  { taskId: 'evolving-a\r\nX-Evil: 1', encoded: 'evolving-a%0D%0AX-Evil%3A%201' },
];

/** Each root field, and the fields of its answer that repeat what the vendor received. */
const rootFields: readonly {
  query: string;
  idOf(encoded: string): string;
  echo: string;
  echoOf(taskId: string): unknown;
}[] = [
  {
    query: 'aliyunTranscodeTask(transcodeTaskId: $taskId)',
    idOf: (encoded) => `aliyun-vod:${encoded}`,
    echo: 'transcodeTaskId transcodeJobInfoList { transcodeJobId }',
    echoOf: (taskId) => ({
      transcodeTaskId: taskId,
      transcodeJobInfoList: [{ transcodeJobId: `${taskId}-job-1` }, { transcodeJobId: `${taskId}-job-2` }],
    }),
  },
  {
    query: 'visionularTranscodeTask(taskId: $taskId)',
    idOf: (encoded) => `visionular:${encoded}`,
    echo: 'taskId output',
    echoOf: (taskId) => ({ taskId, output: `sandbox/output/${encodeURIComponent(taskId)}.mp4` }),
  },
  {
    query: 'webCastTask(appId: "an:app/1", roomId: "50% off", taskId: $taskId)',
    idOf: (encoded) => `volcengine-webcast:an%3Aapp%2F1:50%25%20off:${encoded}`,
    echo: 'appId roomId taskId',
    echoOf: (taskId) => ({ appId: 'an:app/1', roomId: '50% off', taskId }),
  },
  {
    query: 'whiteboardTranscodeTask(appId: "an:app/1", taskId: $taskId)',
    idOf: (encoded) => `volcengine-whiteboard:an%3Aapp%2F1:${encoded}`,
    echo: 'appId taskId',
    echoOf: (taskId) => ({ appId: 'an:app/1', taskId }),
  },
  {
    query: 'zegoMediaTask(vendor: TENCENT, taskId: $taskId)',
    idOf: (encoded) => `zego:tencent:${encoded}`,
    echo: 'vendor taskId detail { ... on ZegoTencentTask { taskId } }',
    echoOf: (taskId) => ({ vendor: 'TENCENT', taskId, detail: { taskId } }),
  },
  {
    query: 'zegoMediaTask(vendor: HUAWEI, taskId: $taskId)',
    idOf: (encoded) => `zego:huawei:${encoded}`,
    echo: 'vendor taskId detail { ... on ZegoHuaweiTask { taskId } }',
    echoOf: (taskId) => ({ vendor: 'HUAWEI', taskId, detail: { taskId } }),
  },
];

describe.each(rootFields)('$query', ({ query, idOf, echo, echoOf }) => {
  it.each(hostileIds)('carries $taskId intact to the vendor and back', async ({ taskId, encoded }) => {
    const { data, errors } = await stack.ask<{ task: { status: string } }>(
      `query ($taskId: ID!) { task: ${query} { id status problem { code message } ${echo} } }`,
      { taskId },
    );
    expect(errors).toBeUndefined();
    expect(data.task).toEqual({
      id: idOf(encoded),
      status: expect.stringMatching(/^(QUEUED|RUNNING)$/),
      problem: null,
      ...(echoOf(taskId) as object),
    });
  });

  it('gives an id that mediaTask understands as the same task', async () => {
    const taskId = 'evolving-a:b/c%d é';
    const asked = await stack.ask<{ task: { id: string } }>(
      `query ($taskId: ID!) { task: ${query} { id createdAt startedAt } }`,
      { taskId },
    );
    const again = await stack.ask<{ mediaTask: object }>(
      'query ($id: ID!) { mediaTask(id: $id) { id createdAt startedAt } }',
      { id: asked.data.task.id },
    );
    expect(again.data.mediaTask).toEqual(asked.data.task);
  });

  it('answers an empty part with null and BAD_USER_INPUT that names the field', async () => {
    const { data, errors } = await stack.ask(`query ($taskId: ID!) { task: ${query} { id } }`, {
      taskId: '',
    });
    expect(data).toEqual({ task: null });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ path: ['task'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(errors?.[0]?.message).toMatch(/\.(transcodeTaskId|taskId) .*empty/);
  });
});

describe('mediaTask', () => {
  it('answers a malformed id with null and BAD_USER_INPUT', async () => {
    const { data, errors } = await stack.ask('{ mediaTask(id: "nonsense") { id } }');
    expect(data).toEqual({ mediaTask: null });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ path: ['mediaTask'], extensions: { code: 'BAD_USER_INPUT' } });
  });

  it.each([
    ['aliyun-vod:%61ll-succeeded', 'aliyun-vod:all-succeeded'],
    ['aliyun-vod:a+b', 'aliyun-vod:a%2Bb'],
    ['zego:TENCENT:compose', 'zego:tencent:compose'],
    ['visionular:%e6%97%a5', 'visionular:%E6%97%A5'],
  ])('takes the id %s for its canonical spelling %s', async (spelling, canonical) => {
    const { data } = await stack.ask('query ($id: ID!) { mediaTask(id: $id) { id } }', { id: spelling });
    expect(data).toEqual({ mediaTask: { id: canonical } });
  });
});

it('no vendor refused any of it', async () => {
  const refused = Object.entries(await stack.stats()).map(([name, report]) => [name, report.refused]);
  expect(refused).toEqual([
    ['aliyun-vod', {}],
    ['visionular', {}],
    ['volcengine-webcast', {}],
    ['volcengine-whiteboard', {}],
    ['zego', {}],
  ]);
});
