import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createJumpingClock, type JumpingClock } from '../support/jumping-clock.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** For how long an answer may be kept: as long as we keep what is in it. */

let clock: JumpingClock;
let stack: Stack;

beforeEach(async () => {
  clock = createJumpingClock();
  stack = await openStack({ application: { clock }, sandbox: { now: clock.now } });
});

afterEach(() => stack.close());

/** What Cache-Control says of an answer with these tasks. */
const hintOf = async (...ids: string[]): Promise<string | null> => {
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

describe('an answer', () => {
  it.each([
    ['that will not change is kept for ten minutes', final, 600],
    ['that failed, too', 'visionular:fail', 600],
    ['that waits, five seconds', queued, 5],
    ['that moves, two seconds', running, 2],
    ['in a word unheard of, two seconds', 'aliyun-vod:odd-word', 2],
  ])('about a task %s', async (_, id, seconds) => {
    expect(await hintOf(id)).toBe(`max-age=${seconds}, public`);
  });

  it('is kept for what remains, and the rest of a second is not counted', async () => {
    const hints = [await hintOf(final)];
    for (const ms of [1, 999, 99_500, 499_499]) {
      clock.putForward(ms);
      hints.push(await hintOf(final));
    }
    expect(hints).toEqual([600, 599, 599, 499, 0].map((seconds) => `max-age=${seconds}, public`));
  });

  it('about several tasks is kept for as long as the first of them is good', async () => {
    expect(await hintOf(final, queued)).toBe('max-age=5, public');
    clock.putForward(3_000);
    expect(await hintOf(final, running)).toBe('max-age=2, public');
    // The one that waits has two of its five seconds left, the one that moves all of its own.
    expect(await hintOf(queued)).toBe('max-age=2, public');
    clock.putForward(1_000);
    expect(await hintOf(queued, running, final)).toBe('max-age=1, public');
    expect(await hintOf(final)).toBe('max-age=596, public');
  });

  it('counts what any of its fields asks for', async () => {
    const { headers } = await stack.ask(`{
      a: mediaTask(id: "${final}") { status }
      b: zegoMediaTask(vendor: TENCENT, taskId: "processing") { status }
      c: visionularTranscodeTask(taskId: "pending") { id }
    }`);
    expect(headers.get('cache-control')).toBe('max-age=2, public');
  });

  it('that is older than it should be is not kept at all', async () => {
    await hintOf(running);
    clock.putForward(2_500);
    expect(await hintOf(running, final)).toBe('max-age=0, public');
  });

  it('with an address that expires is kept until a minute before that, and not for ten', async () => {
    const query = '{ mediaTask(id: "visionular:success") { outputs { url urlExpiresAt } } }';
    type Data = { mediaTask: { outputs: { urlExpiresAt: string }[] } };
    const first = await stack.ask<Data>(query);
    const expiresAt = Date.parse(first.data.mediaTask.outputs[0]?.urlExpiresAt ?? '');
    const remaining = Math.floor((expiresAt - 60_000 - clock.now()) / 1_000);
    expect(first.headers.get('cache-control')).toBe(`max-age=${Math.min(600, remaining)}, private`);
    expect(remaining).toBeGreaterThan(0);
  });

  it('to GET is kept as long', async () => {
    const query = encodeURIComponent(`{ mediaTask(id: "${queued}") { status } }`);
    const reply = await fetch(`${stack.url}/graphql?query=${query}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    await reply.text();
    expect(reply.headers.get('cache-control')).toBe('max-age=5, public');
  });
});

describe('_entities', () => {
  const query =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on MediaTask { status problem { code } } } }';
  const hintOfEntities = async (...representations: object[]) =>
    (await stack.ask(query, { representations })).headers.get('cache-control');
  const byId = (id: string) => ({ __typename: 'MediaTask', id });

  it('are kept as long as the first of them is good', async () => {
    expect(await hintOfEntities(byId(final))).toBe('max-age=600, public');
    expect(
      await hintOfEntities(
        { __typename: 'AliyunTranscodeTask', transcodeTaskId: 'all-succeeded' },
        byId(queued),
      ),
    ).toBe('max-age=5, public');
    clock.putForward(2_000);
    expect(await hintOfEntities(byId(queued), byId(final))).toBe('max-age=3, public');
  });

  it('with a problem or an error among them are not to be stored', async () => {
    expect(await hintOfEntities(byId(final), byId('zego:tencent:no-such-task'))).toBe('no-store');
    expect(await hintOfEntities(byId(final), byId('nonsense'))).toBe('no-store');
    expect(await hintOfEntities(byId(final), { __typename: 'Booking', id: '1' })).toBe('no-store');
  });
});

describe('not to be stored is an answer', () => {
  it('with a task that the vendor does not know', async () => {
    expect(await hintOf('visionular:no-such-task', final)).toBe('no-store');
  });

  it('with a task that the vendor does not answer about, until it does', async () => {
    await stack.switchFault('visionular', 'garbage');
    expect(await hintOf(queued, final)).toBe('no-store');
    await stack.endFaults();
    clock.putForward(1_000);
    expect(await hintOf(queued, final)).toBe('max-age=5, public');
  });

  it.each([
    ['with a malformed id', '{ mediaTasks(ids: ["aliyun-vod:all-succeeded", "nonsense"]) { status } }'],
    ['with no task', '{ mediaTaskProviders { provider } }'],
    ['with the SDL', '{ _service { sdl } }'],
    ['with the schema', '{ __schema { queryType { name } } }'],
    ['with nothing but keys', '{ mediaTask(id: "aliyun-vod:all-succeeded") { id provider } }'],
    ['with an empty list', '{ mediaTasks(ids: []) { status } }'],
    ['to a question that does not parse', '{ mediaTask('],
    [
      'to a question that the schema does not have',
      '{ mediaTask(id: "aliyun-vod:all-succeeded") { nonsense } }',
    ],
    ['to a variable that is missing', 'query ($id: ID!) { mediaTask(id: $id) { status } }'],
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

describe('what is no task', () => {
  const beside = (field: string) => stack.ask(`{ mediaTask(id: "${final}") { status } ${field} }`);
  const maxAgeOf = (hint: string | null) =>
    hint === 'no-store' ? 0 : Number(/max-age=(\d+)/.exec(hint ?? '')?.[1]);

  it('is not kept longer for standing beside a task that will not change: a job that runs', async () => {
    const { headers } = await beside('aliyunTranscodeJobs(transcodeJobIds: ["processing-job-1"]) { status }');
    expect(maxAgeOf(headers.get('cache-control'))).toBeLessThanOrEqual(2);
  });

  it('is not kept longer for standing beside a task that will not change: a job with a problem', async () => {
    const { headers } = await beside(
      'aliyunTranscodeJobs(transcodeJobIds: ["no-such-task-job-1"]) { status }',
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is not kept longer for standing beside a task that will not change: a job among entities', async () => {
    const { headers } = await stack.ask(
      `{ _entities(representations: [
        { __typename: "MediaTask", id: "${final}" }
        { __typename: "TranscodeJobInfo", transcodeJobId: "processing-job-1" }
      ]) { ... on MediaTask { status } ... on TranscodeJobInfo { jobStatus: status } } }`,
    );
    expect(maxAgeOf(headers.get('cache-control'))).toBeLessThanOrEqual(2);
  });

  it('is not kept longer for standing beside a task that will not change: how the traffic stands', async () => {
    const { headers } = await beside('mediaTaskProviders { provider breaker }');
    expect(maxAgeOf(headers.get('cache-control'))).toBeLessThanOrEqual(2);
  });
});
