import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';

/** Who may keep an answer: only the client where an address is in it, which may be presigned. */

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

describe('private is an answer', () => {
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
      'a page that is recorded',
      '{ mediaTask(id: "volcengine-webcast:demo-app:demo-room:ended") { ... on WebCastTask { sourceUrl } } }',
    ],
    [
      'a file of Tencent',
      '{ zegoMediaTask(vendor: TENCENT, taskId: "compose") { detail { ... on ZegoTencentTask { replayUrl } } } }',
    ],
    [
      'pictures of Tencent',
      '{ zegoMediaTask(vendor: TENCENT, taskId: "compose") { detail { ... on ZegoTencentTask { thumbnailsUrl } } } }',
    ],
    ['one task among several', `{ a: ${aliyun} { status } b: ${visionular} { outputs { url } } }`],
    [
      'an entity',
      '{ _entities(representations: [{ __typename: "MediaTask", id: "aliyun-vod:all-succeeded" }]) { ... on MediaTask { outputs { url } } } }',
    ],
  ])('that tells the address of %s', async (_, query) => {
    expect(await scopeOf(query)).toBe('private');
  });

  it('whether or not others asked for the same tasks without addresses', async () => {
    expect(await scopeOf(`{ ${aliyun} { outputs { format } } }`)).toBe('public');
    expect(await scopeOf(`{ ${aliyun} { outputs { format url } } }`)).toBe('private');
    expect(await scopeOf(`{ ${aliyun} { outputs { format } } }`)).toBe('public');
  });
});

describe('public is an answer', () => {
  it.each([
    [
      'all that has no address',
      `{ ${aliyun} { id status progress outputs { kind format sizeBytes urlExpiresAt } } }`,
    ],
    ['something else under the name of an address', `{ ${aliyun} { url: status outputUrl: progress } }`],
    ['jobs without their files', `{ ${jobs} { status definition outputFile { format } } } } }`],
  ])('that tells %s', async (_, query) => {
    expect(await scopeOf(query)).toBe('public');
  });
});

describe('every field of the schema whose description calls its value a secret', () => {
  it('is among those that were asked for above', async () => {
    type Field = { name: string; description: string };
    const { data } = await stack.ask<{ __schema: { types: { name: string; fields: Field[] | null }[] } }>(
      '{ __schema { types { name fields { name description } } } }',
    );
    const secrets = data.__schema.types.flatMap(({ name, fields }) =>
      (fields ?? [])
        .filter(({ description }) => /secret|presigned address|may need signing/i.test(description ?? ''))
        .map((field) => `${name}.${field.name}`),
    );
    expect(secrets.sort()).toEqual([
      'AliyunOutputFile.outputFileUrl',
      'MediaTaskOutput.url',
      'VisionularTranscodeTask.inputUrl',
      'VisionularTranscodeTask.outputUrl',
      'WebCastTask.sourceUrl',
    ]);
  });
});
