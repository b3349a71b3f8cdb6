import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObjectType, parse } from 'graphql';
import { readSdl } from '../../src/graphql/schema.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** An answer with URLs, which may be presigned, is `private`. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack();
});

afterAll(() => stack.close());

const scopeOf = async (query: string, variables?: object): Promise<string | undefined> => {
  const { headers, errors } = await stack.ask(query, variables);
  expect(errors).toBeUndefined();
  return /^max-age=\d+, (\w+)$/.exec(headers.get('cache-control') ?? '')?.[1];
};

const aliyun = 'mediaTask(id: "aliyun-vod:all-succeeded")';
const visionular = 'mediaTask(id: "visionular:success")';
const jobs = `${aliyun} { ... on AliyunTranscodeTask { transcodeJobInfoList`;

describe('an answer is private', () => {
  it.each([
    ['an output', `{ ${aliyun} { outputs { url } } }`],
    ['an output under another name', `{ ${aliyun} { outputs { link: url } } }`],
    [
      'an output in a fragment',
      `{ ${aliyun} { ...task } } fragment task on MediaTask { outputs { ...output } } fragment output on MediaTaskOutput { url }`,
    ],
    [
      'an output in an inline fragment',
      `{ ${aliyun} { ... on MediaTask { ... { outputs { ... on MediaTaskOutput { url } } } } } }`,
    ],
    [
      'an output that is included',
      `query ($yes: Boolean = true) { ${aliyun} { outputs { url @include(if: $yes) } } }`,
    ],
    ['a job', `{ ${jobs} { outputFile { outputFileUrl } } } } }`],
    ['a source of a job', `{ ${jobs} { inputFileUrl } } } }`],
    ['a source at Visionular', `{ ${visionular} { ... on VisionularTranscodeTask { inputUrl } } }`],
    ['a result at Visionular', `{ ${visionular} { ... on VisionularTranscodeTask { outputUrl } } }`],
    [
      'a recorded page',
      '{ mediaTask(id: "volcengine-webcast:demo-app:demo-room:ended") { ... on WebCastTask { sourceUrl } } }',
    ],
    [
      'a file of Tencent',
      '{ zegoMediaTask(vendor: TENCENT, taskId: "compose") { detail { ... on ZegoTencentTask { replayUrl } } } }',
    ],
    [
      'thumbnails of Tencent',
      '{ zegoMediaTask(vendor: TENCENT, taskId: "compose") { detail { ... on ZegoTencentTask { thumbnailsUrl } } } }',
    ],
    ['one task among several', `{ a: ${aliyun} { status } b: ${visionular} { outputs { url } } }`],
    [
      'an entity',
      '{ _entities(representations: [{ __typename: "MediaTask", id: "aliyun-vod:all-succeeded" }]) { ... on MediaTask { outputs { url } } } }',
    ],
  ])('with the URL of %s', async (_, query) => {
    expect(await scopeOf(query)).toBe('private');
  });

  it('whether or not the same tasks were selected without URLs before', async () => {
    expect(await scopeOf(`{ ${aliyun} { outputs { format } } }`)).toBe('public');
    expect(await scopeOf(`{ ${aliyun} { outputs { format url } } }`)).toBe('private');
    expect(await scopeOf(`{ ${aliyun} { outputs { format } } }`)).toBe('public');
  });
});

describe('an answer is public', () => {
  it.each([
    [
      'fields that are not URLs',
      `{ ${aliyun} { id status progress outputs { kind format sizeBytes urlExpiresAt } } }`,
    ],
    ['other fields under aliases that end in url', `{ ${aliyun} { url: status outputUrl: progress } }`],
    ['jobs without their files', `{ ${jobs} { status definition outputFile { format } } } } }`],
  ])('with %s', async (_, query) => {
    expect(await scopeOf(query)).toBe('public');
  });
});

it('every field whose description calls its value a secret has a name that makes answers private', () => {
  const secretFields = Object.values(buildSubgraphSchema(parse(readSdl())).getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields())
          .filter(({ description }) => /secret|presigned address|may need signing/i.test(description ?? ''))
          .map(({ name }) => `${type.name}.${name}`)
      : [],
  );
  expect(secretFields).toContain('MediaTaskOutput.url');
  expect(secretFields.filter((name) => !/url$/i.test(name))).toEqual([]);
});
