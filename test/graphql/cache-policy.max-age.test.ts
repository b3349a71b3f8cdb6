import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createJumpingClock, type JumpingClock } from '../support/jumping-clock.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** `max-age` is how long the server itself considers everything in the answer fresh. */

let clock: JumpingClock;
let stack: Stack;

const open = async () => {
  clock = createJumpingClock();
  stack = await openStack({ clock });
};

const close = () => stack.close();

/** The Cache-Control of an answer with these tasks. */
const cacheControlOf = async (...ids: string[]): Promise<string | null> => {
  const { headers, errors } = await stack.ask(
    'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { status problem { code } } }',
    { ids },
  );
  expect(errors).toBeUndefined();
  return headers.get('cache-control');
};

const final = 'aliyun-vod:all-succeeded';
const queued = 'visionular:pending';
const running = 'zego:tencent:processing';

/** The clock jumps while a call waits for another one, past its deadline: so the final task is looked up before. */
const openWithFinalTask = async () => {
  await open();
  expect(await cacheControlOf(final)).toBe('max-age=600, public');
};

describe('an answer', () => {
  beforeEach(open);
  afterEach(close);

  it.each([
    ['that is final is fresh for ten minutes', final, 600],
    ['that failed, ten minutes', 'visionular:fail', 600],
    ['that is queued, five seconds', queued, 5],
    ['that is running, two seconds', running, 2],
    ['of an unknown status, two seconds', 'aliyun-vod:odd-word', 2],
  ])('about a task %s', async (_, id, seconds) => {
    expect(await cacheControlOf(id)).toBe(`max-age=${seconds}, public`);
  });

  it('has the remaining time, rounded down to seconds', async () => {
    const values = [await cacheControlOf(queued)];
    for (const ms of [1, 999, 2_500, 1_499]) {
      clock.putForward(ms);
      values.push(await cacheControlOf(queued));
    }
    expect(values).toEqual([5, 4, 4, 1, 0].map((seconds) => `max-age=${seconds}, public`));
  });

  it('about several tasks has the shortest time of them', async () => {
    expect(await cacheControlOf(final, queued)).toBe('max-age=5, public');
    clock.putForward(3_000);
    expect(await cacheControlOf(final, running)).toBe('max-age=2, public');
    // Two of the queued task's five seconds are left.
    expect(await cacheControlOf(queued)).toBe('max-age=2, public');
    clock.putForward(1_000);
    expect(await cacheControlOf(queued, running, final)).toBe('max-age=1, public');
    expect(await cacheControlOf(final)).toBe('max-age=600, public');
  });

  it('takes all of its root fields into account', async () => {
    const { headers } = await stack.ask(`{
      a: mediaTask(id: "${final}") { status }
      b: zegoMediaTask(vendor: TENCENT, taskId: "processing") { status }
      c: visionularTranscodeTask(taskId: "pending") { id }
    }`);
    expect(headers.get('cache-control')).toBe('max-age=2, public');
  });

  it('with a stale task has no time left', async () => {
    await cacheControlOf(running);
    await stack.switchFault('zego', 'error');
    clock.putForward(2_500);
    expect(await cacheControlOf(running, final)).toBe('max-age=0, public');
  });

  it('with a URL that expires is fresh until a minute before that, if that is earlier', async () => {
    const query = '{ mediaTask(id: "visionular:success") { outputs { url urlExpiresAt } } }';
    type Data = { mediaTask: { outputs: { urlExpiresAt: string }[] } };
    const first = await stack.ask<Data>(query);
    const expiresAt = Date.parse(first.data.mediaTask.outputs[0]?.urlExpiresAt ?? '');
    const remaining = Math.floor((expiresAt - 60_000 - clock.now()) / 1_000);
    expect(first.headers.get('cache-control')).toBe(`max-age=${Math.min(600, remaining)}, private`);
    expect(remaining).toBeGreaterThan(0);
  });

  it('to GET has the same time', async () => {
    const query = encodeURIComponent(`{ mediaTask(id: "${queued}") { status } }`);
    const reply = await fetch(`${stack.url}/graphql?query=${query}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    await reply.text();
    expect(reply.headers.get('cache-control')).toBe('max-age=5, public');
  });
});

describe('_entities', () => {
  beforeEach(open);
  afterEach(close);

  const query =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on MediaTask { status problem { code } } } }';
  const entitiesCacheControl = async (...representations: object[]) =>
    (await stack.ask(query, { representations })).headers.get('cache-control');
  const byId = (id: string) => ({ __typename: 'MediaTask', id });

  it('have the shortest time of them', async () => {
    expect(await entitiesCacheControl(byId(final))).toBe('max-age=600, public');
    expect(
      await entitiesCacheControl(
        { __typename: 'AliyunTranscodeTask', transcodeTaskId: 'all-succeeded' },
        byId(queued),
      ),
    ).toBe('max-age=5, public');
    clock.putForward(2_000);
    expect(await entitiesCacheControl(byId(queued), byId(final))).toBe('max-age=3, public');
  });

  it('with a problem or an error among them must not be stored', async () => {
    expect(await entitiesCacheControl(byId(final))).toBe('max-age=600, public');
    expect(await entitiesCacheControl(byId(final), byId('zego:tencent:no-such-task'))).toBe('no-store');
    expect(await entitiesCacheControl(byId(final), byId('nonsense'))).toBe('no-store');
    expect(await entitiesCacheControl(byId(final), { __typename: 'Booking', id: '1' })).toBe('no-store');
  });
});

describe('an answer that must not be stored is one', () => {
  beforeAll(openWithFinalTask);
  afterAll(close);

  it('with a task that the vendor does not know', async () => {
    expect(await cacheControlOf('visionular:no-such-task', final)).toBe('no-store');
  });

  it('with a task that the vendor fails to answer, until it answers', async () => {
    await stack.switchFault('visionular', 'garbage');
    expect(await cacheControlOf(queued, final)).toBe('no-store');
    await stack.endFaults();
    clock.putForward(1_000);
    expect(await cacheControlOf(queued, final)).toBe('max-age=5, public');
  });

  it.each([
    ['with a malformed id', '{ mediaTasks(ids: ["aliyun-vod:all-succeeded", "nonsense"]) { status } }'],
    ['with no task', '{ mediaTaskProviders { provider } }'],
    ['with the SDL', '{ _service { sdl } }'],
    ['with the schema', '{ __schema { queryType { name } } }'],
    ['with nothing but keys', '{ mediaTask(id: "aliyun-vod:all-succeeded") { id provider } }'],
    ['with an empty list', '{ mediaTasks(ids: []) { status } }'],
    ['to a query that does not parse', '{ mediaTask('],
    ['to a query that is not valid', '{ mediaTask(id: "aliyun-vod:all-succeeded") { nonsense } }'],
    ['to a query with a missing variable', 'query ($id: ID!) { mediaTask(id: $id) { status } }'],
    ['to a subscription', 'subscription { mediaTaskUpdates(ids: ["aliyun-vod:all-succeeded"]) { status } }'],
    [
      'with too many ids',
      `{ mediaTasks(ids: ${JSON.stringify(Array.from({ length: 201 }, () => final))}) { status } }`,
    ],
  ])('%s', async (_, query) => {
    const { headers } = await stack.ask(query);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('beside a final task', () => {
  beforeAll(openWithFinalTask);
  afterAll(close);

  const beside = (field: string) => stack.ask(`{ mediaTask(id: "${final}") { status } ${field} }`);

  it('a running job leaves two seconds', async () => {
    const { headers } = await beside(
      'aliyunTranscodeJobs(transcodeJobIds: ["evolving-1-job-1"]) { status problem { code } }',
    );
    expect(headers.get('cache-control')).toBe('max-age=2, public');
  });

  it('a job with a problem must not be stored', async () => {
    const { headers } = await beside(
      'aliyunTranscodeJobs(transcodeJobIds: ["no-such-task-job-1"]) { status }',
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('a running job among entities leaves two seconds', async () => {
    const { headers } = await stack.ask(
      `{ _entities(representations: [
        { __typename: "MediaTask", id: "${final}" }
        { __typename: "TranscodeJobInfo", transcodeJobId: "evolving-2-job-1" }
      ]) { ... on MediaTask { status } ... on TranscodeJobInfo { jobStatus: status } } }`,
    );
    expect(headers.get('cache-control')).toBe('max-age=2, public');
  });

  it('the providers and their circuit breakers must not be stored', async () => {
    const { headers } = await beside('mediaTaskProviders { provider breaker }');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
