import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildASTSchema, isInterfaceType, parse } from 'graphql';
import { providers } from '../../src/providers/index.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';

/** Tasks by reference, as federation gateways query them. */

interface Entity {
  readonly __typename: string;
  readonly id: string;
  readonly status?: string | null;
  readonly problem?: { readonly code: string } | null;
}

const entitiesQuery = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on MediaTask { id status problem { code } }
  }
}`;

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(5), variables: { MAX_REPRESENTATIONS: '30' } });
});

afterAll(() => stack.close());

const askEntities = (representations: readonly unknown[]) =>
  stack.ask<{ _entities: (Entity | null)[] }>(entitiesQuery, { representations });

const aliyunKey = { __typename: 'AliyunTranscodeTask', transcodeTaskId: 'all-succeeded' };
const visionularKey = { __typename: 'VisionularTranscodeTask', taskId: 'fail' };
const webCastKey = { __typename: 'WebCastTask', appId: 'demo-app', roomId: 'demo-room', taskId: 'ended' };
const whiteboardKey = { __typename: 'WhiteboardTranscodeTask', appId: 'demo-app', taskId: 'done' };
const zegoKey = { __typename: 'ZegoMediaTask', vendor: 'HUAWEI', taskId: 'canceled' };

const known = [
  { typename: 'AliyunTranscodeTask', id: 'aliyun-vod:all-succeeded', key: aliyunKey, status: 'SUCCEEDED' },
  { typename: 'VisionularTranscodeTask', id: 'visionular:fail', key: visionularKey, status: 'FAILED' },
  {
    typename: 'WebCastTask',
    id: 'volcengine-webcast:demo-app:demo-room:ended',
    key: webCastKey,
    status: 'SUCCEEDED',
  },
  {
    typename: 'WhiteboardTranscodeTask',
    id: 'volcengine-whiteboard:demo-app:done',
    key: whiteboardKey,
    status: 'SUCCEEDED',
  },
  { typename: 'ZegoMediaTask', id: 'zego:huawei:canceled', key: zegoKey, status: 'CANCELED' },
];

describe.each(known)('a $typename', ({ typename, id, key, status }) => {
  const expected = [{ __typename: typename, id, status, problem: null }];

  it.each([
    ['the entity interface and its id', { __typename: 'MediaTask', id }],
    ['its type and its id', { __typename: typename, id }],
    ['its type and its natural key', key],
    ['its type, its id and its natural key', { ...key, id }],
  ])('is found by %s', async (_, representation) => {
    const { data, errors } = await askEntities([representation]);
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual(expected);
  });

  it('that the vendor does not know is an entity with a problem, never null', async () => {
    const unknownId = id.replace(/[^:]+$/, 'no-such-task');
    const { data, errors } = await askEntities([
      { __typename: 'MediaTask', id: unknownId },
      { __typename: typename, id: unknownId },
    ]);
    expect(errors).toBeUndefined();
    const entity = { __typename: typename, id: unknownId, status: null, problem: { code: 'TASK_NOT_FOUND' } };
    expect(data._entities).toEqual([entity, entity]);
  });
});

describe('representations', () => {
  it('of all kinds in one query are answered in their order', async () => {
    const mixed = [
      zegoKey,
      { __typename: 'MediaTask', id: 'aliyun-vod:all-succeeded' },
      whiteboardKey,
      { __typename: 'WebCastTask', id: 'volcengine-webcast:demo-app:demo-room:ended' },
      aliyunKey,
      zegoKey,
      { __typename: 'MediaTask', id: 'visionular:fail' },
    ];
    const { data, errors } = await askEntities(mixed);
    expect(errors).toBeUndefined();
    expect(data._entities.map((entity) => entity?.id)).toEqual([
      'zego:huawei:canceled',
      'aliyun-vod:all-succeeded',
      'volcengine-whiteboard:demo-app:done',
      'volcengine-webcast:demo-app:demo-room:ended',
      'aliyun-vod:all-succeeded',
      'zego:huawei:canceled',
      'visionular:fail',
    ]);
  });

  it("reach each type's own fields", async () => {
    const { data, errors } = await stack.ask(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on WebCastTask { sourceUrl } ... on ZegoMediaTask { vendor detail { __typename } } } }`,
      { representations: [webCastKey, zegoKey] },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      _entities: [
        { sourceUrl: 'https://page.example.com/lesson?token=not-a-secret' },
        { vendor: 'HUAWEI', detail: { __typename: 'ZegoHuaweiTask' } },
      ],
    });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'with a malformed id',
      { __typename: 'MediaTask', id: 'nonsense' },
      /"nonsense".*must begin with one of/,
    ],
    [
      'with an id of another type',
      { __typename: 'WebCastTask', id: 'zego:tencent:compose' },
      /ZegoMediaTask.*WebCastTask/,
    ],
    ['of an unknown type', { __typename: 'Booking', id: '1' }, /__typename must be one of .*MediaTask/],
    ['of a type that is no entity', { __typename: 'VideoSolution', width: 1 }, /__typename must be one of/],
    ['of the type __proto__', { __typename: '__proto__', id: '1' }, /__typename must be one of/],
    ['without a type', { id: 'zego:tencent:compose' }, /__typename must be one of/],
    ['without a key', { __typename: 'MediaTask' }, /MediaTask.*id/],
    [
      'with half a natural key',
      { __typename: 'WebCastTask', appId: 'a', roomId: 'b' },
      /WebCastTask\.taskId/,
    ],
    ['with a number for an id', { __typename: 'MediaTask', id: 5 }, /MediaTask.*id/],
    ['with null for an id', { __typename: 'MediaTask', id: null }, /MediaTask.*id/],
    ['with an object in its key', { ...aliyunKey, transcodeTaskId: { $ne: '' } }, /transcodeTaskId/],
    ['with an unknown cloud', { ...zegoKey, vendor: 'AMAZON' }, /vendor.*TENCENT, HUAWEI/],
    ['that is a number', 5, /__typename must be one of/],
    ['that is a text', 'zego:tencent:compose', /__typename must be one of/],
    ['that is a list', [zegoKey], /__typename must be one of/],
  ])('%s null only their own item', async (_, wrong, fault) => {
    const { httpStatus, data, errors } = await askEntities([aliyunKey, wrong, zegoKey]);
    expect(httpStatus).toBe(200);
    expect(data._entities.map((entity) => entity && [entity.id, entity.status])).toEqual([
      ['aliyun-vod:all-succeeded', 'SUCCEEDED'],
      null,
      ['zego:huawei:canceled', 'CANCELED'],
    ]);
    expect(errors).toEqual([
      {
        message: expect.stringMatching(fault),
        path: ['_entities', 1],
        locations: expect.any(Array),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('may be as many as MAX_REPRESENTATIONS, and one more is refused with both numbers, asking no vendor', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        __typename: 'WebCastTask',
        appId: 'a',
        roomId: 'b',
        taskId: `load-${n}`,
      }));
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on WebCastTask { status } } }';
    await stack.resetStats();
    const refused = await stack.ask(query, { representations: many(31) });
    expect(refused.data).toBeNull();
    expect(refused.errors).toHaveLength(1);
    expect(refused.errors?.[0]?.message).toMatch(/31.*30/);
    expect(refused.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect((await stack.calls())['volcengine-webcast']).toBe(0);

    const { data, errors } = await stack.ask<{ _entities: unknown[] }>(query, { representations: many(30) });
    expect(errors).toBeUndefined();
    expect(data._entities).toHaveLength(30);
  });
});

describe('_service', () => {
  it.each(['true', 'false'])('gives gateways the SDL with INTROSPECTION=%s', async (INTROSPECTION) => {
    const own = await openStack({ variables: { INTROSPECTION } });
    try {
      const { data, errors } = await own.ask<{ _service: { sdl: string } }>('{ _service { sdl } }');
      expect(errors).toBeUndefined();
      const schema = buildASTSchema(parse(data._service.sdl), { assumeValidSDL: true });
      const mediaTask = schema.getType('MediaTask');
      expect(
        isInterfaceType(mediaTask) &&
          schema
            .getPossibleTypes(mediaTask)
            .map(({ name }) => name)
            .sort(),
      ).toEqual(providers.map(({ typename }) => typename).sort());
      expect(data._service.sdl).toContain('@link(url: "https://specs.apollo.dev/federation/v2.9"');
      expect(data._service.sdl).toContain('A web cast of Volcengine RTC');
    } finally {
      await own.close();
    }
  });
});
