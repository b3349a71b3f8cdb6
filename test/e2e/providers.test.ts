import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exampleTasks } from '../../sandbox/index.ts';
import { toEnumValue } from '../../src/domain/task.ts';
import { providers } from '../../src/providers/index.ts';
import { expectedStates } from '../support/expected-states.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';

interface Task {
  readonly id: string;
  readonly status: string | null;
  readonly kind: string | null;
  readonly isFinal: boolean | null;
  readonly nextPollAfterMs: number | null;
  readonly problem: { readonly code: string } | null;
}

const manyTasks = `query ($ids: [ID!]!) {
  mediaTasks(ids: $ids) {
    id status kind isFinal nextPollAfterMs problem { code }
    vendorStatus progress createdAt startedAt finishedAt fetchedAt failure { code message } outputs { kind }
  }
}`;

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(5) });
});

afterAll(() => stack.close());

const askMany = (ids: readonly string[]) => stack.ask<{ mediaTasks: (Task | null)[] }>(manyTasks, { ids });

describe('the examples of the sandbox', () => {
  const tasks = new Map<string, Task>();

  beforeAll(async () => {
    const ids = exampleTasks.map(({ id }) => id);
    const { httpStatus, data, errors } = await askMany(ids);
    expect({ httpStatus, errors }).toEqual({ httpStatus: 200, errors: undefined });
    for (const task of data.mediaTasks) if (task) tasks.set(task.id, task);
  });

  it('are all in the table of expected states', () => {
    expect(Object.keys(expectedStates).sort()).toEqual(exampleTasks.map(({ id }) => id).sort());
  });

  it.each(Object.entries(expectedStates))('%s is %p', (id, [status, kind, problem]) => {
    const task = tasks.get(id);
    expect([task?.status, task?.kind, task?.problem?.code ?? null]).toEqual([status, kind, problem]);
  });

  it('are to be polled again as long as their status can change, and no longer', () => {
    const answered = [...tasks.values()].filter(({ problem }) => problem === null);
    expect(answered.length).toBeGreaterThan(40);
    for (const { id, status, isFinal, nextPollAfterMs } of answered) {
      const final = ['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'CANCELED'].includes(status ?? '');
      expect([id, isFinal, nextPollAfterMs === null]).toEqual([id, final, final]);
    }
  });

  it('have no vendor data while they have a problem', () => {
    const withProblem = [...tasks.values()].filter(({ problem }) => problem !== null);
    expect(withProblem.length).toBeGreaterThan(4);
    for (const { id, problem, nextPollAfterMs, ...vendorsOwn } of withProblem) {
      expect([id, ...Object.values(vendorsOwn).filter((value) => value !== null)]).toEqual([id]);
    }
  });
});

describe('mediaTasks', () => {
  it('answers in the order of the ids, with as many items, duplicates included', async () => {
    const ids = [
      'zego:tencent:compose',
      'aliyun-vod:all-failed',
      'zego:tencent:compose',
      'visionular:no-such-task',
      'volcengine-whiteboard:demo-app:done',
      'aliyun-vod:all-failed',
      'zego:tencent:compose',
    ];
    const { data, errors } = await askMany(ids);
    expect(errors).toBeUndefined();
    expect(data.mediaTasks.map((task) => task?.id)).toEqual(ids);
    const [first, , third] = data.mediaTasks;
    expect(third).toEqual(first);
  });

  it('answers no ids with no items', async () => {
    const { data, errors } = await askMany([]);
    expect([data, errors]).toEqual([{ mediaTasks: [] }, undefined]);
  });

  it.each([
    ['nonsense', /"nonsense".*must begin with one of .*aliyun-vod.*zego/],
    ['', /must begin with one of/],
    ['youtube:1', /"youtube:1".*must begin with one of/],
    ['Zego:tencent:1', /must begin with one of/],
    ['__proto__:1', /must begin with one of/],
    ['zego:tencent', /"zego:tencent".*zego:<vendor>:<taskId>/],
    ['aliyun-vod:a:b', /aliyun-vod:<transcodeTaskId>/],
    ['volcengine-webcast:app:room:', /WebCastTask\.taskId.*empty/],
    ['zego:amazon:1', /ZegoMediaTask\.vendor.*TENCENT, HUAWEI/],
    ['visionular:%E0%A4', /percent-encoded/],
    ['visionular:100%', /percent-encoded/],
    [`visionular:${'x'.repeat(513)}`, /VisionularTranscodeTask\.taskId.*512/],
    ['visionular:\ud800', /VisionularTranscodeTask\.taskId.*Unicode/],
  ])(
    'answers the malformed id %j with null and an error that names the fault, and the others with their tasks',
    async (malformed, fault) => {
      const { httpStatus, data, errors } = await askMany([
        'aliyun-vod:all-failed',
        malformed,
        'zego:huawei:canceled',
      ]);
      expect(httpStatus).toBe(200);
      expect(data.mediaTasks.map((task) => task && [task.status, task.problem])).toEqual([
        ['FAILED', null],
        null,
        ['CANCELED', null],
      ]);
      expect(errors).toEqual([
        {
          message: expect.stringMatching(fault),
          path: ['mediaTasks', 1],
          locations: expect.any(Array),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    },
  );

  it('reports each of several malformed ids at its own path', async () => {
    const { errors } = await askMany(['a', 'aliyun-vod:all-failed', 'b']);
    expect(errors?.map(({ path }) => path)).toEqual([
      ['mediaTasks', 0],
      ['mediaTasks', 2],
    ]);
  });

  it('refuses more than 200 ids with a single error that names both numbers, and asks no vendor', async () => {
    const ids = Array.from({ length: 201 }, (_, n) => `volcengine-webcast:demo-app:too-many:load-${n}`);
    await stack.resetStats();
    const { data, errors } = await askMany(ids);
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(errors?.[0]?.message).toMatch(/201.*200/);
    expect((await stack.stats())['volcengine-webcast'].calls).toBe(0);
  });
});

describe('mediaTaskProviders', () => {
  it('lists every provider with its quota and the state of its circuit breaker', async () => {
    const { data } = await stack.ask<{ mediaTaskProviders: object[] }>(
      '{ mediaTaskProviders { provider idPrefix configured quota { calls perMs } breaker } }',
    );
    expect(data.mediaTaskProviders).toHaveLength(providers.length);
    const simulated = Object.keys(await stack.stats());
    expect(simulated.length).toBeGreaterThan(3);
    for (const { name, quota } of providers.filter(({ name }) => simulated.includes(name))) {
      expect(data.mediaTaskProviders).toContainEqual({
        provider: toEnumValue(name),
        idPrefix: name,
        configured: true,
        quota,
        breaker: 'CLOSED',
      });
    }
  });
});

describe('with other settings', () => {
  let modest: Stack;

  beforeAll(async () => {
    modest = await openStack({
      variables: {
        MAX_IDS_PER_QUERY: '2',
        ZEGO_QPS: '3',
        VISIONULAR_ACCESS_KEY: '',
        VISIONULAR_SECRET_KEY: '',
      },
    });
  });

  afterAll(() => modest.close());

  it('MAX_IDS_PER_QUERY sets the limit, and duplicates count', async () => {
    const query = 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id } }';
    const [one, two] = ['aliyun-vod:a', 'aliyun-vod:b'];
    expect((await modest.ask(query, { ids: [one, two] })).errors).toBeUndefined();
    const { errors } = await modest.ask(query, { ids: [one, one, one] });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT' }]);
  });

  it('a provider without credentials is a problem, not an error', async () => {
    const { data, errors } = await modest.ask<{ mediaTask: Task }>(
      '{ mediaTask(id: "visionular:success") { id status nextPollAfterMs problem { code retryable } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.mediaTask).toEqual({
      id: 'visionular:success',
      status: null,
      nextPollAfterMs: null,
      problem: { code: 'PROVIDER_NOT_CONFIGURED', retryable: false },
    });
  });

  it('mediaTaskProviders shows what is not configured, and the quota that was set', async () => {
    const { data } = await modest.ask<{ mediaTaskProviders: { provider: string }[] }>(
      '{ mediaTaskProviders { provider configured breaker quota { calls perMs } } }',
    );
    expect(data.mediaTaskProviders).toContainEqual({
      provider: 'VISIONULAR',
      configured: false,
      breaker: null,
      quota: { calls: 10, perMs: 1_000 },
    });
    expect(data.mediaTaskProviders).toContainEqual({
      provider: 'ZEGO',
      configured: true,
      breaker: 'CLOSED',
      quota: { calls: 3, perMs: 1_000 },
    });
  });
});
