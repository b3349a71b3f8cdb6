import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';

/** The ids of the tasks in an answer, as tags for gateways that invalidate by tag and request them. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack();
});

afterAll(() => stack.close());

const wanted = { 'media-task-cache-tags': '1' };

const extensionsOf = async (
  query: string,
  variables: object = {},
  headers: Record<string, string> = wanted,
) => {
  const { text } = await stack.ask(query, variables, headers);
  return (JSON.parse(text) as { extensions?: unknown }).extensions;
};

const entities =
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on MediaTask { status } } }';
const keys =
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on MediaTask { id } } }';
const aliyun = { __typename: 'MediaTask', id: 'aliyun-vod:all-succeeded' };
const zego = { __typename: 'ZegoMediaTask', vendor: 'HUAWEI', taskId: 'canceled' };

describe('apolloCacheTags', () => {
  it('are the canonical ids of the tasks in the answer, each once', async () => {
    const query =
      '{ a: mediaTask(id: "zego:HUAWEI:c%61nceled") { status } b: zegoMediaTask(vendor: HUAWEI, taskId: "canceled") { status } c: mediaTasks(ids: ["aliyun-vod:all-succeeded", "visionular:no-such-task"]) { status } }';
    const { apolloCacheTags, ...others } = (await extensionsOf(query)) as { apolloCacheTags: string[] };
    expect(apolloCacheTags.toSorted()).toEqual([
      'aliyun-vod:all-succeeded',
      'visionular:no-such-task',
      'zego:huawei:canceled',
    ]);
    expect(others).toEqual({});
  });

  it('are empty for an answer without tasks', async () => {
    expect(await extensionsOf('{ mediaTaskProviders { provider } }')).toEqual({ apolloCacheTags: [] });
  });

  it('hold the other ids beside a malformed one', async () => {
    const query = '{ mediaTasks(ids: ["nonsense", "aliyun-vod:all-succeeded"]) { status } }';
    expect(await extensionsOf(query)).toEqual({ apolloCacheTags: ['aliyun-vod:all-succeeded'] });
  });
});

describe('apolloEntityCacheTags', () => {
  it('are in the order of the representations', async () => {
    expect(await extensionsOf(entities, { representations: [zego, aliyun, zego] })).toEqual({
      apolloEntityCacheTags: [
        ['zego:huawei:canceled'],
        ['aliyun-vod:all-succeeded'],
        ['zego:huawei:canceled'],
      ],
    });
  });

  it('are empty lists for malformed representations, also at the end', async () => {
    const representations = [
      { __typename: 'MediaTask', id: 'nonsense' },
      aliyun,
      5,
      { __typename: 'Booking', id: '1' },
      zego,
      { __typename: 'WebCastTask', appId: 'a' },
    ];
    expect(await extensionsOf(entities, { representations })).toEqual({
      apolloEntityCacheTags: [[], ['aliyun-vod:all-succeeded'], [], [], ['zego:huawei:canceled'], []],
    });
  });

  it('exist for references of which only the key is selected, and for tasks with a problem', async () => {
    expect(await extensionsOf(keys, { representations: [aliyun, zego] })).toEqual({
      apolloEntityCacheTags: [['aliyun-vod:all-succeeded'], ['zego:huawei:canceled']],
    });
    const representations = [{ __typename: 'MediaTask', id: 'visionular:no-such-task' }];
    expect(await extensionsOf(entities, { representations })).toEqual({
      apolloEntityCacheTags: [['visionular:no-such-task']],
    });
  });

  it('keep their positions when jobs are among the tasks', async () => {
    const job = { __typename: 'TranscodeJobInfo', transcodeJobId: 'done-1-job-1' };
    const extensions = await extensionsOf(entities, { representations: [job, aliyun, job] });
    const { apolloEntityCacheTags } = extensions as { apolloEntityCacheTags: string[][] };
    expect(apolloEntityCacheTags).toHaveLength(3);
    expect(apolloEntityCacheTags[1]).toEqual(['aliyun-vod:all-succeeded']);
  });
});

describe('the request header', () => {
  it.each<[string, Record<string, string>]>([
    ['without the header', {}],
    ['with another header', { 'apollo-cache-tags': '1' }],
  ])('decides whether there are tags (%s)', async (_, headers) => {
    expect(
      await extensionsOf('{ mediaTask(id: "aliyun-vod:all-succeeded") { status } }', {}, headers),
    ).toBeUndefined();
    expect(await extensionsOf(entities, { representations: [aliyun] }, headers)).toBeUndefined();
  });

  it('may have any value and any capitals', async () => {
    for (const headers of [{ 'media-task-cache-tags': 'true' }, { 'MEDIA-TASK-CACHE-TAGS': '0' }] as Record<
      string,
      string
    >[]) {
      expect(
        await extensionsOf('{ mediaTask(id: "aliyun-vod:all-succeeded") { status } }', {}, headers),
      ).toEqual({
        apolloCacheTags: ['aliyun-vod:all-succeeded'],
      });
    }
  });
});
